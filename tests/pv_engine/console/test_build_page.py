"""Watching a build: speed, curves, sample pictures, log."""

import pytest
from django.urls import reverse

from pv_engine.builds.training_records import store_curve
from pv_engine.models import Build

pytest_plugins = ["tests.pv_engine.builds_cast"]
ROWS = [{"step": 5.0, "total": 0.5}, {"step": 10.0, "total": 0.25, "score": 0.3}]


def page_of(researcher, build):
    return researcher.get(reverse("builds:detail", args=[build.pk]))


def sample(build, phase="decoder", step=10):
    return reverse("builds:sample", args=[build.pk, phase, step])


@pytest.fixture
def watched(build, settings, tmp_path):
    """A build under way with a curve and three pictures."""
    settings.BUILDS_DIR = tmp_path / "builds"
    store_curve(build, "decoder", ROWS)
    folder = tmp_path / "builds" / str(build.pk) / "decoder" / "samples"
    folder.mkdir(parents=True)
    for step in (5, 10, 200):
        (folder / f"step-{step:08d}.webp").write_bytes(b"picture %d" % step)
    Build.objects.filter(pk=build.pk).update(
        status="running", phase="decoder", images_per_second=123.4, seconds_left=700
    )
    return build


def test_speed_and_time_left_are_reported_while_a_training_is_under_way_only(researcher, watched):
    page = page_of(researcher, watched).content.decode()
    assert "123 images/s" in page
    assert "12 min" in page
    Build.objects.filter(pk=watched.pk).update(status="cancelled")
    page = page_of(researcher, watched).content.decode()
    assert "images/s" not in page
    assert "12 min" not in page


def test_the_curve_is_drawn_with_its_numbers_and_its_words(researcher, watched):
    page = page_of(researcher, watched)
    (curve,) = page.context["curves"]
    assert curve.columns == ["total", "score"]
    assert curve.rows == [["5", "0.5", ""], ["10", "0.25", "0.3"]]
    text = page.content.decode()
    assert '<path class="training" d="M0 ' in text
    assert "training from 0.5 at step 5 to 0.25 at step 10; validation 0.3 at step 10" in text


def test_the_newest_picture_is_shown_and_the_earlier_ones_beside_it(researcher, watched):
    page = page_of(researcher, watched)
    (part,) = page.context["samples"]
    assert part.newest.step == 200
    assert [picture.step for picture in part.earlier] == [5, 10]
    assert sample(watched, step=200) in page.content.decode()


def test_a_sample_picture_is_served(researcher, watched):
    answer = researcher.get(sample(watched))
    assert answer["Content-Type"] == "image/webp"
    assert answer.content == b"picture 10"


def test_a_picture_that_no_training_left_is_not_found(researcher, watched, tmp_path):
    (tmp_path / "builds" / str(watched.pk) / "secret.webp").write_bytes(b"secret")
    assert researcher.get(sample(watched, step=11)).status_code == 404
    assert researcher.get(sample(watched, phase="classifier")).status_code == 404
    for path in ("..", "%2e%2e", "..%2f..%2fdecoder", "decoder%2fsamples"):
        address = f"/console/builds/{watched.pk}/samples/{path}/10.webp"
        assert researcher.get(address).status_code == 404


def test_a_stranger_sees_no_picture(client, watched):
    assert client.get(sample(watched)).status_code == 302


def test_the_log_is_on_the_page(researcher, watched):
    watched.note("Started by the worker worker@one.")
    assert "Started by the worker worker@one." in page_of(researcher, watched).content.decode()


def test_a_page_is_outdated_as_soon_as_a_segment_has_got_further(researcher, watched):
    def stamp():
        page = page_of(researcher, watched)
        assert f'data-stamp="{page.context["stamp"]}"' in page.content.decode()
        return page.context["stamp"]

    before = stamp()
    assert stamp() == before
    Build.objects.filter(pk=watched.pk).update(phase_done=12)
    assert stamp() != before


def test_without_javascript_a_link_brings_the_page_up_to_date(researcher, watched):
    assert (
        '<a class="button quiet" href="" id="refresh">'
        in page_of(researcher, watched).content.decode()
    )


def test_the_page_takes_under_ten_queries(researcher, watched, django_assert_max_num_queries):
    store_curve(watched, "classifier", ROWS)
    with django_assert_max_num_queries(9):
        page_of(researcher, watched)


@pytest.mark.parametrize("written", ['"upsampling"', "'upsampling'", '"""upsampling"""'])
def test_the_phases_are_those_of_the_recipe_however_it_is_written(researcher, build, written):
    def names():
        return [step["name"] for step in page_of(researcher, build).context["steps"]]

    assert "layout" not in names()
    Build.objects.update(recipe_toml=f'{build.recipe_toml}# "upsampling", reference_autoencoder')
    assert not {"layout", "autoencoder"} & set(names())
    Build.objects.update(recipe_toml=f"{build.recipe_toml}[decoder]\nprofile = {written}")
    assert "layout" in names()


def failed(build, error):
    Build.objects.filter(pk=build.pk).update(status="failed", error=error)
    return build


def edit(build):
    return f"{reverse('builds:start')}?build={build.pk}"


EDIT, RESUME = "Edit the recipe and start", "Resume from the last checkpoint"


def test_after_a_failure_by_the_recipe_editing_it_is_the_first_choice(researcher, build):
    page = page_of(researcher, failed(build, "Only 3 pictures are wrong; ask for fewer.")).text
    assert f'<a class="button" href="{edit(build)}">{EDIT}' in page
    assert f'<button class="quiet">{RESUME}' in page
    assert page.index(EDIT) < page.index(RESUME)


def test_after_a_failure_of_the_machine_resuming_is_the_first_choice(researcher, build):
    error = "The disk of /builds on the worker is full; make room there. " + Build.advice
    page = page_of(researcher, failed(build, error)).text
    assert f"<button>{RESUME}" in page
    assert f'<a class="button quiet" href="{edit(build)}">{EDIT}' in page


def test_a_recipe_that_breaks_a_rule_by_now_can_only_be_edited(researcher, build):
    Build.objects.update(recipe_toml="[data]\nkind = 'nothing'")
    page = page_of(researcher, failed(build, "data.kind is unknown.")).text
    assert EDIT in page
    assert RESUME not in page
    assert "Start over…" not in page
