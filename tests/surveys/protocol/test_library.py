"""Each published design in protocols/ runs on a set that import_stimuli makes for it."""

from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from analysis.data.exports import read_export
from analysis.report.html import render_report
from analysis.report.results import analyse
from pv_engine.stimulus_sets.importing import import_stimuli
from surveys.bots.policies import find_policy
from surveys.bots.walker import run_bots
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.protocol.schema import Protocol
from surveys.protocol.task import ORIGINAL
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study
from tests.surveys.protocol_files import read_file

DESIGNS = {
    "hive_agreement": ("correct;incorrect", "correct", "incorrect"),
    "hive_distinction": ("class_1;class_2;class_3;class_4", "class_2", "class_3"),
    "feature_visualization": ("query_a;query_b", "query_a", "query_b"),
    "alqaraawi": ("yes;no", "yes", "no"),
    "guess_wrong_label": ("lynx;wolf;deer;boat;kite", "", ""),
}
N_ITEMS, N_EXAMPLES = 4, 1


def make_set(protocol: Protocol, design: str, folder: Path) -> Path:
    """Import a set with the pictures, texts and answers that the protocol asks for."""
    task, (options, *answers) = protocol.task, DESIGNS[design]
    kinds = [kind for arm in protocol.conditions for kind in task.kinds_in(arm.name)]
    kinds += task.option_kinds(options.split(";"))
    shown = [kind for kind in dict.fromkeys([ORIGINAL, *kinds]) if kind != "none"]
    texts = [name for name in task.told if name not in ("truth", "prediction")]
    head = ["prediction", "true_labels", "options", "answer", "example", *shown]
    lines = [",".join(head + [f"text:{name}" for name in texts])]
    folder.mkdir()
    for number in range(N_ITEMS + N_EXAMPLES):
        files = []
        for place, kind in enumerate(shown):
            several = [f"{number}-{place}-{k}.png" for k in range(3 if "_" in kind else 1)]
            for k, name in enumerate(several[:1] if kind in task.option_kinds(()) else several):
                Image.new("RGB", (16 + k, 16), (40 * number, 9 * place, 60)).save(folder / name)
            files.append(";".join(several[:1] if kind in task.option_kinds(()) else several))
        answer, is_example = answers[number % 2], "yes" if number >= N_ITEMS else ""
        prediction = "" if not options.startswith("lynx") else ("lynx", "wolf")[number % 2]
        row = [prediction or "okapi", "tapir", options, answer, is_example, *files]
        lines.append(",".join(row + [f"{name} {number}" for name in texts]))
    file = folder / "items.csv"
    file.write_text("\n".join(lines) + "\n")
    return import_stimuli(file, folder, folder / "out")


@pytest.mark.parametrize("design", DESIGNS)
def test_it_runs_from_import_to_export(db, tmp_path, design):
    file = Path(settings.BASE_DIR) / "protocols" / f"{design}.toml"
    protocol = read_file(file)
    folder = make_set(protocol, design, tmp_path / "pictures")
    (tmp_path / "stimuli").mkdir()
    folder.rename(tmp_path / protocol.stimulus_set)
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    survey, _ = load_study(copy)
    open_survey(survey)
    assert find_leaks(survey)[0] == []
    bots = list(run_bots(survey, 3, seed=1, policy=find_policy("uniform")))
    assert all(bot.finished_at for bot in bots)
    survey.refresh_from_db()
    assert list(find_problems(survey)) == []
    counts = export_study(survey, tmp_path / "export")
    assert list(export_problems(tmp_path / "export")) == []
    further = len(protocol.task.further)
    assert counts["trials"] == 3 * N_ITEMS
    assert counts.get("answers", 0) + counts.get("textanswers", 0) == 3 * N_ITEMS * further
    results = analyse(read_export(tmp_path / "export"))
    section = next(each for each in results.sections if each.title == "The task (exploratory)")
    rows = section.numbers["task"]
    assert sum(row["n_trials"] for row in rows) == 3 * N_ITEMS
    assert {round(1 / row["chance"]) for row in rows} == {len(DESIGNS[design][0].split(";"))}
    assert ("detection" in section.numbers) == (design in ("hive_agreement", "alqaraawi"))
    sections = [each.title for each in results.sections]
    assert ("Confidence (exploratory)" in sections) == (design != "guess_wrong_label")
    assert "The task (exploratory)" in render_report(results)


def test_every_file_names_its_source_and_what_differs():
    for design in DESIGNS:
        head = (
            (Path(settings.BASE_DIR) / "protocols" / f"{design}.toml").read_text().split("slug")[0]
        )
        assert "arXiv:" in head
        assert "What differs from the original:" in head
        assert "The set needs, for each item" in head
