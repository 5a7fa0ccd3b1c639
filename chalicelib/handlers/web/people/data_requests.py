"""`/mis-datos/…`: ask for something about one's own data, see the answer, take it back, open a closed mailbox again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound, refusal_of
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.people.closing import is_closed
from chalicelib.domain.people.consent import imposing_norm
from chalicelib.domain.people.data_request import CLOSING_WAITS, LONGEST_WORDS, DataRequestKind, find_reference
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import before_texts
from chalicelib.handlers.commands import own_data
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.people.own_data import OWN_DATA_PAGE
from chalicelib.renderers.people.data_request_words import KIND_WORDS, STATE_NAMES
from chalicelib.renderers.people.mandatory_rules import mandatory_rules

_KINDS = {
    "saber-mas": DataRequestKind.ACCESS,
    "correccion": DataRequestKind.RECTIFICATION,
    "cierre": DataRequestKind.CLOSURE,
}
"""What can be asked for on a page of its own, by the address."""
_TEMPLATES = {DataRequestKind.CLOSURE: "people/closing.html"}
_WORDS = {
    DataRequestKind.ACCESS: "Qué quieres saber",
    DataRequestKind.RECTIFICATION: "Qué dato está mal y cómo debe decir",
}
_UNTICKED = "Marca que entiendes lo que pasa para continuar."


@before_texts
def show_wish(request: PageRequest, session: Session, kind: str) -> Response:
    """Say what asking for it does, and until when there is an answer."""
    return _wish_page(request, session, _kind(kind))


@before_texts
def ask_by_form(request: PageRequest, session: Session, kind: str) -> Response:
    """Ask for it; closing once what follows was understood."""
    wanted = _kind(kind)
    try:
        if wanted is DataRequestKind.CLOSURE:
            _check_closing(request)
        made = own_data.make_request(wanted, request.fields("words", "password"), session, origin=request.origin)
    except CasillaError as error:
        return _wish_page(request, session, wanted, error)
    return go_to(f"{OWN_DATA_PAGE}/solicitudes/{made.reference}?hecho=pedida")


@before_texts
def show_request(request: PageRequest, session: Session, reference: str) -> Response:
    """Show a request of one's own, and its answer."""
    return _request_page(request, session, reference)


@before_texts
def withdraw_by_button(request: PageRequest, session: Session, reference: str) -> Response:
    """Take it back."""
    try:
        own_data.withdraw_request(session, reference, origin=request.origin)
    except NotFound:
        raise
    except CasillaError as error:
        return _request_page(request, session, reference, error)
    return go_to(f"{OWN_DATA_PAGE}?hecho=retirada")


def show_reopening(request: PageRequest, session: Session) -> Response:
    """Say what opening the mailbox again does."""
    return _reopening_page(request, session)


def reopen_by_form(request: PageRequest, session: Session) -> Response:
    """Open it again."""
    try:
        own_data.reopen(request.fields("password"), session, origin=request.origin)
    except CasillaError as error:
        return _reopening_page(request, session, error)
    return go_to(f"{OWN_DATA_PAGE}?hecho=abierta")


def _check_closing(request: PageRequest) -> None:
    """Say all that is missing at once."""
    missing = (
        [] if request.value("understood") else [InvalidInput("closing_not_understood", _UNTICKED, field="understood")]
    )
    if not request.value("password"):
        missing.append(InvalidInput("field_empty", "El campo «password» no puede estar vacío.", field="password"))
    if missing:
        raise refusal_of(missing)


def _kind(name: str) -> DataRequestKind:
    if name not in _KINDS:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return _KINDS[name]


def _wish_page(
    request: PageRequest, session: Session, kind: DataRequestKind, error: CasillaError | None = None
) -> Response:
    own = own_data.own_requests(session)
    standing = next((one for one in own.requests if one.kind is kind and one.is_waiting), None)
    if standing is not None:
        return go_to(f"{OWN_DATA_PAGE}/solicitudes/{standing.reference}")
    if kind is DataRequestKind.CLOSURE and is_closed(own.mailbox):
        return go_to(OWN_DATA_PAGE)
    return show_form(
        request,
        _TEMPLATES.get(kind, "people/data_request_new.html"),
        error,
        {**LABELS, "words": _WORDS.get(kind, "")},
        kind=kind.value,
        address=request.path,
        own=own,
        is_open=own.mailbox.state is MailboxState.OPEN,
        norm=imposing_norm(own.mailbox.holder, mandatory_rules()),
        words_label=_WORDS.get(kind, ""),
        words=request.value("words"),
        most=LONGEST_WORDS,
        days=own.terms.business_days[kind],
        understood=bool(request.value("understood")),
    )


def _request_page(
    request: PageRequest, session: Session, reference: str, error: CasillaError | None = None
) -> Response:
    own = own_data.own_requests(session)
    one = find_reference(own.requests, reference)
    is_asked = request.asked("hecho") == "pedida" and one.is_waiting
    return show_form(
        request,
        "people/data_request.html",
        error,
        LABELS,
        one=one,
        kinds=KIND_WORDS,
        states=STATE_NAMES,
        remedy=own.terms.remedy,
        earliest=one.asked_at + CLOSING_WAITS,
        told="Recibimos tu solicitud. Te lo confirmamos por correo." if is_asked else "",
        is_bad=False,
    )


def _reopening_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    own = own_data.own_requests(session)
    if error is None and not is_closed(own.mailbox):
        return go_to(OWN_DATA_PAGE)
    return show_form(request, "people/reopening.html", error, LABELS, own=own)
