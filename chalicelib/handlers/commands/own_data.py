"""One's own data: seen, copied, asked about, corrected by request; the mailbox closed by request, and opened again."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.people.data_request import LONGEST_WORDS, DataRequest, DataRequestKind, DataWish
from chalicelib.domain.people.own_data import OwnData
from chalicelib.domain.session import Session
from chalicelib.domain.typed import tidy
from chalicelib.handlers.commands.access import read_password
from chalicelib.handlers.fields import Fields
from chalicelib.services.people import data_requests, own_data
from chalicelib.services.people.data_requests import OwnRequests
from chalicelib.services.people.reopen_mailbox import reopen_mailbox

KINDS = ", ".join(DataRequestKind)
_LONGEST_TYPED = 4 * LONGEST_WORDS


def held_data(session: Session, *, most: int = own_data.MOST_EVENTS) -> OwnData:
    """Return what is held about who asks."""
    tools = data_request_tools(current())
    return own_data.own_data(session, tools=tools, name_of=_institution_name, most=most)


def own_requests(session: Session) -> OwnRequests:
    """Return what who asks asked for."""
    return data_requests.list_requests(session, tools=data_request_tools(current()))


def make_request(kind: DataRequestKind, fields: Fields, session: Session, *, origin: str) -> DataRequest:
    """Ask for something about one's own data."""
    words = tidy(fields.blob("words")[:_LONGEST_TYPED]) if fields.has("words") else ""
    password = read_password(fields, "password") if fields.has("password") and fields.blob("password") else ""
    fields.close()
    wish = DataWish(kind, words, password)
    return data_requests.make_request(session, wish, origin=origin, tools=data_request_tools(current()))


def withdraw_request(session: Session, reference: str, *, origin: str) -> DataRequest:
    """Take back what one asked for."""
    return data_requests.withdraw_request(session, reference, origin=origin, tools=data_request_tools(current()))


def reopen(fields: Fields, session: Session, *, origin: str) -> Mailbox:
    """Open a closed mailbox again."""
    password = read_password(fields, "password") if fields.has("password") and fields.blob("password") else ""
    fields.close()
    return reopen_mailbox(session, password, origin=origin, tools=access_tools(current()))


def _institution_name(institution_id: str) -> str:
    """Return an institution's name, or its id where it is not there."""
    found = institution_store(current()).find(institution_id)
    return institution_id if found is None else found.name
