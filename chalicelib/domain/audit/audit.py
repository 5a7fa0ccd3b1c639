"""A numbered list of one looker's looks between two days (INS-8, S2): made once, and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import InvalidInput, NotFound

MOST_DAYS = 31
"""Of one list: a month whole."""
MOST_LOOKS = 200_000
"""Of one list: what a job holds and writes in one run."""
PRINTED_LOOKS = 1_000
"""Those that the PDF has; more are in the CSV alone, whose SHA-256 the PDF says."""


MOST_TRIES = 3
"""Of making a list one after another, ahead of those asked for later; from then on it is tried last, and less often."""
RESTS = timedelta(minutes=30)
"""A list that was tried so often, before it is tried again."""


class LookerKind(StrEnum):
    """Whose looks a list has."""

    MEMBER = "member"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looked: `actor` is as events name them, `name` as the coordinator knows them."""

    kind: LookerKind
    actor: str
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day on, to the end of the last one; days of the country."""

    first: date
    last: date

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the first instant of it, and the first one after it."""
        begin, end = self.first, self.last + timedelta(days=1)
        return datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)


@dataclass(frozen=True, slots=True)
class ListFile:
    """One of a list's two files, where it lies and what it is."""

    object_key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class MadeAudit:
    """What a list came to. `code` is what it is verified by."""

    at: datetime
    count: int
    code: str
    csv: ListFile
    pdf: ListFile


@dataclass(frozen=True, slots=True)
class Audit:
    """A list that was asked for. `number` counts an institution's in a year of the country, without gaps.

    `request_id` comes from the form, so that one sent twice is one. `made` is None until a job made it; `is_too_long`
    says that it never will be: there were more than `MOST_LOOKS`.
    """

    institution_id: str
    institution_name: str
    year: int
    number: int
    request_id: str
    looker: Looker
    span: Span
    reason: str
    asked_at: datetime
    asked_by: str
    asked_by_name: str
    made: MadeAudit | None = None
    is_too_long: bool = False

    @property
    def reference(self) -> str:
        """What people call it: `2026-000001`."""
        return f"{self.year}-{self.number:06d}"

    @property
    def is_open(self) -> bool:
        """Whether a job has still to make it."""
        return self.made is None and not self.is_too_long


@dataclass(frozen=True, slots=True)
class OpenAudit:
    """That a list is to be made: its `key` among those, how often that was begun, and when the last time was."""

    key: str
    tries: int = 0
    tried_at: datetime | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether it was begun so often that others go first: its run may have died of it."""
        return self.tries >= MOST_TRIES

    def rests(self, now: datetime) -> bool:
        """Tell whether it is given up and not to be tried yet."""
        return self.is_given_up and self.tried_at is not None and now < self.tried_at + RESTS


@dataclass(frozen=True, slots=True)
class IssuedAudit:
    """What whoever has a list's code may know of it: nothing about holders, nor who looked."""

    institution_name: str
    reference: str
    kind: LookerKind
    span: Span
    made_at: datetime
    count: int
    code: str
    csv_sha256: str
    pdf_sha256: str

    def compared(self, sha256: str | None) -> str:
        """Tell which of its files somebody's is: `pdf`, `csv`, `none`, or empty where none is compared."""
        if not sha256:
            return ""
        return {self.pdf_sha256: "pdf", self.csv_sha256: "csv"}.get(sha256, "none")


def issued(audit: Audit, made: MadeAudit) -> IssuedAudit:
    """Return that of a list that is made."""
    return IssuedAudit(
        audit.institution_name,
        audit.reference,
        audit.looker.kind,
        audit.span,
        made.at,
        made.count,
        made.code,
        made.csv.sha256,
        made.pdf.sha256,
    )


def require_span(first: date, last: date, today: date) -> Span:
    """Let a list have whole days that are over, a month of them at most.

    Raises:
        InvalidInput: `audit_day_not_over`, `audit_days_reversed`, `audit_too_many_days`.

    """
    if last >= today:
        detail = "El último día tiene que haber terminado: elige como máximo ayer."
        raise InvalidInput("audit_day_not_over", detail, field="last_day")
    if first > last:
        raise InvalidInput("audit_days_reversed", "El primer día es posterior al último.", field="first_day")
    if (last - first).days >= MOST_DAYS:
        detail = f"Son más de {MOST_DAYS} días. Acorta las fechas y pide varias relaciones."
        raise InvalidInput("audit_too_many_days", detail, field="first_day")
    return Span(first, last)


def audit_unknown() -> NotFound:
    """Return the refusal of a list that the institution does not have."""
    return NotFound("audit_unknown", "Tu entidad no tiene esa relación. Vuelve a la lista.")
