"""Plates with a number in coloured dots, drawn by Foresee: a rough check of colour vision.

Number and ground differ in hue and not in lightness, which varies from dot to dot; the first plate
differs in lightness, too, so that everybody can read it. They are no medical test.
"""

from collections.abc import Iterator
from functools import cache
from random import Random

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from surveys.protocol.device import MOST_PLATES

NUMBERS = ("12", "8", "29", "5", "74", "6")
SIDE, N_TRIES, LARGEST, SMALLEST = 320, 6_000, 8, 3
# Hues of the number and of the ground: readable by all, then red and green of one lightness.
PALETTES = {True: ("#b5541c", "#9db8c9"), False: ("#c9694a", "#7f9a4c")}
# Each digit in five rows of three cells.
DIGITS = {
    "1": "010110010010111", "2": "111001111100111", "4": "101101111001001",
    "5": "111100111001111", "6": "111100111101111", "7": "111001010010010",
    "8": "111101111101111", "9": "111101111001111",
}  # fmt: skip
CELL, TOP = 32, 80


@require_safe
@cache_control(max_age=86_400, public=True)
def plate(request: HttpRequest, number: int) -> HttpResponse:
    """Return a plate, from 1, as an image."""
    if not 1 <= number <= MOST_PLATES:
        raise Http404
    return HttpResponse(draw_plate(number), content_type="image/svg+xml")


@cache
def draw_plate(number: int) -> str:
    """Return the SVG of a plate, from 1; always the same."""
    # Not for secrets: the dots only have to lie the same way each time.
    random = Random(number)  # noqa: S311
    figure, ground = PALETTES[number == 1]
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" opacity="{opacity}"/>'
        for x, y, radius in _dots(random)
        for fill in [figure if _is_in(x, y, number) else ground]
        for opacity in [random.choice((0.7, 0.85, 1))]
    )
    size = f'width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{dots}</svg>'


def _dots(random: Random) -> Iterator[tuple[int, int, int]]:
    """Circles in a disc that do not touch each other, by throwing them in."""
    placed: list[tuple[int, int, int]] = []
    middle = SIDE // 2
    for turn in range(N_TRIES):
        x, y = random.randrange(SIDE), random.randrange(SIDE)
        radius = LARGEST - (LARGEST - SMALLEST) * turn // N_TRIES
        is_inside = (x - middle) ** 2 + (y - middle) ** 2 <= (middle - radius) ** 2
        if is_inside and all(
            (x - ex) ** 2 + (y - ey) ** 2 >= (radius + er + 1) ** 2 for ex, ey, er in placed
        ):
            placed.append((x, y, radius))
            yield x, y, radius


def _is_in(x: int, y: int, number: int) -> bool:
    """Whether a point lies in the plate's number."""
    digits = NUMBERS[number - 1]
    width = (4 * len(digits) - 1) * CELL
    column, row = (x - (SIDE - width) // 2) // CELL, (y - TOP) // CELL
    place, cell = divmod(column, 4)
    if not (0 <= column < 4 * len(digits) and cell < 3 and 0 <= row < 5):
        return False
    return DIGITS[digits[place]][row * 3 + cell] == "1"
