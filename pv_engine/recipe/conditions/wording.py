"""Sentences that several introductions share.

Each introduction says what the picture is, what white means, and what a participant could get
wrong.
"""

FADES = "The whiter a part is, the less it mattered for the model’s answer."
NOT_THIS_IMAGE = "It was not made from the image in the question, so it may show other things."
NOTES = (
    "The model does not keep an image as it is; it makes notes about it. A second program has "
    "drawn the explanation from these notes, without seeing the image. So it is blurry, and "
    "where the model took one thing for another, it may look like that other thing."
)
