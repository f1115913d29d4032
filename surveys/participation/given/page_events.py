"""Counts of events of a participant's pages that a program is more likely to cause than a person.

Two numbers without times, contents or anything about the browser; only where the protocol asks.
"""

from django.http import QueryDict

from surveys.models import Participant
from surveys.participation.given.fields import read_int

# As pages send them and as they are stored; page_events.js counts them.
COUNTED = ("n_pastes", "n_untrusted_events")
# The largest numbers: of one page, and of one participant.
MOST_OF_PAGE, MOST = 1_000, 100_000


def counted_events(participant: Participant, sent: QueryDict) -> dict[str, int]:
    """Return the participant's counts with those of the page that was sent; empty if it sent none.

    Nothing is stored unless both numbers can be true.
    """
    if not participant.protocol.checks.count_events:
        return {}
    found: dict[str, int] = {}
    for name in COUNTED:
        of_page = read_int(sent.get(name, ""), MOST_OF_PAGE)
        if of_page is None:
            return {}
        found[name] = min(participant.device.get(name, 0) + of_page, MOST)
    return found
