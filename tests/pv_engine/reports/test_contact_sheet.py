import io
import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from PIL import Image

from pv_engine.errors import ImageDataError
from pv_engine.reports.contact_sheet import contact_sheet
from pv_engine.reports.sheet import Card, Sheet, SheetSection, Shown
from pv_engine.reports.sheet_html import as_html
from pv_engine.reports.sheet_png import as_png
from pv_engine.reports.writing import write_sheet
from tests.factories import make_stimulus_folder


@pytest.fixture
def folder(tmp_path):
    return make_stimulus_folder(tmp_path / "set", n_wrong=2, n_right=3)


def sheet_of(card_name="item-01", colour="#204080"):
    picture = Image.new("RGB", (40, 40), colour)
    card = Card(card_name, (Shown("original", picture),), (("The model says", "boat"),))
    return Sheet("A title", "About it.", (SheetSection("Heading", (card,)),))


def test_every_item_stands_in_its_stratum_with_its_answers(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    wrong, right, examples = contact_sheet(folder).sections
    assert (len(wrong.cards), len(right.cards), len(examples.cards)) == (2, 3, 1)
    items = {item["name"]: item for item in manifest["items"]}
    for card in wrong.cards:
        item = items[card.name]
        assert item["stratum"] == "model_wrong"
        assert card.lines[0] == ("The model says", item["prediction"])
        assert card.lines[1] == ("In the image", ", ".join(item["true_labels"]))


def test_each_card_shows_the_original_and_every_condition(folder):
    for section in contact_sheet(folder).sections:
        for card in section.cards:
            assert [shown.label for shown in card.pictures] == ["original", "gradcam", "pv"]


def test_the_page_needs_no_other_file_and_escapes_what_it_shows():
    page = as_html(sheet_of(card_name='<b>"item" & more</b>'))
    assert "&lt;b&gt;&quot;item&quot; &amp; more&lt;/b&gt;" in page
    assert "<b>" not in page
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith("data:image/webp;base64,") for address in addresses)


def test_the_png_holds_the_picture_in_its_colour():
    with Image.open(io.BytesIO(as_png(sheet_of(colour="#ff0080")))) as page:
        counts = {colour: count for count, colour in page.convert("RGB").getcolors(10**6)}
    # All of the picture but its outline.
    assert counts[(255, 0, 128)] == (Sheet.side - 2) ** 2


def test_more_cards_than_fit_beside_each_other_go_below(folder):
    one = sheet_of()
    (section,) = one.sections
    many = Sheet(one.title, one.about, (SheetSection("Heading", section.cards * 30),))
    single, whole = (Image.open(io.BytesIO(as_png(sheet))).size for sheet in (one, many))
    assert whole[0] <= 1680
    assert whole[1] > 2 * single[1]


def test_long_lines_are_wrapped_and_not_cut_off():
    def height(words):
        card = Card("1", (Shown("", Image.new("RGB", (20, 20))),), (("Options", words),))
        page = as_png(Sheet("Sheet", "", (SheetSection("Pictures", (card,)),)))
        return Image.open(io.BytesIO(page)).height

    assert height("english_springer, cassette_player, garbage_truck") > height("fish, cup") + 15


def test_both_files_are_written(folder, tmp_path):
    html, png = write_sheet(contact_sheet(folder), tmp_path / "out", "contact_sheet")
    assert html.read_text().count("<article>") == 6
    with Image.open(png) as picture:
        assert picture.format == "PNG"


def test_a_missing_picture_is_named(folder):
    lost = next((folder / "images").iterdir())
    lost.unlink()
    with pytest.raises(ImageDataError, match=rf"{lost.name} cannot be read"):
        contact_sheet(folder)


def test_a_folder_that_cannot_be_written_to_is_named(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImageDataError, match=r"cannot be written to .*file"):
        write_sheet(contact_sheet(folder), tmp_path / "file", "contact_sheet")


def test_it_works_without_django(folder, tmp_path):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pv_engine.reports.contact_sheet import contact_sheet\n"
        "from pv_engine.reports.writing import write_sheet\n"
        "write_sheet(contact_sheet(Path(sys.argv[1])), Path(sys.argv[2]), 'sheet')\n"
        "sys.exit('django' in sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", program, folder, tmp_path], cwd=settings.BASE_DIR, check=True
    )
    assert (tmp_path / "sheet.png").is_file()
