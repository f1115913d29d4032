"""Writes docs/reference/ from the code: recipe, protocol, settings, exported tables.

Of the files that people write there are JSON Schemas, too, for their editors.

    python docs/reference_pages.py

tests/test_reference_pages.py fails if a page differs from the output.
"""

import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toml_files.tables import TomlTable

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by docs/reference_pages.py; change the code, then run `make docs`. -->"

# Of a key that is a section of its own.
BELOW = "The section of this name, below."


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in (pages() | schemas()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name -> the whole page."""
    return {
        "recipe.md": recipe_page(),
        "registries.md": registries_page(),
        "protocol.md": protocol_page(),
        "settings.md": settings_page(),
        "export.md": export_page(),
    }


def schemas() -> dict[str, str]:
    """File name -> the JSON Schema of a file that people write, for their editors."""
    from analysis.plan.plan import Plan
    from pv_engine.recipe.reading import RecipeFile
    from surveys.studies.protocols.keys import whole_schema

    found = {
        "recipe": RecipeFile.json_schema(),
        "plan": Plan.json_schema(),
        "protocol": whole_schema(),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        f"{name}.schema.json": json.dumps(head | schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in found.items()
    }


def recipe_page() -> str:
    from pv_engine.recipe.reading import SECTIONS

    parts = [
        "[The recipe](../recipe.md) explains the keys with advice."
        " The top-level keys are `name` and `seed`."
    ]
    for name, section in SECTIONS.items():
        parts += [f"## `[{name}]`", _sentence(section), _table_of(section)]
    return _page("Recipe: every key", parts)


def registries_page() -> str:
    from pv_engine.recipe.conditions import CONDITIONS
    from pv_engine.recipe.registries.networks import NETWORKS
    from pv_engine.recipe.registries.profiles import PROFILES
    from pv_engine.recipe.registries.saliency import READS, SALIENCY
    from pv_engine.recipe.registries.sources import SHORT, SOURCES

    sources = [
        (f"`{name}`", each.title, "`data.root`" if each.needs_root else "", _cell(each.meaning))
        for name, each in (SOURCES | SHORT).items()
    ]
    factory = "a function of your own module, named by `data.factory`"
    sources.append(("`factory`", "", "`data.factory`", factory))
    methods = [
        (f"`{name}`", READS[each.reads], f"[source]({each.source})", _cell(each.meaning))
        for name, each in SALIENCY.items()
    ]
    conditions = [
        (
            f"`{name}`",
            "an image"
            if each.draws
            else f"a row, by `{each.made_by}`"
            if each.made_by
            else "nothing",
            each.needs or "",
            _cell(each.introduction) or "written by the study's author",
            "yes" if each.by_class else "no",
        )
        for name, each in CONDITIONS.items()
    ]
    from surveys.protocol.questions.registry import KINDS

    questions = [
        (f"`{name}`", "yes" if each.is_scored else "", _cell(each.meaning), _cell(each.stores))
        for name, each in KINDS.items()
    ]
    networks = [
        (f"`{family}`", each.names, ", ".join(f"`{task}`" for task in each.tasks),
         _cell(each.meaning))
        for family, each in NETWORKS.items()
    ]  # fmt: skip
    profiles = [
        (f"`{name}`", " then ".join(phase for phase, _ in each.stages),
         ", ".join(f"`{key}`" for key in each.losses), _cell(each.meaning))
        for name, each in PROFILES.items()
    ]  # fmt: skip
    parts = [
        "What a recipe may name, and the questions of a protocol. A package adds its own by an"
        " entry point:"
        " [a saliency method](../guides/add_a_saliency_method.md),"
        " [a decoder profile, a condition or a family of"
        " networks](../guides/add_a_decoder_profile.md),"
        " [a data source](../guides/add_a_data_source.md).",
        "## Data sources",
        "The values of `data.kind`.",
        _table(("name", "in the console", "needs", "meaning"), sources),
        "## Networks",
        "What `classifier.architecture` names as `<family>:<name>`, beside `small_cnn` and your own"
        " `<package.module>:<factory>`.",
        _table(("family", "behind the colon", "classifier.task", "meaning"), networks),
        "## Decoder profiles",
        "The values of `decoder.profile`.",
        _table(("name", "trained", "further keys", "meaning"), profiles),
        "## Saliency methods",
        "The values of `rendering.saliency`.",
        _table(("name", "reads", "source", "meaning"), methods),
        "## Conditions",
        "The values of `rendering.conditions`.",
        _table(
            ("name", "shows", "needs", "introduction for participants", "of further classes"),
            conditions,
        ),
        "## Questions of a trial",
        "The values of `task.questions.kind` in a protocol.",
        _table(("name", "may come first", "answered by", "what is stored"), questions),
    ]
    return _page("Registries: what recipes and protocols may name", parts)


def protocol_page() -> str:
    from surveys.protocol import about, item_draw, pay, schema, sections, task

    kinds = [
        ("the top of the file", schema.Protocol),
        ("`[[conditions]]`", schema.ProtocolCondition),
        ("`[texts]`", schema.Texts),
        ("`[assignment]`", sections.AssignmentRule),
        ("`[items]`", item_draw.ItemDraw),
        ("`[items.strata]`", item_draw.StratumCounts),
        ("`[trials]`", sections.TrialRule),
        ("`[task]`", task.Task),
        ("`[[task.pictures]]`", task.TaskPicture),
        ("`[[task.questions]]`", task.TaskQuestion),
        ("`[checks]`", sections.ChecksRule),
        ("`[comprehension]`", sections.Comprehension),
        ("`[[comprehension.questions]]`", sections.ComprehensionQuestion),
        ("`[[questionnaire]]`", sections.QuestionnairePage),
        ("`[[questionnaire.questions]]`", sections.Question),
        ("`[panel]`", sections.Panel),
        ("`[panel.codes]`", sections.CompletionCodes),
        ("`[pay]`", pay.Pay),
        ("`[study]`", about.About),
        ("`[[study.authors]]`", about.Author),
        ("`[sample]`", sections.Sample),
        ("`[stopping]`", sections.Stopping),
    ]
    parts = [
        "[The protocol](../protocol.md) explains the sections with examples, and the keys of"
        " [`[analysis]`](../protocol.md#analysis-plan)."
    ]
    for heading, kind in kinds:
        prefix = heading.strip("`[]") + "." if heading.startswith("`") else ""
        title = f"## {heading[0].upper()}{heading[1:]}"
        parts += [title, _sentence(kind), _table_of(kind, prefix, _explained_by_hand())]
    return _page("Protocol: every key", parts)


def settings_page() -> str:
    described = _described_settings()
    example = dict(re.findall(r"^#([A-Z_]+)=(.*)$", _read(".env.example"), re.MULTILINE))
    readers = _setting_readers()
    rows = [
        (f"`{name}`", readers.get(name, "text"), _code(example.get(name, "")), described[name])
        for name in sorted(described)
    ]
    parts = [
        "Each is an environment variable or a line of the file `.env` beside `manage.py`; an"
        " invalid value stops the start. [Configuration](../configuration.md) explains how they"
        " work together.",
        _table(("variable", "kind", "default", "effect"), rows),
    ]
    return _page("Settings: every variable", parts)


def export_page() -> str:
    from surveys.export.columns import items, people, trials

    tables = {
        "trials": trials.TRIALS,
        "extratrials": trials.EXTRA_TRIALS,
        "trials and extratrials of a study in blocks, in addition": (trials.BLOCK,),
        "participants": people.PARTICIPANTS,
        "participants of a protocol with `device.record`, more columns": people.DEVICE,
        "participants of a protocol with `device.colour_plates`, more columns": people.PLATES,
        "participants of a protocol with `checks.visual`, more columns": people.VISUAL,
        "participants of a protocol with `checks.count_events`, more columns": people.PAGE_EVENTS,
        "questionnaire": people.QUESTIONNAIRE,
        "trials of a protocol with `[task]`, more columns": trials.TASK,
        "answers": trials.ANSWERS,
        "textanswers": trials.TEXT_ANSWERS,
        "items": items.ITEMS,
        "itemtexts": items.ITEM_TEXTS,
        "exposure": items.EXPOSURE,
        "events": people.EVENTS,
        "panel ids (a separate file)": people.PANEL,
        "panel ids of a protocol with `[pay]`, more columns": people.PAY,
    }
    parts = [
        "The codebook of an export has these columns, with the levels of its own study."
        " [Exports](../exports.md#the-psych-ds-folder) describes the files and types."
    ]
    for name, columns in tables.items():
        rows = [
            (f"`{column.name}`", column.type, _unit(column), _cell(column.meaning), column.missing)
            for column in columns
        ]
        head = ("column", "type", "unit or levels", "meaning", "empty where")
        parts += [f"## {name[0].upper()}{name[1:]}", _table(head, rows)]
    return _page("Export: every column", parts)


def _unit(column: Any) -> str:
    levels = ", ".join(f"`{level}`" for level in column.levels)
    return (
        column.unit or levels or (f"of the study: {column.levels_of}" if column.levels_of else "")
    )


# Tables of files


def _table_of(
    kind: "type[TomlTable]", prefix: str = "", by_hand: dict[str, str] | None = None
) -> str:
    from toml_files.wording import describe

    whole, said = kind.json_schema(), by_hand or {}
    rows = [
        (
            f"`{key}`",
            _cell(describe(node, whole, prefix + key)),
            "needed" if key in whole.get("required", ()) else _default(node),
            said.get(prefix + key) or _cell(node.get("description", "")) or BELOW,
        )
        for key, node in whole["properties"].items()
    ]
    return _table(("key", "kind", "default", "meaning"), rows)


def _explained_by_hand() -> dict[str, str]:
    """Key -> what docs/protocol.md says of it, where it says something."""
    rows = re.findall(
        r"^\| `\[?\[?([\w.]+)\]?\]?` \|(?:.*\|)? (.*) \|$", _read("docs/protocol.md"), re.M
    )
    return {name: re.sub(r"\]\((#|\w+\.md)", _from_below, text) for name, text in rows}


def _from_below(link: re.Match[str]) -> str:
    """A link of docs/protocol.md as it reads one folder below."""
    return f"](../{'protocol.md#' if link[1] == '#' else link[1]}"


def _default(node: dict[str, Any]) -> str:
    if "$ref" in node:
        return "as below"
    default = node.get("default")
    if isinstance(default, str) and "\n" in default:
        return "a text of its own"
    return _code(json.dumps(default, ensure_ascii=False)) if default is not None else "none"


def _sentence(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


# Settings


def _described_settings() -> dict[str, str]:
    found = re.findall(
        r"^\| `([A-Z_]+)` \|[^|]*\| (.*) \|$", _read("docs/configuration.md"), re.MULTILINE
    )
    # Links there start at docs/, here one folder below.
    return {name: re.sub(r"\]\((\w+\.md)", r"](../\1", text) for name, text in found}


def _setting_readers() -> dict[str, str]:
    """Variable -> what kind of value its reader accepts."""
    found = {}
    for file in ("study/settings.py", "study/server/demo.py", "study/web_server.py"):
        for kind, name in re.findall(r'env\.read_(\w+)\(\s*"([A-Z_]+)"', _read(file)):
            found[name] = {"bool": "yes or no", "int": "whole number"}.get(kind, kind)
            if kind == "secret":
                found[f"{name}_FILE"] = "path"
    return found


# Markdown


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", NOTE, *(part for part in parts if part)]) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")
    import django

    django.setup()
    main()
