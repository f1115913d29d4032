"""Takes protocols and their stimulus sets into the database, from files and from the console.

`propose_file` and `propose_text` check everything and store nothing; `store` stores what they
propose, once somebody has seen what would change.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from accounts.audit.record import COMMAND_LINE, Action, Actor, record
from pv_engine.models import StimulusSet
from pv_engine.stimulus_sets.loading import load_stimulus_set
from pv_engine.stimulus_sets.manifest import folder_name, read_manifest
from surveys.errors import LoadError, ProtocolError
from surveys.models import Condition, Role, Survey
from surveys.protocol.against_stimuli import check_stimuli
from surveys.protocol.difference import Change, find_changes
from surveys.protocol.reader import parse_protocol
from surveys.protocol.schema import Protocol, protocol_sha256
from surveys.protocol.wording import wording
from surveys.studies.item_drops import find_dropped, follow_protocol
from surveys.studies.protocols.following import note_unknown_groups
from surveys.studies.protocols.revisions import keep_revision
from surveys.studies.protocols.versions import freeze
from surveys.studies.team.membership import give_role, role_of
from toml_files.document import Document, read_text
from toml_files.editing import set_value

# A stimulus folder's name, or a whole content hash.
CONTENT_HASH = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True)
class Proposal:
    """A protocol that was checked, and what loading it would change. Nothing is stored yet."""

    # Names its stimulus set by content.
    protocol: Protocol
    text: str
    sha256: str
    # Takes the stimulus set into the database.
    load_stimuli: Callable[[], StimulusSet]
    stimuli: str
    # What is stored under this slug; None when nothing is.
    survey: Survey | None
    changes: tuple[Change, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        return self.survey is not None and self.survey.protocol_sha256 == self.sha256

    @property
    def makes_version(self) -> bool:
        """Whether it would change a survey that has been opened, for those who come from now on."""
        is_opened = self.survey is not None and self.survey.opened_at is not None
        return is_opened and not self.is_unchanged

    @property
    def refusal(self) -> str:
        """Why it may not be loaded; empty when it may."""
        if self.survey is not None and self.survey.is_pilot and not self.is_unchanged:
            return (
                f"{self.protocol.slug!r} is a pilot, whose protocol cannot be changed; load the "
                "changed protocol at the study's own address and start a new pilot."
            )
        broken = [change.key for change in self.changes if change.is_frozen]
        if not self.makes_version or not broken:
            return ""
        return (
            f"The study {self.protocol.slug!r} has been opened, so {', '.join(broken)} may not "
            "change: earlier and later participants would have been in different studies; "
            "load the changed protocol as a new study, at another address."
        )

    @property
    def takes_back(self) -> list[str]:
        """The items that were dropped from the stored draft and would be asked about again."""
        survey = self.survey
        if survey is None or survey.stimulus_set.content_sha256 != self.protocol.stimulus_set:
            return []
        return [name for name in find_dropped(survey) if name not in self.protocol.dropped]


def load_study(
    file: Path,
    slug: str = "",
    new_version: bool = False,
    actor: Actor = COMMAND_LINE,
    owner: User | None = None,
) -> tuple[Survey, bool]:
    """The survey of a protocol file, and whether anything was changed by loading it.

    `slug` loads it under another address than the file's, for a rehearsal beside the real survey.
    A new study belongs to the researcher who loads it; an existing one is changed by its editors
    only. From the command line, `owner` becomes an owner; without one, only superusers see it.

    Everything is checked before anything is stored. Raises ProtocolError or the engine's
    ImageDataError for what is wrong in the files, LoadError when an opened survey would change,
    unless the change may be made and `new_version` asks for it, and when a dropped item would be
    asked about again.
    """
    proposal = propose_file(file, slug)
    if proposal.makes_version and not new_version and not proposal.refusal:
        changes = "\n".join(f"  {change}" for change in proposal.changes)
        raise LoadError(
            f"The study {proposal.protocol.slug!r} has been opened; add --new-version to give "
            f"new participants the changed protocol, which differs in:\n{changes}"
        )
    if proposal.takes_back:
        raise LoadError(
            f"{', '.join(proposal.takes_back)} of {proposal.protocol.slug!r} was dropped in the "
            "console, but not in this file; write it into the table [dropped] as "
            "export_protocol does, or restore it in the console."
        )
    return store(proposal, actor, owner)


def propose_file(file: Path, slug: str = "") -> Proposal:
    """What loading this file would change; the stimulus folder is looked for beside it."""
    return _propose(read_text(file, ProtocolError, "protocol"), file, slug, file.parent)


def propose_text(text: str, name: str = "The protocol", stimuli: str = "") -> Proposal:
    """The same for a text that came without a folder: its stimulus set must be loaded already.

    `stimuli`, a content hash, replaces the stimulus set that the text names.
    """
    if stimuli:
        text = set_value(text, "stimulus_set", value=stimuli)
    return _propose(text, name, "", None)


def _propose(text: str, file: Path | str, slug: str, folder: Path | None) -> Proposal:
    protocol = parse_protocol(text, file, slug)
    if slug:
        # What is stored can be exported and loaded again, to the same hash.
        text = set_value(text, "slug", value=slug)
    document = Document.parse(text, file, ProtocolError)
    manifest, load_stimuli = _find_stimuli(protocol.stimulus_set, folder, document)
    note_unknown_groups(protocol, document)
    check_stimuli(protocol, manifest, document)
    frozen = replace(protocol, stimulus_set=manifest["content_sha256"])
    survey = Survey.objects.filter(slug=protocol.slug).select_related("stimulus_set").first()
    return Proposal(
        protocol=frozen,
        text=text,
        sha256=protocol_sha256(frozen),
        load_stimuli=load_stimuli,
        stimuli=f"{manifest['name']} {folder_name(manifest['content_sha256'])}",
        survey=survey,
        changes=tuple(find_changes(survey.protocol, frozen)) if survey else (),
    )


def _find_stimuli(
    name: str, folder: Path | None, document: Document
) -> tuple[dict[str, Any], Callable[[], StimulusSet]]:
    """The manifest of the stimulus set that a protocol names, and what loads the set."""
    digest = Path(name).name
    is_hash = CONTENT_HASH.fullmatch(digest) is not None
    if folder is not None:
        places = [folder / name]
        if is_hash:
            # An exported protocol names the content; its folder has a shorter name.
            short = folder_name(digest)
            places += [folder / name / short, folder / short, folder / "stimuli" / short]
        found = next((place for place in places if place.is_dir()), places[0]).resolve()
        if found.is_dir() or not is_hash:
            return read_manifest(found), lambda: load_stimulus_set(found)
    everything = StimulusSet.objects.order_by("content_sha256")
    loaded = everything.filter(content_sha256__startswith=digest).first() if is_hash else None
    if loaded is not None:
        return loaded.manifest, lambda: loaded
    known = ", ".join(map(folder_name, everything.values_list("content_sha256", flat=True)))
    right = f"a stimulus set that is loaded here ({known or 'there is none; build one first'})"
    document.refuse("stimulus_set", f"stimulus_set must be {right}, but is {name!r}.")


@transaction.atomic
def store(proposal: Proposal, actor: Actor, owner: User | None = None) -> tuple[Survey, bool]:
    """The survey as proposed, and whether that changed anything.

    Raises LoadError when the change may not be made, by this actor or at all, or when the survey
    has changed since the proposal was made.
    """
    slug, seen = proposal.protocol.slug, proposal.survey
    stored = Survey.objects.select_for_update().filter(slug=slug).first()
    if isinstance(actor, User):
        owner = _owner_of_upload(actor, stored)
    if _state(stored) != _state(seen):
        raise LoadError(
            f"The study {slug!r} has changed in the meantime; "
            "check the changes again, then load the protocol."
        )
    if proposal.refusal:
        raise LoadError(proposal.refusal)
    if stored is not None and proposal.is_unchanged:
        _give_to(owner, stored, actor)
        return stored, False
    if stored is not None:
        keep_revision(stored, COMMAND_LINE)
    survey = _store(proposal, proposal.load_stimuli(), actor)
    keep_revision(survey, actor)
    details: dict[str, Any] = {"protocol_sha256": proposal.sha256}
    if proposal.makes_version:
        details["version"] = freeze(survey, actor).number
    action = Action.SURVEY_LOADED if stored is None else Action.SURVEY_CHANGED
    record(actor, action, survey, **details)
    _give_to(owner, survey, actor)
    return survey, True


def _state(survey: Survey | None) -> tuple[Any, ...] | None:
    return (survey.protocol_sha256, survey.opened_at) if survey else None


def _owner_of_upload(actor: User, stored: Survey | None) -> User | None:
    """Who loads a new study; nobody new for one that is there, which must be theirs to edit."""
    if stored is None:
        return actor
    require_editor(actor, stored)
    return None


def require_editor(actor: User, survey: Survey) -> None:
    """Raise LoadError for a user who may not change the study."""
    role = role_of(actor, survey)
    if role is None or not role.includes(Role.EDITOR):
        raise LoadError(
            f"The address {survey.slug!r} belongs to a study that you may not edit; "
            "choose another address."
        )


def _give_to(owner: User | None, survey: Survey, actor: Actor) -> None:
    if owner is not None:
        give_role(survey, owner, Role.OWNER, actor)


def _store(proposal: Proposal, stimulus_set: StimulusSet, actor: Actor) -> Survey:
    protocol = proposal.protocol
    survey, _ = Survey.objects.update_or_create(
        slug=protocol.slug,
        defaults={
            "title": wording(protocol.title, protocol.languages[0]),
            "protocol_json": protocol.as_json(),
            "protocol_toml": proposal.text,
            "protocol_sha256": proposal.sha256,
            "stimulus_set": stimulus_set,
            "seed": protocol.seed,
        },
    )
    if survey.opened_at is None:
        survey.conditions.all().delete()
        Condition.objects.bulk_create(
            Condition(survey=survey, name=arm.name, position=position, ratio=arm.ratio)
            for position, arm in enumerate(protocol.groups, start=1)
        )
        follow_protocol(survey, actor)
    return survey
