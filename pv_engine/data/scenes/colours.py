"""Colours of the drawn scenes: red, green and blue in 0..255, mixed as a painter mixes them.

Shadows lean towards violet and lights towards cream, so that even plain shapes do not look flat.
"""

Colour = tuple[int, int, int]

SHADOW: Colour = (44, 34, 84)
SUNLIGHT: Colour = (255, 246, 218)

CORAL: Colour = (238, 108, 77)
TEAL: Colour = (42, 157, 143)
MUSTARD: Colour = (244, 180, 66)
NAVY: Colour = (58, 80, 140)
CREAM: Colour = (250, 237, 205)
SAGE: Colour = (132, 169, 140)
BLUSH: Colour = (242, 166, 172)
PLUM: Colour = (136, 82, 138)
SKY: Colour = (98, 182, 218)
BRICK: Colour = (196, 72, 70)
OLIVE: Colour = (126, 140, 66)
WHITE: Colour = (246, 244, 238)
CHARCOAL: Colour = (62, 64, 82)
BROWN: Colour = (140, 94, 62)
GREY: Colour = (150, 152, 164)
ORANGE: Colour = (242, 142, 52)

# What a painted thing may be coloured with when its class has no colour of its own.
ACCENTS: tuple[Colour, ...] = (
    CORAL, TEAL, MUSTARD, NAVY, SAGE, BLUSH, PLUM, SKY, BRICK, WHITE, ORANGE,
)  # fmt: skip


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies `share` (0..1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def lit(colour: Colour, share: float = 0.25) -> Colour:
    """The colour in sunlight."""
    return mix(colour, SUNLIGHT, share)


def shaded(colour: Colour, share: float = 0.25) -> Colour:
    """The colour in the shade."""
    return mix(colour, SHADOW, share)


def brightness(colour: Colour) -> float:
    """Perceived brightness in 0..255, by the weights of ITU-R BT.601."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
