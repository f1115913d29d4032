"""A study that follows another one, whose participants keep their group."""

from surveys.models import Condition, Survey
from surveys.protocol.schema import Protocol
from toml_files.document import Document


def note_unknown_groups(protocol: Protocol, document: Document) -> None:
    """Note what keeps the groups of the earlier study from being kept."""
    if not protocol.follows:
        return
    earlier = Survey.objects.filter(slug=protocol.follows).first()
    if earlier is None:
        known = ", ".join(Survey.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        document.note(
            "follows",
            f"follows must be the address of a study that is loaded here ({known}), but is "
            f"{protocol.follows!r}.",
        )
        return
    before = set(Condition.objects.filter(survey=earlier).values_list("name", flat=True))
    now = {group.name for group in protocol.groups}
    if before != now:
        document.note(
            "follows",
            f"follows is {protocol.follows!r}, whose groups are {', '.join(sorted(before))}; a "
            f"study that follows it must have the same ones, but has {', '.join(sorted(now))}.",
        )
