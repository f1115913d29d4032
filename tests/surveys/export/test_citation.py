"""Who made a data set, and on which terms, is in the export for people, archives and programs."""

import json
from types import SimpleNamespace

import pytest

from surveys.errors import ProtocolError
from surveys.export.folder import export_study
from surveys.export.ro_crate import CRATE
from tests.factories import make_protocol, make_survey
from tests.surveys.protocol_files import read_file
from tests.surveys.visitor import Visitor

ABOUT = """
[study]
ethics = "Board of Example, 2026-017"
funding = ["Example Science Fund, grant 1234"]
registration = "https://osf.io/abcde"
data_licence = "CC-BY-4.0"
[[study.authors]]
name = "Ada Example"
orcid = "0000-0002-1825-0097"
institution = "University of Example"
[[study.authors]]
name = "Ben Example"
"""

SCHEMA_ORG = (
    "CreativeWork", "Dataset", "Organization", "Person", "about", "affiliation", "contentSize",
    "creator", "creditText", "datePublished", "description", "encodingFormat", "funder", "hasPart",
    "license", "name", "sameAs", "temporalCoverage",
)  # fmt: skip


@pytest.fixture
def exported(db, tmp_path):
    survey = make_survey(tmp_path, more=ABOUT)
    Visitor(survey.slug).finish()
    export_study(survey, tmp_path / "out", stimuli=True)
    return tmp_path / "out"


def crate_of(folder):
    graph = json.loads((folder / CRATE).read_text())["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_the_description_names_authors_money_and_licence(exported):
    found = json.loads((exported / "dataset_description.json").read_text())
    assert [each["name"] for each in found["creator"]] == ["Ada Example", "Ben Example"]
    assert found["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert found["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert found["funder"][0]["name"] == "Example Science Fund, grant 1234"
    assert found["sameAs"] == "https://osf.io/abcde"
    assert found["citation"].startswith("Ada Example; Ben Example (20")


def test_the_crate_names_each_file_once_and_nothing_that_is_not_there(exported):
    crate = crate_of(exported)
    files = {
        path.relative_to(exported).as_posix()
        for path in exported.rglob("*")
        if path.is_file() and path.name not in (CRATE, ".psychdsignore")
    }
    named = [each["@id"] for each in crate["./"]["hasPart"]]
    assert sorted(named) == sorted(files)
    assert crate["./"]["creator"] == [
        {"@id": "https://orcid.org/0000-0002-1825-0097"},
        {"@id": "#ben-example"},
    ]
    references = [
        each["@id"]
        for entity in crate.values()
        for value in entity.values()
        for each in (value if isinstance(value, list) else [value])
        if isinstance(each, dict)
    ]
    assert set(references) - set(crate) == {"https://w3id.org/ro/crate/1.2"}


def test_a_study_that_states_nothing_has_a_crate_that_says_so(db, tmp_path):
    export_study(make_survey(tmp_path), tmp_path / "out")
    crate = crate_of(tmp_path / "out")
    assert crate["./"]["license"] == {"@id": "#no-licence-stated"}
    assert "creator" not in crate["./"]


@pytest.fixture
def served_context(monkeypatch):
    """The words of RO-Crate's context that an export uses, in the place of the one on the net."""
    http = pytest.importorskip("rocrate_validator.utils.http")
    schema = "http://schema.org/"
    words = json.dumps({
        "@context": {
            **{word: schema + word for word in SCHEMA_ORG},
            "File": f"{schema}MediaObject",
            "conformsTo": "http://purl.org/dc/terms/conformsTo",
        }
    })  # fmt: skip
    reply = SimpleNamespace(
        status_code=200, ok=True, text=words, content=words.encode(),
        json=lambda: json.loads(words),
        headers={"Content-Type": "application/ld+json"}, raise_for_status=lambda: None,
    )  # fmt: skip
    monkeypatch.setattr(http.HttpRequester, "__getattr__", lambda *_: lambda *_, **__: reply)


@pytest.mark.filterwarnings("ignore")  # The validator's own.
def test_archives_own_validator_finds_nothing(exported, served_context):
    services = pytest.importorskip("rocrate_validator.services")
    models = pytest.importorskip("rocrate_validator.models")
    settings = services.ValidationSettings(
        rocrate_uri=str(exported),
        profile_identifier="ro-crate-1.2",
        requirement_severity=models.Severity.REQUIRED,
        offline=True,
    )
    result = services.validate(settings)
    assert not [str(issue) for issue in result.get_issues()]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('[[study.authors]]\nname = "A"\norcid = "0000-0002-1825-0098"', "last digit fits"),
        ('[[study.authors]]\nname = "A"\norcid = "12"', "sixteen digits in fours"),
        ('[study]\nregistration = "osf"', "an address with https://"),
        ('[study]\nethic = "x"', "ethic"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, more, message):
    with pytest.raises(ProtocolError, match=message):
        read_file(make_protocol(tmp_path, more=more))
