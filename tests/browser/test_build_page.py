"""A build's page in a real browser: it renews itself, and keeps what the reader has opened."""

import pytest
from PIL import Image

from pv_engine.builds.log import note_progress
from pv_engine.builds.training_records import store_curve
from pv_engine.models import Build
from tests.browser.inspection import wrong_in_any_look
from tests.browser.pressing import press

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [{"step": 5.0, "total": 0.5, "mse": 0.1}, {"step": 10.0, "total": 0.25, "score": 0.3}]


@pytest.fixture
def build(db, settings, tmp_path):
    """In the middle of its decoder, with a curve, two pictures and a message."""
    settings.BUILDS_DIR = tmp_path
    made = Build.objects.create(
        recipe_name="shapes", recipe_toml="seed = 1", recipe_folder="", status="running",
        phase="decoder", message="Step 10", images_per_second=50.0, seconds_left=90,
    )  # fmt: skip
    store_curve(made, "decoder", ROWS)
    note_progress(made, "Step 10")
    draw_samples(tmp_path / str(made.pk), 5, 10)
    return made


def draw_samples(folder, *steps):
    samples = folder / "decoder" / "samples"
    samples.mkdir(parents=True, exist_ok=True)
    for step in steps:
        Image.new("RGB", (512, 128), (40, step, 120)).save(samples / f"step-{step:08d}.webp")


def test_axe_finds_nothing_on_a_build_with_curves_and_pictures(sign_in, build):
    page = sign_in()
    page.goto(f"/console/builds/{build.pk}/")
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    assert wrong_in_any_look(page) == []


def test_the_page_renews_itself_and_keeps_what_is_opened(sign_in, build, tmp_path):
    page = sign_in()
    page.clock.install()
    page.goto(f"/console/builds/{build.pk}/")
    page.evaluate("window.isTheSamePage = true")
    page.get_by_text("Numbers (2 points)").click()
    draw_samples(tmp_path / str(build.pk), 20)
    store_curve(build, "decoder", [{"step": 20.0, "total": 0.125}])
    Build.objects.filter(pk=build.pk).update(phase_done=20)
    page.clock.run_for(2_000)
    page.get_by_text("Numbers (3 points)").wait_for()
    page.get_by_alt_text("Decoder at step 20").wait_for()
    assert page.locator("#curve-numbers-decoder").get_attribute("open") is not None
    assert page.evaluate("window.isTheSamePage")


def test_the_page_says_that_a_build_has_failed_and_asks_no_more(sign_in, build):
    page = sign_in()
    page.clock.install()
    page.goto(f"/console/builds/{build.pk}/")
    Build.objects.filter(pk=build.pk).update(status="failed", error="The images cannot be read.")
    page.clock.run_for(2_000)
    page.get_by_text("The images cannot be read.").wait_for()
    assert page.locator("[data-live-news]").text_content() == "Failed: Train the decoder"
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(30_000)
    assert asked == []


def test_without_javascript_a_build_is_cancelled_and_its_recipe_edited(sign_in, build):
    page = sign_in(width=390, javascript=False)
    page.goto(f"/console/builds/{build.pk}/")
    press(page.get_by_role("link", name="Refresh"))
    page.get_by_text("Cancel the build…").click()
    press(page.get_by_role("button", name="Cancel the build"))
    assert Build.objects.get().status == "cancelled"
    press(page.get_by_role("link", name="Edit the recipe and start"))
    assert page.get_by_label("or the text of a recipe").input_value().strip() == "seed = 1"
