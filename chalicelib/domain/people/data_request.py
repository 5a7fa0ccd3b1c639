"""Requests about one's own data (DAT-1): each has a number, a legal term, an answer, and stays on record.

A copy is made at once. What a person has to look into waits for an operator: something that the copy does not show, a
correction of what nobody changes alone, closing the mailbox. There is one open request of a kind for each user, so that
asking twice asks once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.limit import Limit
from chalicelib.domain.mailbox import Mailbox, MailboxState, MailboxUser
from chalicelib.domain.people.closing import ClosingRefused, require_closable
from chalicelib.domain.people.consent import MandatoryRule

REQUESTS_PER_USER = Limit("data-request-user", 20, 24 * 60 * 60)
"""Refuses: requests that one user makes, withdraws and makes again; each is told by e-mail."""
LONGEST_WORDS = 1000
SHORTEST_WORDS = 10
CLOSING_WAITS = timedelta(hours=24)
"""So long nobody closes a mailbox, so that who did not ask for it can contest it."""
TELLING_TRIES = 12
_TELL_AGAIN = timedelta(minutes=10)
_LONGEST_PAUSE = timedelta(hours=12)


class DataRequestKind(StrEnum):
    """What can be asked for."""

    ACCESS = "access"
    """To be told what the copy does not show."""
    EXPORT = "export"
    """A copy of one's data."""
    RECTIFICATION = "rectification"
    """To correct what the person cannot correct alone."""
    CLOSURE = "closure"
    """To close the mailbox."""


class DataRequestState(StrEnum):
    """How far one came."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Awaited(StrEnum):
    """Whom a request waits for."""

    OPERATOR = "operator"
    """For the answer, or to be told it where no e-mail could go out."""
    TELLING = "telling"
    """It was answered, and no e-mail of it went out yet."""


class DataRequestRefused(Conflict):
    """It cannot be answered, withdrawn or made now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTerms:
    """Legal terms in business days, by kind, from a day on; the norm that sets them, and what to do against a no."""

    since: date
    norm: str
    business_days: Mapping[DataRequestKind, int]
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """One request of a user, the `number`-th of its kind. Term and norm stay those of the day it was made.

    `words` are the person's, `answer` is what they were answered; `answer_id` is the event of the answer. `change_id`
    is what contests a closing. `told_at` is when an e-mail of the answer went out, `tell_at` when the next try is due.
    `heard` names who was told of the answer already: whoever asked, and of a closing each user.
    """

    mailbox_id: str
    user_id: str
    kind: DataRequestKind
    number: int
    reference: str
    asked_at: datetime
    due_at: datetime
    norm: str
    state: DataRequestState = DataRequestState.WAITING
    words: str = ""
    change_id: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    answer_id: str = ""
    told_at: datetime | None = None
    tell_at: datetime | None = None
    tries: int = 0
    heard: tuple[str, ...] = ()
    version: int = 1

    @property
    def is_waiting(self) -> bool:
        """Whether it has no answer yet."""
        return self.state is DataRequestState.WAITING

    @property
    def awaits(self) -> tuple[Awaited, datetime] | None:
        """Whom it waits for, and the instant that its place in that list goes by; None where nothing is left to do."""
        if self.is_waiting:
            return Awaited.OPERATOR, self.due_at
        if self.tell_at is None:
            return None
        return (Awaited.OPERATOR, self.asked_at) if self.is_untold else (Awaited.TELLING, self.tell_at)

    @property
    def is_untold(self) -> bool:
        """Whether no e-mail of the answer could go out, however often it was tried: somebody has to tell otherwise."""
        return self.told_at is None and self.tries >= TELLING_TRIES


@dataclass(frozen=True, slots=True)
class DataWish:
    """What is asked for, in the person's words where it needs some, and the own password where it needs that."""

    kind: DataRequestKind
    words: str = ""
    password: str = ""


def terms_on(terms: Iterable[DataTerms], day: date) -> DataTerms:
    """Return the legal terms in force on a day.

    Raises:
        LookupError: none was yet.

    """
    in_force = [one for one in terms if one.since <= day]
    if not in_force:
        raise LookupError(f"no terms for requests about data on {day}")
    return max(in_force, key=lambda one: one.since)


def due_at(kind: DataRequestKind, asked_at: datetime, terms: DataTerms, calendar: BusinessCalendar) -> datetime:
    """Return the end of the term: the last moment of its last business day, counted from the day after."""
    return calendar.end_of_term(asked_at, terms.business_days[kind])


def check_words(kind: DataRequestKind, words: str) -> None:
    """Check what a request is made with.

    Raises:
        InvalidInput: `words_needed`, `words_too_long`.

    """
    needs = kind in (DataRequestKind.ACCESS, DataRequestKind.RECTIFICATION)
    if needs and len(words) < SHORTEST_WORDS:
        detail = (
            "Escribe qué dato está mal y cómo debe decir."
            if kind is DataRequestKind.RECTIFICATION
            else "Escribe qué quieres saber de tus datos."
        )
        raise InvalidInput("words_needed", detail, field="words")
    if len(words) > LONGEST_WORDS:
        raise InvalidInput("words_too_long", f"Puedes escribir hasta {LONGEST_WORDS} letras.", field="words")


def check_may_ask(kind: DataRequestKind, mailbox: Mailbox, user: MailboxUser, rules: Iterable[MandatoryRule]) -> None:
    """Refuse what will not be done, before anybody makes an effort.

    Raises:
        PrincipalNeeded, ConsentMandatory, ClosingRefused: of closing.

    """
    if kind is DataRequestKind.CLOSURE:
        require_closable(mailbox, user, rules)


def standing(last: DataRequest | None, today: date, calendar: BusinessCalendar) -> DataRequest | None:
    """Return the request that a new one of the same kind would double: one that waits, or today's copy."""
    if last is None or last.is_waiting:
        return last
    is_todays_copy = last.kind is DataRequestKind.EXPORT and calendar.local(last.asked_at).date() == today
    return last if is_todays_copy else None


def done_at_once(request: DataRequest) -> DataRequest:
    """Answer a request for a copy: the copy is made while it is asked for, and nobody has to be told."""
    return replace(request, state=DataRequestState.DONE, answered_at=request.asked_at, told_at=request.asked_at)


def answered(  # noqa: PLR0913 - what an answer is
    request: DataRequest, state: DataRequestState, answer: str, *, by: str, now: datetime, mailbox: Mailbox | None
) -> DataRequest:
    """Answer one that waits; whoever asked is still to be told.

    Raises:
        DataRequestRefused: `request_not_waiting`; of closing `closure_too_early`, `closure_contested`,
            `closure_by_former_principal`.
        ClosingRefused: `mailbox_frozen`, `mailbox_closed`.

    """
    if not request.is_waiting:
        detail = f"La solicitud {request.reference} no espera respuesta: {STATE_WORDS[request.state]}."
        raise DataRequestRefused("request_not_waiting", detail)
    if state is DataRequestState.DONE and request.kind is DataRequestKind.CLOSURE:
        _require_ripe(request, mailbox, now)
    return replace(request, state=state, answer=answer, answered_at=now, answer_id=by, tell_at=now)


def withdrawn(request: DataRequest, by: str, now: datetime) -> DataRequest:
    """Take back one that waits; who does so needs not be told.

    Raises:
        DataRequestRefused: `request_not_waiting`.

    """
    if not request.is_waiting:
        detail = f"Esta solicitud ya no se puede retirar: {STATE_WORDS[request.state]}."
        raise DataRequestRefused("request_not_waiting", detail)
    return replace(request, state=DataRequestState.WITHDRAWN, answered_at=now, answer_id=by, told_at=now)


def is_to_be_told(request: DataRequest, now: datetime) -> bool:
    """Tell whether an answer is to be told now: it is not while another worker tries, who put the next try later."""
    if request.awaits is None:
        return False
    whom, due_at = request.awaits
    return whom is Awaited.TELLING and due_at <= now


def about_to_tell(request: DataRequest, now: datetime) -> DataRequest:
    """Note a try to tell the answer, before it is made; another is due later each time."""
    pause = min(_TELL_AGAIN * 2**request.tries, _LONGEST_PAUSE)
    return replace(request, tries=request.tries + 1, tell_at=now + pause)


def told(request: DataRequest, now: datetime) -> DataRequest:
    """Note that the answer went out, or that somebody told it otherwise.

    Raises:
        DataRequestRefused: `request_not_answered`, `request_told`.

    """
    if request.is_waiting:
        raise DataRequestRefused(
            "request_not_answered", f"La solicitud {request.reference} no tiene respuesta todavía."
        )
    if request.told_at is not None:
        raise DataRequestRefused("request_told", f"La respuesta a la solicitud {request.reference} ya se avisó.")
    return replace(request, told_at=now, tell_at=None)


def find_reference(requests: Iterable[DataRequest], reference: str) -> DataRequest:
    """Return the one of a number, as typed or dictated.

    Raises:
        NotFound: `request_unknown`.

    """
    typed = "".join(letter for letter in reference.upper() if letter.isalnum())
    for request in requests:
        if request.reference.replace("-", "") == typed:
            return request
    raise NotFound("request_unknown", "No hay una solicitud con ese número.")


STATE_WORDS = {
    DataRequestState.WAITING: "espera respuesta",
    DataRequestState.DONE: "ya se atendió",
    DataRequestState.REFUSED: "ya se denegó",
    DataRequestState.WITHDRAWN: "se retiró",
}


def _require_ripe(request: DataRequest, mailbox: Mailbox | None, now: datetime) -> None:
    if mailbox is None:
        raise ClosingRefused("mailbox_unknown", "No hay una casilla así.")
    if mailbox.state is MailboxState.FROZEN:
        detail = "La casilla está congelada: decida antes con «mailboxes unfreeze»."
        raise ClosingRefused("mailbox_frozen", detail)
    if mailbox.state is not MailboxState.OPEN:
        raise ClosingRefused("mailbox_closed", "La casilla ya está cerrada.")
    if request.change_id in mailbox.settled:
        detail = (
            "Alguien avisó que no pidió este cierre. Deniegue la solicitud con «requests refuse». Si el titular quiere"
            " cerrar su casilla, que lo pida otra vez."
        )
        raise DataRequestRefused("closure_contested", detail)
    if request.user_id != mailbox.principal.user_id:
        detail = "Quien lo pidió ya no es el usuario principal. Deniegue la solicitud con «requests refuse»."
        raise DataRequestRefused("closure_by_former_principal", detail)
    if now < request.asked_at + CLOSING_WAITS:
        detail = (
            "Se pidió hace menos de 24 horas, que es el tiempo para avisar que no se pidió. Repita el comando después."
        )
        raise DataRequestRefused("closure_too_early", detail)
