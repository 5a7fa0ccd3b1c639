"""Known devices: where somebody got in before, told by a mark that their browser keeps.

The mark opens nothing. It only says that attempts on this user from here are not strangers', so that strangers'
attempts cannot raise what the owner is asked for (OWASP, "device cookies"). It is signed under the pepper for one user,
and no table knows it. A browser keeps the marks of the last few users who got in with it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from chalicelib.domain.access.access_secret import is_same_secret, keyed_hash
from chalicelib.domain.access.pepper import every_pepper

LIFETIME = timedelta(days=180)
MOST = 5
"""Users whose marks one browser keeps."""
_LONGEST = 600
_MARK = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{10})\.([0-9a-f]{32})")


def find_device(
    pepper: bytes, marks: str, username: str, now: datetime, *, since: datetime | None = None
) -> str | None:
    """Return the id of the device that this user got in with; None where no mark says so.

    With `since`, the instant from which on the username is this user's, a mark from before is somebody else's.
    """
    earliest = now if since is None else max(now, since + LIFETIME - timedelta(seconds=1))  # a mark has no fractions
    for device_id, until, seal in _read(marks):
        if int(until) >= earliest.timestamp() and _is_of(pepper, username, (device_id, until, seal)):
            return device_id
    return None


def with_device(pepper: bytes, marks: str, username: str, new_id: str, now: datetime) -> str:
    """Return the marks to keep after this user got in: theirs first, anew, under the id that it had."""
    device_id = find_device(pepper, marks, username, now) or new_id
    until = str(int((now.astimezone(UTC) + LIFETIME).timestamp()))
    others = [mark for mark in _read(marks) if not _is_of(pepper, username, mark)]
    kept = [(device_id, until, _seal(pepper, device_id, username, until)), *others]
    return "~".join(".".join(mark) for mark in kept[:MOST])


def _read(marks: str) -> list[tuple[str, str, str]]:
    if len(marks) > _LONGEST:
        return []
    found = (_MARK.fullmatch(mark) for mark in marks.split("~"))
    return [(mark[1], mark[2], mark[3]) for mark in found if mark is not None][:MOST]


def _is_of(pepper: bytes, username: str, mark: tuple[str, str, str]) -> bool:
    device_id, until, seal = mark
    return any(is_same_secret(seal, _seal(one, device_id, username, until)) for one in every_pepper(pepper))


def _seal(pepper: bytes, device_id: str, username: str, until: str) -> str:
    return keyed_hash(pepper, "device", device_id, username, until)[:32]
