"""File checks: whether a file would be taken, told before it is signed or deposited; nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.limit import Limit
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.filename import extension
from chalicelib.domain.upload.upload import EXTENSIONS, FileProblem

CHECKS_PER_INSTITUTION = Limit("file-check-institution", 600, 60 * 60)
"""Refuses: an institution's own count, which only its keys can spend. A check takes half a second of a processor."""
OUTCOME_LIFETIME = timedelta(hours=1)
"""How long what was found of a file that was sent apart can be read; the file is gone by then."""
FORM_LIFETIME = timedelta(minutes=10)
"""How long somebody at the portal may take until they begin to send a file apart."""
GIVEN_UP_AFTER = 10
"""Tries: whatever ends the process that looks at a file is given up, and its file deleted."""

_PREFIX = "checks/"
_VISITOR = "visitor."
"""No institution's id has a point."""
_RANDOM = 32
_ID = re.compile(rf"[0-9a-f]{{{_RANDOM}}}[0-9a-f]{{8}}")
_KEY = re.compile(rf"{_PREFIX}([a-z0-9.-]+)/(main|annex)/({_ID.pattern})(?:/(.*))?", re.DOTALL)


class CheckState(StrEnum):
    """How far a check is. `failed` says nothing of the file: nobody could look at it."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a deposit would say of a file: accepted without problems. `sha256` and `size` are the file's own."""

    sha256: str
    size: int
    problems: tuple[FileProblem, ...] = ()
    facts: FileFacts = field(default_factory=FileFacts)

    @property
    def state(self) -> CheckState:
        """Accepted or refused."""
        return CheckState.REFUSED if self.problems else CheckState.ACCEPTED


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The outcome for a file that was sent apart, until `expires_at`; without a verdict nobody could look at it.

    `owner` is an institution's id, or who a browser's secret says (`visitor_of`).
    """

    owner: str
    check_id: str
    expires_at: datetime
    verdict: Verdict | None = None

    role: FileRole = FileRole.ANNEX

    @property
    def state(self) -> CheckState:
        """Never waiting."""
        return self.verdict.state if self.verdict else CheckState.FAILED


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """What an object's key says: whose check it is, and the file's name where a form sent it."""

    owner: str
    role: FileRole
    check_id: str
    filename: str | None = None

    @property
    def is_visitors(self) -> bool:
        """Whether a form of the portal sent it, and no institution's system."""
        return self.owner.startswith(_VISITOR)


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Leave to post one file to `address`: every hidden field goes before it, exactly as given."""

    address: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SentByForm:
    """An object that a form sent; `etag` names its exact bytes, `arrived_at` is a UTC instant."""

    key: str
    etag: str
    arrived_at: datetime


def media_type_of(filename: str) -> str:
    """Return the type that a file of this name would be deposited as; one that nothing is where there is none."""
    ending = extension(filename)
    return next((kind for kind, endings in EXTENSIONS.items() if ending in endings), "application/octet-stream")


def check_id_of(random: str, until: datetime) -> str:
    """Return an id out of hexadecimal digits that nobody can foresee, and the instant until when it may be sent."""
    return f"{random[:_RANDOM]}{int(until.timestamp()):08x}"


def is_check_id(text: str) -> bool:
    """Tell whether this can be a check's id."""
    return _ID.fullmatch(text) is not None


def sent_until(check_id: str) -> datetime:
    """Return the instant until when a check's file may begin to be sent."""
    return datetime.fromtimestamp(int(check_id[_RANDOM:], 16), UTC)


def waits_until(check_id: str) -> datetime:
    """Return until when a check without an outcome may still get one; what has one shows it longer."""
    return sent_until(check_id) + OUTCOME_LIFETIME


def visitor_of(keyed_hash: str) -> str:
    """Return the owner of what a browser sends, out of the keyed hash of its secret."""
    return f"{_VISITOR}{keyed_hash[:_RANDOM]}"


def check_key(owner: str, role: FileRole, check_id: str) -> str:
    """Return the object key, in the uploads bucket, where a file arrives; a form's file has its name after it."""
    return f"{_PREFIX}{owner}/{role}/{check_id}"


def is_check_key(key: str) -> bool:
    """Tell whether an object was sent to be checked only."""
    return key.startswith(_PREFIX)


def read_check_key(key: str) -> CheckPlace | None:
    """Return what a key says; None where no check has such a key."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    place = CheckPlace(found[1], FileRole(found[2]), found[3], found[4])
    return place if place.is_visitors == (place.filename is not None) else None
