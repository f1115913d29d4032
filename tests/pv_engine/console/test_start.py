"""Starting a build in the console: chosen, uploaded, pasted, edited, or begun again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from pv_engine.models import Build
from tests.pv_engine.scripted_engine import RECIPE

pytest_plugins = ["tests.pv_engine.builds_cast"]


def start(researcher, **data):
    return researcher.post(reverse("builds:start"), data)


@pytest.fixture
def recipes(settings, tmp_path):
    settings.RECIPES_DIR = tmp_path
    (tmp_path / "tiny.toml").write_text(RECIPE)
    return tmp_path


def test_a_recipe_of_the_server_is_started(researcher, recipes, sent):
    response = start(researcher, recipe_file="tiny.toml")
    build = Build.objects.get()

    assert response.url == reverse("builds:detail", args=[build.pk])
    assert build.recipe_name == "tiny"
    assert build.recipe_folder == str(recipes)


def test_a_pasted_recipe_is_started(researcher, recipes, sent):
    start(researcher, text=RECIPE)
    assert Build.objects.get().recipe_toml == RECIPE


def test_an_uploaded_recipe_is_started(researcher, recipes, sent):
    start(researcher, upload=SimpleUploadedFile("mine.toml", RECIPE.encode()))
    assert Build.objects.get().recipe_toml == RECIPE


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "exactly one of the three"),
        ({"recipe_file": "tiny.toml", "text": RECIPE}, "exactly one of the three"),
        ({"recipe_file": "../../etc/passwd"}, "not one of the available choices"),
        ({"text": "data = "}, "The pasted recipe, line 1: this is not valid TOML"),
        ({"text": RECIPE + "colour = 3"}, "unknown key data.colour"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused_in_a_sentence(researcher, recipes, data, sentence):
    page = start(researcher, **data).content.decode()
    assert sentence in page
    assert not Build.objects.exists()


def test_a_file_that_is_no_text_is_refused(researcher, recipes):
    page = start(
        researcher, upload=SimpleUploadedFile("photo.toml", b"\xff\xd8\xff")
    ).content.decode()
    assert "photo.toml is not UTF-8 text" in page


def test_a_file_too_large_for_a_recipe_is_refused(researcher, recipes):
    large = SimpleUploadedFile("large.toml", b"#" * 100_001)
    assert "large.toml is too large" in start(researcher, upload=large).content.decode()


def test_what_was_pasted_is_still_there_after_an_error(researcher, recipes):
    assert "colour = 3" in start(researcher, text=RECIPE + "colour = 3").content.decode()


def test_the_page_says_what_each_recipe_of_the_server_asks_for(researcher, recipes):
    (recipes / "broken.toml").write_text("seed = = 3")
    page = researcher.get(reverse("builds:start")).content.decode()

    assert "drawn scenes, 224 px, 8 to train on" in page
    assert "broken.toml, line 1: this is not valid TOML" in page


def test_a_copy_of_a_servers_recipe_is_edited_before_it_is_started(researcher, recipes):
    page = researcher.get(reverse("builds:start"), {"recipe": "tiny.toml"})
    assert page.context["form"].initial == {"text": RECIPE}


@pytest.mark.parametrize("name", ["../tiny.toml", "other.toml", "/etc/passwd"])
def test_only_recipes_of_the_servers_folder_are_copied(researcher, recipes, name):
    page = researcher.get(reverse("builds:start"), {"recipe": name})
    assert page.context["form"].initial == {"text": ""}


def test_a_recipe_is_checked_and_summed_up_without_being_started(researcher, recipes):
    upload = SimpleUploadedFile("mine.toml", RECIPE.encode())
    page = start(researcher, upload=upload, do="edit")

    assert not Build.objects.exists()
    assert page.context["form"].initial == {"text": RECIPE}
    assert "This recipe is valid" in page.content.decode()


def test_pasted_text_too_long_for_a_recipe_is_refused(researcher, recipes):
    page = start(researcher, text="#" * 100_001).content.decode()
    assert "at most 100000 characters" in page
    assert not Build.objects.exists()


def test_a_builds_recipe_is_edited_with_its_own_folder(researcher, build, tmp_path, sent):
    address = f"{reverse('builds:start')}?build={build.pk}"
    assert researcher.get(address).context["form"].initial == {"text": build.recipe_toml}

    researcher.post(address, {"text": RECIPE + "image_size = 32"})
    started = Build.objects.order_by("pk").last()
    assert started.recipe_folder == build.recipe_folder
    assert "image_size = 32" in started.recipe_toml


def test_a_failed_build_is_started_again_from_nothing_and_stays_as_it_is(researcher, build, sent):
    Build.objects.filter(pk=build.pk).update(status="failed", error="The folder is empty.")
    response = researcher.post(reverse("builds:again", args=[build.pk]))

    started = Build.objects.order_by("pk").last()
    assert response.url == reverse("builds:detail", args=[started.pk])
    assert started.recipe_toml == build.recipe_toml
    assert Build.objects.get(pk=build.pk).status == Build.Status.FAILED
    entry = AuditEntry.objects.filter(action="build.started").latest("number")
    assert entry.subject == f"tiny #{started.pk}"
    assert entry.details["again"] == f"tiny #{build.pk}"


def test_a_recipe_that_broke_a_rule_since_is_not_started_again(researcher, build, sent):
    Build.objects.filter(pk=build.pk).update(status="failed", recipe_toml=RECIPE + "colour = 3")
    address = reverse("builds:again", args=[build.pk])
    page = researcher.post(address, follow=True).content.decode()

    assert "unknown key data.colour" in page
    assert Build.objects.count() == 1
