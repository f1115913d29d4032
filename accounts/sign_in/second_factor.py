"""The second factor: codes of an authenticator app, and recovery codes for a lost phone.

django-otp stores the keys, accepts each code once, and lengthens the wait after each wrong one.
"""

from base64 import b32encode
from binascii import unhexlify
from datetime import datetime
from secrets import token_bytes

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from accounts.audit.record import Action, Actor, record
from accounts.sign_in.sessions import end_sessions

N_RECOVERY_CODES = 10
# 80 bits, of which the stored hash keeps 64: plenty, as each wrong code delays the next attempt.
RECOVERY_CODE_BYTES = 10
DIGITS = 6
KEY_IN_SESSION = "second_factor_key"


def find_app(user: User) -> TOTPDevice | None:
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def count_recovery_codes(user: User) -> int:
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


# Setting up


def proposed_app(request: HttpRequest, user: User) -> TOTPDevice:
    """Return the app that is being set up; until it works, its key is kept in the session only."""
    key = request.session.setdefault(KEY_IN_SESSION, random_hex(20))
    return TOTPDevice(user=user, name="authenticator app", key=key)


def readable_key(device: TOTPDevice) -> str:
    """Return the key in groups of four, for typing where the QR code cannot be scanned."""
    key = b32encode(unhexlify(device.key)).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def qr_code(device: TOTPDevice) -> str:
    """Return the app's address as an inline SVG, dark on light in any theme."""
    picture = segno.make(device.config_url, error="m", micro=False)
    return picture.svg_inline(
        scale=4, border=4, dark="black", light="white", omitsize=True, svgclass="qr", lineclass=None
    )


def add_app(request: HttpRequest, user: User, code: str) -> list[str] | None:
    """Activate the app and return new recovery codes; None if the code is wrong.

    The user's other sessions, which had no second factor, end.
    """
    device = proposed_app(request, user)
    with transaction.atomic():
        if find_app(user) is not None or not _is_code(code) or not device.verify_token(code):
            transaction.set_rollback(True)
            return None
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        codes = _make_recovery_codes(user)
        record(user, Action.SECOND_FACTOR_ADDED, user)
    del request.session[KEY_IN_SESSION]
    request.session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    end_sessions(user, but=request.session.session_key)
    return codes


@transaction.atomic
def remove_app(user: User, actor: Actor) -> bool:
    """Remove app and recovery codes; if `actor` is not the user, sign the user out everywhere."""
    found, _ = TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    if not found:
        return False
    record(actor, Action.SECOND_FACTOR_REMOVED, user)
    if actor != user:
        end_sessions(user)
    return True


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    codes = _make_recovery_codes(user)
    record(user, Action.RECOVERY_CODES_RENEWED, user)
    return codes


def _make_recovery_codes(user: User) -> list[str]:
    """Replace all codes by new ones. Only their HMACs are stored."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [_random_code() for _ in range(N_RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=_hashed(code))
    return codes


def _random_code() -> str:
    text = b32encode(token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hashed(code: str) -> str:
    """Return 16 hexadecimal digits, the longest token that django-otp stores."""
    plain = "".join(code.split()).replace("-", "").lower()
    return salted_hmac("accounts.recovery", plain, algorithm="sha256").hexdigest()[:16]


# Signing in


def is_right_code(user: User, code: str) -> bool:
    """Return whether this is the app's current code or a recovery code, and use it up.

    During the wait after wrong codes, every code is refused and nothing is recorded.
    """
    if locked_until(user, code) is not None:
        return False
    code = "".join(code.split())
    is_of_app = _is_code(code)
    device = find_app(user) if is_of_app else StaticDevice.objects.filter(user=user).first()
    token = code if is_of_app else _hashed(code)
    if device is None or verify_token(user, device.persistent_id, token) is None:
        record(user, Action.SECOND_FACTOR_FAILED, user)
        return False
    if not is_of_app:
        record(user, Action.RECOVERY_CODE_USED, user, left=count_recovery_codes(user))
    return True


def locked_until(user: User, code: str) -> datetime | None:
    """Return when the next attempt is possible after wrong codes; None if it is possible now."""
    kind = TOTPDevice if _is_code("".join(code.split())) else StaticDevice
    device = kind.objects.filter(user=user).first()
    if device is None:
        return None
    is_allowed, why = device.verify_is_allowed()
    until: datetime | None = None if is_allowed else why["locked_until"]
    return until


def _is_code(text: str) -> bool:
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def forget_in_session(request: HttpRequest) -> None:
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
