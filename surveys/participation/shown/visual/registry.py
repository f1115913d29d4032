"""The visual checks of a study: which they are, their pictures, and what is right.

They follow from the study's seed and their number, so everybody in a study sees the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from surveys.models import Survey
from surveys.participation.shown.visual.crossings import CROSSINGS
from surveys.participation.shown.visual.drawing import Drawing, Kind, paint
from surveys.participation.shown.visual.longer import LONGER
from surveys.participation.shown.visual.squares import SQUARES
from surveys.protocol.sections import MOST_VISUAL

# The registry of kinds; the checks of a study are of these in turn.
KINDS: tuple[Kind, ...] = (CROSSINGS, LONGER, SQUARES)
# Offered with each, and never right.
CANT_TELL = ("cant_tell", gettext_noop("I can’t tell"))
NAME = "visual_picture"


@dataclass(frozen=True)
class Check:
    """One visual check of a study."""

    number: int
    kind: Kind
    drawing: Drawing

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen, as stored and as shown, in the order shown."""
        return (*self.kind.choices, CANT_TELL)

    @property
    def values(self) -> list[str]:
        return [value for value, _ in self.choices]


@lru_cache(maxsize=1000)
def find_check(seed: int, number: int) -> Check:
    """Return the check of this number, from 1, of studies with this seed; always the same."""
    kind = KINDS[(number - 1) % len(KINDS)]
    # No secret: anybody with the protocol and this code can draw it again.
    random = Random(f"{seed}/visual/{number}")  # noqa: S311
    return Check(number, kind, kind.draw(random))


def find_checks(seed: int, n: int) -> list[Check]:
    return [find_check(seed, number) for number in range(1, n + 1)]


def count_right(seed: int, given: Sequence[str]) -> int:
    """Return how many of the answers, in the order of the checks, are right."""
    checks = find_checks(seed, len(given))
    return sum(check.drawing.answer == answer for check, answer in zip(checks, given, strict=True))


@require_safe
@cache_control(private=True, max_age=3600)
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return the picture of a study's check.

    Browsers ask again after an hour, since the seed of a draft may change.
    """
    seed = Survey.objects.filter(slug=slug).values_list("seed", flat=True).first()
    if seed is None or not 1 <= number <= MOST_VISUAL:
        raise Http404
    return HttpResponse(_picture(seed, number), content_type="image/png")


@lru_cache(maxsize=200)
def _picture(seed: int, number: int) -> bytes:
    return paint(find_check(seed, number).drawing)
