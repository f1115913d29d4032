"""ro-crate-metadata.json: the export described as an RO-Crate 1.2, for archives.

https://www.researchobject.org/ro-crate/specification/1.2/
"""

from pathlib import Path
from typing import Any

from surveys.export.citation import citation_of, licence_address
from surveys.export.description import write_json
from surveys.models import Survey

CRATE = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.2"
NOT_STATED = "The study's protocol states no licence; ask its authors before using the data."
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".py": "text/x-python",
    ".R": "text/x-r",
    ".webp": "image/webp",
}
WHAT = {
    "data": "table, or description of one",
    "analysis": "program that computes the results",
    "documentation": "what participants read",
    "labelled": "the same tables for SPSS and Stata",
    "materials": "protocol, stimuli and pages that participants see",
}


def write_crate(survey: Survey, folder: Path) -> None:
    """Describe the folder and each file in it; call this after everything else is written."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [_file(path, folder) for path in files if not path.name.startswith(".")]
    write_json(
        folder / CRATE,
        {"@context": f"{VERSION}/context", "@graph": [*_roots(survey, parts), *parts]},
    )


def _roots(survey: Survey, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The descriptor, the data set, and whom and what it names."""
    cited = citation_of(survey)
    licence = _licence(cited.pop("license", ""))
    named = [*cited.get("creator", []), *cited.get("funder", [])]
    entities = [*map(_entity, named), *_affiliations(named), licence]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": survey.title,
        "description": f"Data of the survey {survey.slug}: participants guessed what an image"
        " classifier had predicted.",
        "datePublished": (cited.get("temporalCoverage") or f"{survey.created_at:%Y-%m-%d}")[-10:],
        **{key: cited[key] for key in ("temporalCoverage", "sameAs") if key in cited},
        **({"creditText": cited["citation"]} if "citation" in cited else {}),
        **{
            key: [_reference(_entity(each)) for each in cited[key]]
            for key in ("creator", "funder")
            if key in cited
        },
        "license": _reference(licence),
        "hasPart": list(map(_reference, parts)),
    }
    descriptor = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": VERSION},
        "about": {"@id": "./"},
    }
    return [descriptor, root, *{each["@id"]: each for each in entities}.values()]


def _reference(entity: dict[str, Any]) -> dict[str, str]:
    return {"@id": entity["@id"]}


def _entity(named: dict[str, Any]) -> dict[str, Any]:
    """A person or organisation as an entity of its own, which names others by their id."""
    found = {"@id": named.get("@id") or _local(named["name"]), **named}
    if "affiliation" in named:
        found["affiliation"] = {"@id": _local(named["affiliation"]["name"])}
    return found


def _affiliations(named: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_entity(each["affiliation"]) for each in named if "affiliation" in each]


def _local(name: str) -> str:
    return "#" + "-".join("".join(c if c.isalnum() else " " for c in name).lower().split())


def _licence(address: str) -> dict[str, Any]:
    """The licence as an entity; one that says that none is stated where there is none."""
    if not address:
        return {"@id": "#no-licence-stated", "@type": "CreativeWork", "name": "Not stated",
                "description": NOT_STATED}  # fmt: skip
    given = licence_address(address)
    known = given if "://" in given else _local(given)
    name = given.rpartition("/")[2].removesuffix(".html") or given
    text = "The licence of the data, as the study's protocol states it."
    return {"@id": known, "@type": "CreativeWork", "name": name, "description": text}


def _file(path: Path, folder: Path) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    media = MEDIA_TYPES.get(path.suffix)
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": WHAT.get(name.split("/")[0], "description of the data set"),
        "contentSize": str(path.stat().st_size),
        **({"encodingFormat": media} if media else {}),
    }
