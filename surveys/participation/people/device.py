"""What a participant's device is, as far as browsers say so."""

from typing import Any

from django.http import HttpRequest, QueryDict

from surveys.participation import refusals
from surveys.participation.given.fields import read_int
from surveys.participation.refusals import Refusal
from surveys.protocol.device import Device

LONGEST = 100_000
INPUTS = ("mouse", "touch", "pen", "keyboard")
RATIOS = ("1", "1.5", "2", "3")


def is_phone(request: HttpRequest) -> bool:
    """Return whether the browser says that it runs on a phone; tablets do not."""
    hint = request.headers.get("Sec-CH-UA-Mobile", "")
    return hint == "?1" or "Mobi" in request.headers.get("User-Agent", "")


def refuse_phone(request: HttpRequest, device: Device) -> Refusal | None:
    """Return why a newcomer with this device may not take part, if so."""
    return refusals.NO_PHONES if device.phones == "refuse" and is_phone(request) else None


def refuse_window(sent: QueryDict, device: Device) -> Refusal | None:
    """Return why somebody with a window of this width may not agree yet, if so."""
    width = read_int(sent.get("window_width", ""), LONGEST)
    is_narrow = width is not None and width < device.min_width
    return refusals.WINDOW_TOO_NARROW if is_narrow else None


def read_device(sent: QueryDict) -> dict[str, Any]:
    """Return what a question's page says of its device; nothing unless all of it can be true."""
    width = read_int(sent.get("picture_width", ""), LONGEST)
    ratio, kind = sent.get("pixel_ratio", ""), sent.get("input", "")
    if not width or ratio not in RATIOS or kind not in INPUTS:
        return {}
    return {"picture_width": width, "pixel_ratio": ratio, "input": kind}
