"""SPSS and Stata read the tables with the labels of columns and values."""

import sys

import pytest
from django.core.management import CommandError, call_command

from surveys.export.check import export_problems
from tests.factories import make_survey
from tests.surveys.visitor import Visitor


@pytest.mark.parametrize(("suffix", "reader"), [(".sav", "read_sav"), (".dta", "read_dta")])
def test_categories_are_numbers_with_their_names(db, tmp_path, suffix, reader):
    pyreadstat = pytest.importorskip("pyreadstat")
    survey = make_survey(tmp_path)
    Visitor(survey.slug).finish()
    call_command("export_study", survey.slug, out=tmp_path / "out", also=["spss", "stata"])
    assert list(export_problems(tmp_path / "out")) == []
    frame, meta = getattr(pyreadstat, reader)(tmp_path / "out" / "labelled" / f"trials{suffix}")
    assert set(frame["correct"]) <= {0, 1}
    assert set(meta.variable_value_labels["stratum"].values()) == {"model_wrong", "model_right"}
    labels = meta.variable_value_labels["condition"]
    assert {labels[code] for code in frame["condition"]} <= {"gradcam", "pv"}
    assert meta.column_names_to_labels["correct"].startswith("Whether")


def test_without_the_package_the_error_says_how_to_install_it(db, tmp_path, monkeypatch):
    survey = make_survey(tmp_path)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(CommandError, match=r"requirements-labels\.txt"):
        call_command("export_study", survey.slug, out=tmp_path / "out", also=["spss"])
    assert not (tmp_path / "out").exists()
