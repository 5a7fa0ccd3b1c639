"""One-time codes of a person's device (TOTP, RFC 6238), and recovery codes for who lost it.

A code counts once: whoever takes one keeps its time step, and no code of that step or an earlier one counts again.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime

import pyotp

from chalicelib.domain.access.access_secret import is_same_secret
from chalicelib.domain.codes import ALPHABET
from chalicelib.domain.typed import compact

STEP_S = 30
DRIFT = 1
"""Steps by which a device's clock may be early or late (RFC 6238, 5.2)."""
_SEED_BYTES = 20
SEED_SPACE: int = 256**_SEED_BYTES
RECOVERY_CODES = 10
_RECOVERY_LENGTH = 10
RECOVERY_SPACE: int = len(ALPHABET) ** _RECOVERY_LENGTH
"""48 bits: guessing one of ten takes longer than anybody lives, at any rate that the limits let pass."""
_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(f"[{ALPHABET}]{{{_RECOVERY_LENGTH}}}")


def seed_from(number: int) -> str:
    """Write a random number below `SEED_SPACE` as devices take it: 160 bits (RFC 4226, 4: as long as the hash)."""
    return base64.b32encode(number.to_bytes(_SEED_BYTES, "big")).decode()


def step_of(seed: str, typed: str, now: datetime, *, after: int) -> int | None:
    """Return the time step whose code this is, later than `after`; None where it is no code that counts.

    All steps are compared, each in a time that does not tell where it differs.
    """
    code = compact(typed)
    if not _DIGITS.fullmatch(code):
        return None
    totp, current = pyotp.TOTP(seed, interval=STEP_S), int(now.timestamp()) // STEP_S
    steps = [
        step for step in range(current - DRIFT, current + DRIFT + 1) if is_same_secret(totp.generate_otp(step), code)
    ]
    return next((step for step in steps if step > after), None)


def device_address(seed: str, username: str, issuer: str) -> str:
    """Return what the QR of an enrolment says, which apps on the same phone open as well."""
    return pyotp.TOTP(seed, interval=STEP_S).provisioning_uri(name=username, issuer_name=issuer)


def seed_in_groups(seed: str) -> str:
    """Write a seed for who types it into a device, e.g. `JBSW Y3DP …`."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))


def recovery_code(number: int) -> str:
    """Turn a random number below `RECOVERY_SPACE` into a code such as `K7M3Q-XW4PT`."""
    symbols = []
    for _ in range(_RECOVERY_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[index])
    spelled = "".join(symbols)
    return f"{spelled[:5]}-{spelled[5:]}"


def read_recovery_code(typed: str) -> str | None:
    """Read one as typed: case, blanks and dashes do not matter; None where it can be no one's."""
    code = compact(typed).upper()
    return code if _RECOVERY.fullmatch(code) else None
