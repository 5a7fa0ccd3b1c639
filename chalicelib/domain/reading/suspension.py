"""Reading that was suspended: a notice went where it should not, and nobody opens it any more; nothing is deleted.

Two people of its institution are needed: one asks, another one confirms. What was issued keeps its dates, and stays in
the mailbox's list without what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import Conflict
from chalicelib.domain.notice import CaseFile, Document, Notice

LAPSES_AFTER = timedelta(hours=24)
"""How long a request waits for the second person."""
SUSPENDED = "Lectura suspendida"
"""As a suspended notice is called wherever its subject stood."""


class SuspensionCause(StrEnum):
    """Why a reading is suspended, as its holder is told."""

    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_DOCUMENT = "wrong_document"


CAUSE_WORDS: Mapping[SuspensionCause, str] = {
    SuspensionCause.WRONG_RECIPIENT: "No era para el titular de esta casilla",
    SuspensionCause.WRONG_DOCUMENT: "Lleva un documento que no correspondía",
}


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the institution, as named then; the number is of their document, by which a person is known again."""

    staff_id: str
    document_number: str
    name: str

    def is_same_person(self, other: Officer) -> bool:
        """Tell whether both are one person, also under a new enrolment."""
        return self.staff_id == other.staff_id or self.document_number == other.document_number


@dataclass(frozen=True, slots=True)
class SuspensionRequest:
    """What the first person asked for; `reason` is for the institution and the platform, never for the holder."""

    by: Officer
    at: datetime
    cause: SuspensionCause
    reason: str

    @property
    def lapses_at(self) -> datetime:
        """From when on nobody can confirm it."""
        return self.at + LAPSES_AFTER

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still waits for the second person."""
        return now < self.lapses_at


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspended reading: what was asked for, who confirmed it, and since when nobody reads."""

    request: SuspensionRequest
    by: Officer
    at: datetime

    @property
    def cause_in_words(self) -> str:
        """As the holder is told."""
        return CAUSE_WORDS[self.request.cause]


class ReadingSuspended(Conflict):
    """Nothing of the notice is handed out any more."""


def reading_suspended() -> ReadingSuspended:
    """Return the one refusal for what of a suspended notice could be read."""
    detail = (
        "La entidad suspendió la lectura de esta notificación: ya no se puede abrir ni descargar nada de ella. Sigue en"
        " tu casilla y sus fechas quedan como se emitieron. Pregunta a la entidad qué debes hacer."
    )
    return ReadingSuspended("reading_suspended", detail)


def concealed(notice: Notice) -> Notice:
    """Return a notice without all that it says: who sent it to whom, when, and its dates are left."""
    document = Document(
        type="",
        number="",
        subject=SUSPENDED,
        issued_at=notice.deposited_at,
        office="",
        signed_by="",
        prepared_by="",
    )
    return replace(notice, document=document, case_file=CaseFile("", notice.deposited_at.date()), files=())
