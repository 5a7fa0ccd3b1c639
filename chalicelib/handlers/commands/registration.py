"""A registration: begun, verified by a code, its e-mail sent again or to another address."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.registration import check_registration_open, open_registration_tools, registration_tools
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.representative import NamedRepresentative
from chalicelib.domain.session import Session
from chalicelib.handlers.commands.application import read_application, read_representative
from chalicelib.handlers.commands.contact import read_email_typed_twice
from chalicelib.handlers.fields import Fields
from chalicelib.services.registration import registration_codes
from chalicelib.services.registration.name_representative import name_representative
from chalicelib.services.registration.resend_registration_mail import (
    change_registration_email,
    resend_registration_mail,
)
from chalicelib.services.registration.start_registration import StartedRegistration, start_registration
from chalicelib.services.registration.tools import open_registration
from chalicelib.services.registration.verify_registration import verify_by_code


def begin(fields: Fields, *, origin: str) -> StartedRegistration:
    """Begin a registration."""
    tools = open_registration_tools(current())
    application = read_application(fields, origin=origin, now=tools.clock())
    return start_registration(application, origin=origin, tools=tools)


def find_registration(registration_id: str) -> Registration:
    """Return how far it came."""
    return open_registration(registration_id, open_registration_tools(current()))


def is_code_over(found: Registration) -> bool:
    """Tell whether only another code helps."""
    return registration_codes.is_code_over(found, open_registration_tools(current()))


def verify(registration_id: str, fields: Fields, *, origin: str) -> Registration:
    """Verify the address by the code."""
    tools = open_registration_tools(current())
    code = fields.typed("code", longest=100)
    fields.close()
    return verify_by_code(registration_id, code, origin=origin, tools=tools)


def resend(registration_id: str) -> Registration:
    """Send the last e-mail again."""
    return resend_registration_mail(registration_id, tools=open_registration_tools(current()))


def change_address(registration_id: str, fields: Fields) -> Registration:
    """Take another address."""
    tools = open_registration_tools(current())
    email = read_email_typed_twice(fields)
    return change_registration_email(registration_id, email, tools=tools)


def name_person(fields: Fields, session: Session, *, origin: str) -> Mailbox:
    """Name the representative of the company whose mailbox this is; nothing happens where one is known."""
    box = current()

    def read_given() -> NamedRepresentative:
        check_registration_open(box)
        return read_representative(fields)

    return name_representative(
        session, read_given, origin=origin, tools=registration_tools(box), access=access_tools(box)
    )
