"""Whatever a file is instead of a table, one sentence of ours says so, and where."""

import pytest

from analysis.data.files import read_table, read_text
from analysis.data.scores import read_scores
from analysis.errors import DataError
from analysis.plan.reader import read_plan

HEADER = (
    "participant_id,condition,correct_model_wrong,n_model_wrong,correct_model_right,n_model_right"
)
ROWS = f"{HEADER}\na,gradcam,1,2,2,2\nb,pv,2,2,0,2\n"
# Words of pandas, of Python's codecs and of the operating system.
FOREIGN = ("tokeniz", "codec", "Errno", "Expected", "pandas", "C error", "0x", "char ")


def refused(path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_scores(path)
    shown = str(caught.value)
    assert not any(word in shown for word in FOREIGN), shown
    assert shown.endswith(".")
    assert "\n" not in shown
    return shown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ROWS.replace(",", ";").encode(), "scores.csv is separated by semicolons; save it with"),
        (ROWS.replace(",", "\t").encode(), "scores.csv is separated by tabs; save it with commas"),
        (ROWS.encode("utf-16"), "scores.csv is text in UTF-16; it must be plain text in UTF-8"),
        (ROWS.encode("utf-16-le"), "scores.csv is not plain text; it must be text in UTF-8"),
        (
            ROWS.replace("b,pv", "b,modèle").encode("latin-1"),
            "scores.csv, line 3: a character is not UTF-8 (it may be Latin-1 or Windows-1252)",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "scores.csv is a PNG image; it must be plain text"),
        (b"PK\x03\x04" + bytes(50), "scores.csv is a spreadsheet or a ZIP archive"),
        (
            ROWS.replace("b,pv", '"b,pv').encode(),
            "scores.csv, line 3: a quotation mark is not closed",
        ),
        (
            ROWS.replace("b,pv", "b,pv,pv").encode(),
            "scores.csv, line 3 has 7 cells, but the first line names 6 columns",
        ),
        (ROWS[:-6].encode(), "scores.csv, line 3 has 4 cells, but the first line names 6 columns"),
        (ROWS.replace("a,gradcam", "a,b,gradcam").encode(), "scores.csv, line 2 has 7 cells"),
        (
            ROWS.replace("condition", "participant_id", 1).encode(),
            "scores.csv, line 1 names the column 'participant_id' twice",
        ),
        (b"", "scores.csv is empty; its first line must name the columns"),
    ],
)
def test_a_file_that_is_no_such_table_is_named_in_our_words(tmp_path, content, message):
    assert message in refused(tmp_path / "scores.csv", content)


def test_a_folder_and_a_file_that_is_not_there_are_named_in_our_words(tmp_path):
    with pytest.raises(DataError, match="cannot be read: it is a folder"):
        read_scores(tmp_path)
    with pytest.raises(DataError, match="cannot be read: there is no such file"):
        read_scores(tmp_path / "nowhere.csv")


def test_a_plan_of_another_kind_is_named_in_our_words(tmp_path):
    plan = tmp_path / "plan.toml"
    for content, message in (
        ("origin = 'é'".encode("latin-1"), "plan.toml is not UTF-8 text; save it as a TOML file"),
        (b"tests = [\n", "plan.toml, line 2: this is not valid TOML: .* at the end of the file"),
        (b"\n\n? = 1", "plan.toml, line 3: this is not valid TOML: .* at column 1."),
    ):
        plan.write_bytes(content)
        with pytest.raises(Exception, match=message) as caught:
            read_plan(plan)
        assert not any(word in str(caught.value) for word in FOREIGN)


def test_only_an_empty_cell_is_missing(tmp_path):
    names = ["None", "NA", "null", "nan", "n/a", "NULL", "-nan", "#N/A", "<NA>", "1.#QNAN"]
    path = tmp_path / "table.csv"
    path.write_text("name,score\n" + "\n".join(f"{name},1" for name in names) + '\n"",\n')
    table = read_table(path, {"name", "score"}, {"name": "category", "score": "float64"})
    assert table["name"].astype("str").tolist()[:-1] == names
    assert table["name"].isna().tolist() == [False] * len(names) + [True]
    assert table["score"].isna().sum() == 1


def test_a_row_knows_its_line_after_blank_lines_and_lines_within_a_cell(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('name,score\n\n"two\nlines",1\n\u2028 is no line,2\n   \nlast,3\n')
    assert (read_table(path, ["name"]).index + 2).tolist() == [3, 5, 7]


def test_a_mark_of_a_spreadsheet_at_the_beginning_is_no_text(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text("origin = 1", encoding="utf-8-sig")
    assert read_text(path) == "origin = 1"
