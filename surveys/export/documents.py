"""Explains an export to people: README, changes, the words that participants read, the protocol."""

from pathlib import Path
from typing import Any

from study.configuration.commands import command
from surveys.export.description import CODEBOOK, simulated_sentence, write_json
from surveys.export.labelled import FOLDER
from surveys.export.ro_crate import CRATE
from surveys.models import Survey
from surveys.protocol.wording import wordings

# Programs that recompute the main results from the tables; they need none of this software.
SCRIPTS = Path(__file__).parent / "scripts"
PROTOCOL = Path("materials") / "protocol.json"
STIMULUS_SET = Path("materials") / "stimulus_set.json"
# What tables have already, and what is about the machine rather than the set.
NOT_OF_THE_SET = ("items", "examples", "machine")
# What a Psych-DS validator need not look at.
IGNORED = f"{CODEBOOK}\n{CRATE}\ndata/*.parquet\n{FOLDER}/\nanalysis/\ndocumentation/\nmaterials/\n"
README = """# {title}

Data of the survey `{survey}`, exported by Foresee {version} as a Psych-DS data set.
{simulated}
| | |
|---|---|
| `data/` | the tables, each as CSV and, with the same values, as Parquet; each has a `.json` |
| `{codebook}` | every column: type, unit, levels, what an empty cell means |
| `ro-crate-metadata.json` | the same for archives, as an RO-Crate |
| `materials/protocol.json` | the protocol with its analysis plan, without the panel's codes |
| `materials/versions.json` | the protocol's versions: since when, and what each changed |
| `materials/stimulus_set.json` | networks, their measures and hashes, and how images were chosen |
| `materials/pages/` | pages that participants see, and screenshots of them, unless left out |
| `documentation/` | what participants read before they agreed, and the question |
| `analysis/` | how to compute every result from this folder alone, with and without Foresee |

Tables are joined by `participant_id` and `item`. One row of `trials` is one trial
(`participant_id` and `trial_index`), one row of `participants` one participant, one row of `items`
one image. Times of day are UTC; durations are whole milliseconds. An empty cell is a missing value.

| hash (SHA-256) | of |
|---|---|
| `{data_sha256}` | the data: in `data/`, `LC_ALL=C sha256sum *.csv \\| sha256sum` |
| `{protocol_sha256}` | the protocol |
| `{stimulus_set_sha256}` | the stimulus set |
"""
CHANGES = """# Changes

- As collected and scored by Foresee {version}. Nothing has been corrected or removed since.
"""
ANALYSIS = """# Analysis

```
{check}
{build}
```

check this folder against its codebook, and compute every table, test, figure and the report.

Without Foresee:

```
python analysis/reanalyse.py --results results/results.json
Rscript analysis/reanalyse.R
```

The first needs pandas and SciPy; it prints the accuracies and the Mann-Whitney tests, and compares
them with `results.json` where one is given. The second needs R; it also prints the logistic mixed
model where lme4 is installed.
"""


def write_documents(survey: Survey, about: dict[str, Any], folder: Path) -> None:
    """Write everything in an export that is neither a table nor a description of one."""
    commands = {
        "check": command("check_export ."),
        "build": command("build_results --export . --out results"),
    }
    loud = simulated_sentence(about)
    values = {
        **about,
        "title": survey.title,
        "codebook": CODEBOOK,
        "simulated": f"\n**{loud}**\n" if loud else "",
    }
    for name in ("analysis", "documentation"):
        (folder / name).mkdir()
    _write(folder / "README.md", README.format(**values))
    _write(folder / "CHANGES.md", CHANGES.format(**values))
    _write(folder / ".psychdsignore", IGNORED)
    _write(folder / "analysis" / "README.md", ANALYSIS.format(**commands))
    for script in ("reanalyse.py", "reanalyse.R"):
        _write(folder / "analysis" / script, (SCRIPTS / script).read_text(encoding="utf-8"))
    for language in survey.protocol.languages:
        _write(folder / "documentation" / f"texts_{language}.md", _texts(survey, language))


def write_protocol(survey: Survey, folder: Path) -> None:
    """The protocol as it was stored, but for the panel: its codes are worth money."""
    shown = {name: value for name, value in survey.protocol_json.items() if name != "panel"}
    (folder / PROTOCOL).parent.mkdir(exist_ok=True)
    write_json(folder / PROTOCOL, shown)


def write_stimulus_set(survey: Survey, folder: Path) -> None:
    """What the stimulus set's manifest says of the whole set; call this after `write_protocol`.

    Not where its pictures lay on somebody's disk.
    """
    manifest = survey.stimulus_set.manifest
    shown = {name: value for name, value in manifest.items() if name not in NOT_OF_THE_SET}
    for part, left_out in (("exemplars", ("found",)), ("legibility", ("by_item",))):
        if part in shown:
            shown[part] = {k: each for k, each in shown[part].items() if k not in left_out}
    if recipe := shown.get("recipe"):
        data = {name: value for name, value in recipe.get("data", {}).items() if name != "root"}
        shown["recipe"] = {**recipe, "data": data}
    write_json(folder / STIMULUS_SET, shown)


def _texts(survey: Survey, language: str) -> str:
    texts = wordings(survey.protocol.texts, language)
    parts = [f"## {name}\n\n{text.strip()}\n" for name, text in texts.items() if text.strip()]
    return f"# What participants read ({language})\n\n" + "\n".join(parts)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
