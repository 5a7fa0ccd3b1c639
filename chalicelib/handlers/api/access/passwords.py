"""`/v1/passwords` and `/v1/password-resets`: change a password that is known, replace one that is not."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.access.credentials import PasswordChange
from chalicelib.domain.contact import read_email
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import check_document_number, mailbox_id_for
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.session import Session
from chalicelib.handlers.api.access.sessions import opened_as_json
from chalicelib.handlers.commands.access import read_captcha, read_new_password, read_password
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.http import JsonRequest, json_response
from chalicelib.handlers.log import log
from chalicelib.services.access.change_password import change_password
from chalicelib.services.access.request_password_reset import ResetRequest, request_password_reset
from chalicelib.services.access.reset_password import reset_password

_PERSON_TYPES = {"natural": False, "juridica": True}
_LONGEST = 300


def create_password(request: JsonRequest, session: Session) -> Response:
    """Change the password; the answer carries the token to go on with."""
    box = current()
    fields = request.fields()
    change = PasswordChange(read_password(fields, "old_password"), read_new_password(fields))
    fields.close()
    changed = change_password(session, change, origin=request.origin, tools=access_tools(box), now=box.clock())
    log_untold(changed.is_told)
    return json_response(opened_as_json(changed.opened), status=201)


def create_password_reset(request: JsonRequest) -> Response:
    """Send a link to the registered address."""
    box = current()
    wanted = read_reset(request.fields(), request.origin, box)
    request_password_reset(wanted, tools=access_tools(box), now=box.clock())
    detail = "Si los datos son los registrados, te enviamos un enlace al correo. Vale dos días."
    return json_response({"detail": detail}, status=202)


def use_password_reset(request: JsonRequest, link: str) -> Response:
    """Set a new password by the link; all sessions end."""
    box = current()
    fields = request.fields()
    new = read_new_password(fields)
    fields.close()
    log_untold(reset_password(link, new, origin=request.origin, tools=access_tools(box), now=box.clock()))
    return json_response({"detail": "Tu contraseña cambió. Ingresa con la nueva."})


def read_reset(fields: Fields, origin: str, box: Container) -> ResetRequest:
    """Read whose password is to be recovered."""
    is_legal = fields.choice("person_type", _is_legal_person, " y ".join(_PERSON_TYPES))
    kind = fields.choice("document_type", DocumentType, ", ".join(DocumentType))
    if is_legal != (kind is DocumentType.RUC):
        detail = "Una persona jurídica se identifica con RUC; una persona natural, con DNI, CE o pasaporte."
        raise InvalidInput("person_type_mismatch", detail, field="document_type")
    number = fields.text("document_number", longest=_LONGEST).upper()
    check_document_number(kind, number, field="document_number")
    email = read_email(fields.text("email", longest=_LONGEST), field="email")
    captcha = read_captcha(fields)
    fields.close()
    return ResetRequest(mailbox_id_for(kind, number, box.mailbox_prefixes), email, origin, captcha)


def log_untold(is_told: bool) -> None:
    """Log that the owner of a changed password could not be told."""
    if not is_told:
        log().warning("password changed, its owner could not be told")


def _is_legal_person(person_type: str) -> bool:
    if person_type not in _PERSON_TYPES:
        raise ValueError(person_type)
    return _PERSON_TYPES[person_type]
