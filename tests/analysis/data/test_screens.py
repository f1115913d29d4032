"""Screenshots in an export, of whatever version."""

import json

import pytest

from analysis.data.screens import read_screens
from analysis.errors import DataError

PAGE = {"page": "trial", "language": "en", "item": "item-01"}


@pytest.fixture
def export(tmp_path):
    """Writes a list of pages with one question of each condition, and returns the folder."""

    def write(conditions=("gradcam", "pv"), languages=("en",), **changed):
        folder = tmp_path / "materials" / "pages"
        folder.mkdir(parents=True)
        pages = [{"page": "start", "language": "en", "screenshot": "en_start.webp"}]
        for language in languages:
            for name in conditions:
                file = f"{language}_trial_{name}.webp"
                (folder / file).write_bytes(f"{language} {name}".encode())
                own = {"screenshot": file, "conditions": [name], "language": language}
                pages.append(PAGE | own)
        stated = {
            "screenshots_by": "Chromium 128.0", "viewport": [1280, 800], "problem": "",
            "with_images": True, "pages": pages,
        }  # fmt: skip
        (folder.parent / "pages.json").write_text(json.dumps(stated | changed))
        return tmp_path

    return write


def test_an_export_of_an_earlier_version_has_none(tmp_path):
    assert read_screens(tmp_path) is None


def test_the_questions_of_the_first_language_are_read(export):
    found = read_screens(export(languages=("it", "en")))
    assert found.questions == {"gradcam": b"it gradcam", "pv": b"it pv"}
    assert found.items == {"gradcam": "item-01", "pv": "item-01"}
    assert (found.browser, found.viewport, found.problem) == ("Chromium 128.0", (1280, 800), "")


def test_grey_pictures_in_the_place_of_stimuli_are_not_what_participants_saw(export):
    assert read_screens(export(with_images=False)).questions == {}


def test_why_there_are_none_is_kept(export):
    found = read_screens(export((), problem="The browser x ended.", screenshots_by=""))
    assert (found.questions, found.problem) == ({}, "The browser x ended.")


def test_a_list_of_another_kind_is_refused_with_its_name(tmp_path):
    (tmp_path / "materials").mkdir()
    for text in ("[]", "{", '{"pages": 3}'):
        (tmp_path / "materials" / "pages.json").write_text(text)
        with pytest.raises(DataError, match=r"pages\.json is not a list of pages"):
            read_screens(tmp_path)


def test_a_screenshot_that_is_missing_is_named_and_none_is_read_from_elsewhere(export):
    folder = export(("pv",))
    listed = folder / "materials" / "pages.json"
    listed.write_text(listed.read_text().replace("en_trial_pv.webp", "../../secret.webp"))
    (folder / "secret.webp").write_bytes(b"elsewhere")
    with pytest.raises(DataError, match=r"The screenshot .*pages/secret\.webp cannot be read"):
        read_screens(folder)
