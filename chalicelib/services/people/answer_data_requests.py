"""What an operator does about requests of people's own data: the list, one of them, the answer (DAT-1).

An answer is one transaction with its event, and for a closing with the mailbox. Given twice, the second finds nothing
that waits and says so. Telling comes after it: a job does what is left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.access.decided_contest import is_undoing
from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MAX_USERS, Mailbox, MailboxChanged, UserState, mailbox_changed
from chalicelib.domain.people.closing import closed
from chalicelib.domain.people.consent import ConsentMandatory, imposing_norm
from chalicelib.domain.people.data_request import (
    TELLING_TRIES,
    Awaited,
    DataRequest,
    DataRequestKind,
    DataRequestRefused,
    DataRequestState,
    about_to_tell,
    answered,
    find_reference,
    told,
)
from chalicelib.renderers.letters import Letter
from chalicelib.renderers.people.data_request_letters import answered_letter, closing_over_letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.data_requests import DataRequestTools
from chalicelib.services.together import together
from chalicelib.store.people.data_request_store import EVER

_WHO_ASKED = "who-asked"
"""Among those who heard: that the answer itself went out."""
PRESSING = timedelta(days=2)
"""So long before a legal term ends, somebody is woken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator answers: whether it is done, and in which words."""

    state: DataRequestState
    words: str


@dataclass(frozen=True, slots=True)
class RequestInMailbox:
    """A request and the mailbox it is of."""

    request: DataRequest
    mailbox: Mailbox


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Those that wait for an operator, the one due first at the top; `is_whole` is False where more wait."""

    requests: tuple[DataRequest, ...]
    is_whole: bool


def list_awaiting(*, act: OperatorAct, tools: DataRequestTools, limit: int) -> RequestPage:
    """Return those that wait for an operator, once it is logged of each who looked.

    Two calls each, and one a page of the index.
    """
    keys = tools.requests.awaiting(Awaited.OPERATOR, until=EVER, limit=limit + 1)
    found = (tools.requests.find(key) for key in keys[:limit])
    waiting = tuple(one for one in found if one is not None and one.awaits and one.awaits[0] is Awaited.OPERATOR)
    for one in waiting:
        tools.access.events.add(_look(one, act))
    return RequestPage(waiting, is_whole=len(keys) <= limit)


def show_request(mailbox_id: str, reference: str, *, act: OperatorAct, tools: DataRequestTools) -> RequestInMailbox:
    """Log who looks and why, and then return one.

    Raises:
        NotFound: `mailbox_unknown`, `request_unknown`.

    """
    found = _find(mailbox_id, reference, tools)
    tools.access.events.add(_look(found.request, act))
    return found


def answer_request(
    mailbox_id: str, reference: str, answer: Answer, *, act: OperatorAct, tools: DataRequestTools
) -> RequestInMailbox:
    """Answer one that waits; a closing that is done closes the mailbox in the same transaction. Then tell it.

    Raises:
        NotFound: `mailbox_unknown`, `request_unknown`.
        DataRequestRefused, ClosingRefused: as `answered`; of closing also `closure_untold`, `closure_contested`.
        ConsentMandatory: `mailbox_mandatory`: by now a norm imposes the mailbox.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    answer_id = act.new_event_id()
    for _ in range(MAX_USERS):
        found = _find(mailbox_id, reference, tools)
        if found.request.answer_id == answer_id:  # by an earlier try of ours, whose answer was lost
            return _told_now(found, act, tools)
        now, closes = act.clock(), _closes(found.request, answer)
        decided = answered(
            found.request, answer.state, answer.words, by=answer_id, now=now, mailbox=found.mailbox if closes else None
        )
        if closes:
            _require_heard(found.request, tools)
        norm = imposing_norm(found.mailbox.holder, tools.rules) if closes else None
        if norm is not None:
            detail = f"La casilla es obligatoria por {norm}. Deniegue la solicitud con «requests refuse»."
            raise ConsentMandatory("mailbox_mandatory", detail)
        changed = closed(found.mailbox, now) if closes else None
        event = act.event(
            f"mailbox#{mailbox_id}",
            EventType.DATA_REQUEST_ANSWERED,
            now,
            user_id=decided.user_id,
            about=decided.kind.value,
            request=decided.reference,
            decided=decided.state.value,
        )
        try:
            written = tools.requests.answer(decided, replace(event, event_id=answer_id), changed)
        except MailboxChanged:
            continue
        return _told_now(RequestInMailbox(written, changed or found.mailbox), act, tools)
    raise mailbox_changed()


def note_told(mailbox_id: str, reference: str, *, act: OperatorAct, tools: DataRequestTools) -> RequestInMailbox:
    """Note that an operator told an answer otherwise, so that no e-mail of it is tried any more.

    Raises:
        NotFound: `mailbox_unknown`, `request_unknown`.
        DataRequestRefused: `request_not_answered`, `request_told`.
        MailboxChanged: `mailbox_changed`: it is told at this moment.

    """
    found = _find(mailbox_id, reference, tools)
    now = act.clock()
    whose = {"user_id": found.request.user_id, "request": found.request.reference}
    event = act.event(f"mailbox#{mailbox_id}", EventType.DATA_REQUEST_ANSWERED, now, **whose, decided="told")
    return replace(found, request=tools.requests.answer(told(found.request, now), event))


def tell_answer(request: DataRequest, *, tools: DataRequestTools, now: datetime) -> DataRequest:
    """Note the try, tell who asked, of a closing all active users, and note that it went out; as it is then.

    Raises:
        MailboxChanged: `mailbox_changed`: somebody else tells it.
        Unavailable: the outcome could not be noted: it will be told again.

    """
    trying = tools.requests.update(about_to_tell(request, now))
    heard, left = _send(trying, tools, now)
    tried = replace(trying, heard=tuple(sorted(heard)))
    if _WHO_ASKED in heard and (not left or trying.tries >= TELLING_TRIES):
        return tools.requests.update(told(tried, now))
    return trying if tried == trying else tools.requests.update(tried)


def pressing_s(tools: DataRequestTools, now: datetime) -> int:
    """Return for how long a request has had less than `PRESSING` left, or an answer could not be told; else 0."""
    first = tools.requests.awaiting(Awaited.OPERATOR, until=EVER, limit=1)
    found = tools.requests.find(first[0]) if first else None
    if found is None or found.awaits is None:
        return 0
    since = found.asked_at if found.is_untold else found.due_at - PRESSING
    return max(0, int((now - since).total_seconds()))


def _look(request: DataRequest, act: OperatorAct) -> Event:
    whose = {"user_id": request.user_id, "request": request.reference}
    return act.event(f"mailbox#{request.mailbox_id}", EventType.DATA_REQUEST_SHOWN, act.clock(), **whose)


def _closes(request: DataRequest, answer: Answer) -> bool:
    return request.kind is DataRequestKind.CLOSURE and answer.state is DataRequestState.DONE


def _require_heard(request: DataRequest, tools: DataRequestTools) -> None:
    """Close nothing that nobody heard of yet, nor what was asked for before changes of the mailbox were undone.

    Whoever was in it may have asked for its closing as well, and who said *No fui yo* once has said it.

    Raises:
        DataRequestRefused: `closure_untold`, `closure_contested`.

    """
    if tools.access.tellings.is_being_told(request.change_id):
        detail = (
            "Todavía no salió ningún aviso de que se pidió este cierre, y se sigue intentando. Nada se cierra sin que"
            " el usuario principal pueda contestarlo: repita el comando después."
        )
        raise DataRequestRefused("closure_untold", detail)
    thaws = tools.access.events.list_since(
        f"mailbox#{request.mailbox_id}", request.asked_at, (EventType.MAILBOX_THAWED,)
    )
    if any(is_undoing(event) for event in thaws):
        detail = (
            "Después de pedirse este cierre se deshicieron cambios que alguien no reconoció: puede ser de la misma"
            " persona. Deniegue la solicitud con «requests refuse». Si el titular quiere cerrar su casilla, que lo pida"
            " otra vez."
        )
        raise DataRequestRefused("closure_contested", detail)


def _told_now(found: RequestInMailbox, act: OperatorAct, tools: DataRequestTools) -> RequestInMailbox:
    """Tell it at once; what does not succeed is done by the job."""
    try:
        return replace(found, request=tell_answer(found.request, tools=tools, now=act.clock()))
    except MailboxChanged:
        return found


def _send(request: DataRequest, tools: DataRequestTools, now: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Send to who asked, wherever they are by now, and of a closing to the users; to none who heard of it before.

    Return who has heard by now, and who has not.
    """
    access, letterhead = tools.access, tools.access.letterhead
    mailbox = access.mailboxes.find(request.mailbox_id)
    user = None if mailbox is None else mailbox.user(request.user_id)
    former = access.people.find_former(request.user_id) if user is None else None
    email = user.email if user is not None else former.email if former is not None else ""
    gets_in = user is not None and user.state is UserState.ACTIVE
    letters = {_WHO_ASKED: (answered_letter(request, letterhead, gets_in=gets_in), email)}
    if mailbox is not None and request.kind is DataRequestKind.CLOSURE:
        letter = closing_over_letter(request, mailbox, letterhead)
        if letter is not None:
            letters |= {one.user_id: (letter, one.email) for one in mailbox.alerted_users}
    heard = set(request.heard)

    def send(who: str, letter: Letter, to: str) -> None:
        if to and tell(letter, to, tools=access, now=now):
            heard.add(who)

    left = {who: letter for who, letter in letters.items() if who not in heard}
    if left:
        together([partial(send, who, *letter) for who, letter in left.items()])
    return frozenset(heard), frozenset(letters) - heard


def _find(mailbox_id: str, reference: str, tools: DataRequestTools) -> RequestInMailbox:
    mailbox = tools.access.mailboxes.find(mailbox_id)
    if mailbox is None:
        raise NotFound("mailbox_unknown", "No hay una casilla así. Revise el tipo y el número de documento.")
    return RequestInMailbox(find_reference(tools.requests.of_mailbox(mailbox_id), reference), mailbox)
