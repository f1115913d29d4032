"""The console's pages on builds."""

import pytest
from django.urls import reverse

from pv_engine.console import urls
from pv_engine.models import Build

pytest_plugins = ["tests.pv_engine.builds_cast"]


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_asks_a_stranger_to_sign_in(client, build, pattern, method):
    known = {"build_id": build.pk, "content_sha256": "ab" * 32}
    known |= {"phase": "decoder", "step": 1, "item_name": "item-01"}
    known |= {"condition": "pv", "stratum": "model_wrong"}
    arguments = {name: known[name] for name in pattern.pattern.converters}
    address = reverse(f"builds:{pattern.name}", kwargs=arguments)
    response = getattr(client, method)(address)

    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:login"))
    build.refresh_from_db()
    assert build.status == Build.Status.QUEUED


def test_the_list_shows_every_build_with_its_progress(researcher, build):
    Build.objects.filter(pk=build.pk).update(permille=420, message="Step 300 of 600")
    page = researcher.get(reverse("builds:list")).content.decode()

    assert f'href="{reverse("builds:detail", args=[build.pk])}"' in page
    assert 'value="420"' in page
    assert "Step 300 of 600" in page


def test_the_list_shows_sets_that_came_from_a_folder(researcher, stimulus_set):
    page = researcher.get(reverse("builds:list")).content.decode()
    assert reverse("builds:set", args=[stimulus_set.content_sha256]) in page


def test_the_list_and_a_build_ask_for_more_only_while_a_build_is_active(researcher, build):
    addresses = [reverse("builds:list"), reverse("builds:detail", args=[build.pk])]
    for status, seconds in ((Build.Status.RUNNING, "2"), (Build.Status.FINISHED, "")):
        Build.objects.update(status=status)
        for address in addresses:
            assert f'data-live-seconds="{seconds}"' in researcher.get(address).content.decode()


def test_the_page_of_a_build_marks_its_phase(researcher, build):
    Build.objects.filter(pk=build.pk).update(status="running", phase="decoder")
    steps = researcher.get(reverse("builds:detail", args=[build.pk])).context["steps"]

    assert [step["state"] for step in steps] == [*["done"] * 3, "now", *["later"] * 3]


def test_the_reference_autoencoder_is_a_phase_of_builds_that_show_it_only(researcher, build):
    def labels():
        page = researcher.get(reverse("builds:detail", args=[build.pk]))
        return [step["label"] for step in page.context["steps"]]

    assert "Train the reference" not in labels()
    conditions = '\n[rendering]\nconditions = ["reference_autoencoder"]\n'
    Build.objects.filter(pk=build.pk).update(recipe_toml=build.recipe_toml + conditions)
    assert "Train the reference" in labels()


def test_a_phase_that_is_over_is_marked_as_done_while_the_next_one_begins(researcher, build):
    done = {"status": "running", "phase": "data", "phase_done": 400, "phase_total": 400}
    Build.objects.filter(pk=build.pk).update(**done)
    steps = researcher.get(reverse("builds:detail", args=[build.pk])).context["steps"]

    assert [step["state"] for step in steps][:3] == ["done", "now", "later"]


def test_every_phase_of_the_engine_has_a_name_on_the_page():
    from pv_engine.console.build_page import PHASES
    from pv_engine.pipeline.stimulus_build import SHARES

    assert list(PHASES) == list(SHARES)


def test_a_failed_build_says_why_and_offers_to_resume(researcher, build):
    Build.objects.filter(pk=build.pk).update(status="failed", error="The folder photos is empty.")
    page = researcher.get(reverse("builds:detail", args=[build.pk])).content.decode()

    assert "The folder photos is empty." in page
    assert reverse("builds:resume", args=[build.pk]) in page
    assert f"{reverse('builds:start')}?build={build.pk}" in page
    assert "If the recipe is the cause, edit it" in page
    assert reverse("builds:cancel", args=[build.pk]) not in page


def test_a_running_build_is_cancelled_and_resumed(researcher, build, sent):
    researcher.post(reverse("builds:cancel", args=[build.pk]))
    build.refresh_from_db()
    assert build.status == Build.Status.CANCELLED

    researcher.post(reverse("builds:resume", args=[build.pk]))
    build.refresh_from_db()
    assert build.status == Build.Status.QUEUED


def test_cancelling_too_late_is_said(researcher, build):
    Build.objects.filter(pk=build.pk).update(status="finished")
    page = researcher.post(reverse("builds:cancel", args=[build.pk]), follow=True).content.decode()
    assert "This build has already ended." in page


@pytest.mark.parametrize("name", ["cancel", "resume"])
def test_a_link_alone_changes_nothing(researcher, build, name):
    assert researcher.get(reverse(f"builds:{name}", args=[build.pk])).status_code == 405


def test_pages_have_no_inline_script_or_style(researcher, build, stimulus_set):
    for address in (
        reverse("builds:list"),
        reverse("builds:start"),
        reverse("builds:detail", args=[build.pk]),
        reverse("builds:set", args=[stimulus_set.content_sha256]),
        reverse("builds:quality", args=[stimulus_set.content_sha256]),
        reverse("builds:item", args=[stimulus_set.content_sha256, "item-01"]),
    ):
        response = researcher.get(address)
        page = response.content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert "default-src 'self'" in response["Content-Security-Policy"]
