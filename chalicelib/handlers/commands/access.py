"""Ways in: log in, confirm who one is, change or recover a password, end sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.session import session_store
from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.credentials import (
    LONGEST_TYPED,
    Attempt,
    CaptchaAnswer,
    EmailCode,
    PasswordChange,
    read_username,
)
from chalicelib.domain.access.known_device import with_device
from chalicelib.domain.contact import read_email
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.identity_document import check_document_number, mailbox_id_for, read_document_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.session import Access, Session
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.log import log, this_visit
from chalicelib.services.access.accept_texts import accept_texts
from chalicelib.services.access.accept_texts import own_texts_due as texts_due_of
from chalicelib.services.access.change_password import change_password
from chalicelib.services.access.change_password import is_temporary_over as is_temporary_over_of
from chalicelib.services.access.displace_sessions import Displaced
from chalicelib.services.access.end_other_sessions import end_other_sessions
from chalicelib.services.access.log_in import log_in, validate_access
from chalicelib.services.access.login_codes import RequestedCode, request_code_within, request_login_code
from chalicelib.services.access.request_password_reset import ResetRequest, request_password_reset
from chalicelib.services.access.reset_password import reset_password
from chalicelib.services.access.sessions import OpenedSession, end_session, list_accesses

_LONGEST_NAME = 40
_BY_LENGTH = {8: DocumentType.DNI, 11: DocumentType.RUC}
_LONGEST_ID = 100
_LONGEST_DEVICE = 600
_LONGEST = 300
_PERSON_TYPES = {"natural": False, "juridica": True}


@dataclass(frozen=True, slots=True)
class Entered:
    """A session, which others it ended, and the marks by which the device is known from now on."""

    opened: OpenedSession
    displaced: Displaced
    device: str


def send_login_code(fields: Fields, *, origin: str, device: str = "") -> RequestedCode:
    """Send a code that stands in for the captcha."""
    box, problems = current(), list[InvalidInput]()
    username = collect(problems, lambda: read_user(fields), "")
    captcha = collect(problems, lambda: read_captcha(fields), None)
    device = device or collect(problems, lambda: read_device(fields), "")
    close_read(fields, problems)
    tools, now = access_tools(box), box.clock()
    return request_login_code(username, captcha, origin=origin, device=device, tools=tools, now=now)


def send_validation_code(session: Session) -> RequestedCode:
    """Send one to who is in already."""
    box = current()
    return request_code_within(session, tools=access_tools(box), now=box.clock())


def enter(fields: Fields, *, origin: str, former: str, device: str = "") -> Entered:
    """Log in; the session that a cookie or token from before opens ends."""
    box = current()
    attempt, now = read_login(fields, origin, device), box.clock()
    logged_in = log_in(attempt, former=former, tools=access_tools(box), now=now)
    if not logged_in.displaced.is_told:
        log().warning("session displaced, its owner could not be told")
    marks = with_device(pepper(box), attempt.device, attempt.username, box.chance.new_token(), now)
    return Entered(logged_in.opened, logged_in.displaced, marks)


def validate(fields: Fields, session: Session, *, origin: str) -> OpenedSession:
    """Begin twenty minutes of mailbox contents."""
    box = current()
    attempt = read_validation(fields, session.username, origin)
    return validate_access(session, attempt, tools=access_tools(box), now=box.clock())


def end_own_session(session: Session, session_id: str, *, origin: str) -> bool:
    """End a session of one's own, this or another; False when there is none."""
    box = current()
    sessions, new_event_id = session_store(box), box.chance.new_event_id
    return end_session(
        session_id, session, origin=origin, sessions=sessions, new_event_id=new_event_id, now=box.clock()
    )


def end_others(session: Session, *, origin: str) -> OpenedSession:
    """End every session of one's own but this, which goes on as the one returned."""
    return end_other_sessions(session, origin=origin, tools=access_tools(current()))


def own_accesses(session: Session) -> tuple[Access, ...]:
    """Return one's own recent logins."""
    box = current()
    return list_accesses(session.user_id, sessions=session_store(box), now=box.clock())


def change_own_password(fields: Fields, session: Session, *, origin: str) -> OpenedSession:
    """Change a password that is known; the session goes on as the one returned."""
    box = current()
    problems: list[InvalidInput] = []
    old = collect(problems, lambda: read_password(fields, "old_password"), "")
    new = collect(problems, lambda: read_new_password(fields), "")
    close_read(fields, problems)
    change = PasswordChange(old, new)
    changed = change_password(session, change, origin=origin, tools=access_tools(box), now=box.clock())
    _log_untold(changed.is_told)
    return changed.opened


def is_temporary_over(session: Session) -> bool:
    """Tell whether the temporary password can change nothing any more."""
    box = current()
    return is_temporary_over_of(session, tools=access_tools(box), now=box.clock())


def own_texts_due(session: Session) -> tuple[str, ...]:
    """Return the names of the texts still to be accepted."""
    return texts_due_of(session, tools=access_tools(current()))


def accept(given: Mapping[str, str], session: Session, *, origin: str) -> OpenedSession:
    """Accept texts, in the versions that were shown; the session goes on as the one returned."""
    box = current()
    return accept_texts(session, given, origin=origin, tools=access_tools(box), now=box.clock())


def ask_for_reset(fields: Fields, *, origin: str, device: str = "") -> None:
    """Send a link to the registered address, if there is such a user."""
    box = current()
    wanted = replace(_read_reset(fields, origin, box.mailbox_prefixes), device=device)
    request_password_reset(wanted, tools=access_tools(box), now=box.clock())


def use_reset(link: str, fields: Fields, *, origin: str) -> None:
    """Set a new password by the link."""
    box = current()
    new = read_new_password(fields)
    fields.close()
    _log_untold(reset_password(link, new, origin=origin, tools=access_tools(box), now=box.clock()))


def read_login(fields: Fields, origin: str, device: str = "") -> Attempt:
    """Read username, password and proof, and the marks of known devices where they did not come by a cookie."""
    problems: list[InvalidInput] = []
    username = collect(problems, lambda: read_user(fields), "")
    password, proof = _read_password_and_proof(fields, problems)
    device = device or collect(problems, lambda: read_device(fields), "")
    close_read(fields, problems)
    return Attempt(username, password, proof, origin, device)


def read_validation(fields: Fields, username: str, origin: str) -> Attempt:
    """Read password and proof of a user who is known already."""
    problems: list[InvalidInput] = []
    password, proof = _read_password_and_proof(fields, problems)
    close_read(fields, problems)
    return Attempt(username, password, proof, origin)


def read_user(fields: Fields) -> str:
    """Read a username; lines about this request bear its mark.

    A number alone is a DNI's or a RUC's if it has as many digits: those of other documents have no length of their own.
    """
    username = read_username(fields.typed("username", longest=_LONGEST_NAME))
    kind = _BY_LENGTH.get(len(username)) if username.isascii() and username.isdigit() else None
    if kind is not None:
        username = f"{current().mailbox_prefixes[kind]}-{username}"
    this_visit().user = username
    return username


def read_password(fields: Fields, name: str) -> str:
    """Read a password untouched; one that is too long to be any costs no hashing."""
    password = fields.blob(name)
    if not password:
        fields.refuse("field_empty", name, "no puede estar vacío")
    if len(password) > LONGEST_TYPED:
        fields.refuse("field_too_long", name, f"puede tener hasta {LONGEST_TYPED} caracteres")
    return password


def read_new_password(fields: Fields) -> str:
    """Read a new password, which is typed twice."""
    problems: list[InvalidInput] = []
    new = collect(problems, lambda: read_password(fields, "new_password"), "")
    again = collect(problems, lambda: read_password(fields, "new_password_repeated"), "")
    if problems:
        raise refusal_of(problems)
    if again != new:
        fields.refuse("passwords_differ", "new_password_repeated", "no es igual a la nueva; escríbela otra vez")
    return new


def read_captcha(fields: Fields) -> CaptchaAnswer | None:
    """Read a captcha where one is given."""
    if not fields.has("captcha"):
        return None
    captcha, problems = fields.object("captcha"), list[InvalidInput]()
    captcha_id = collect(problems, lambda: captcha.text("id", longest=_LONGEST_ID), "")
    answer = collect(problems, lambda: captcha.typed("answer", longest=_LONGEST_ID), "")
    close_read(captcha, problems)
    return CaptchaAnswer(captcha_id, answer)


def read_device(fields: Fields) -> str:
    """Read the marks of known devices where they are given."""
    return fields.text("device", longest=_LONGEST_DEVICE) if fields.has("device") else ""


def close_read(fields: Fields, problems: list[InvalidInput]) -> None:
    """Refuse all that was wrong with fields at once, those that nobody reads among it."""
    collect(problems, fields.close, None)
    if problems:
        raise refusal_of(problems)


def _read_password_and_proof(fields: Fields, problems: list[InvalidInput]) -> tuple[str, CaptchaAnswer | EmailCode]:
    password = collect(problems, lambda: read_password(fields, "password"), "")
    none: CaptchaAnswer | EmailCode = CaptchaAnswer("", "")
    return password, collect(problems, lambda: _read_proof(fields), none)


def _read_proof(fields: Fields) -> CaptchaAnswer | EmailCode:
    if fields.has("captcha") == fields.has("email_code"):
        fields.refuse("proof_missing", "captcha", "o «email_code»: se envía uno de los dos, y solo uno")
    return read_captcha(fields) or _email_code(fields.object("email_code"))


def _email_code(fields: Fields) -> EmailCode:
    code = EmailCode(
        fields.text("id", longest=_LONGEST_ID), parse_email_code(fields.typed("code", longest=_LONGEST_ID))
    )
    fields.close()
    return code


def _read_reset(fields: Fields, origin: str, prefixes: Mapping[DocumentType, str]) -> ResetRequest:
    problems: list[InvalidInput] = []
    kind = _read_kind(fields, problems)
    number = collect(problems, lambda: _read_number(fields, kind), "")  # judged by its type, once there is one
    email = collect(problems, lambda: read_email(fields.typed("email", longest=_LONGEST), field="email"), "")
    captcha = collect(problems, lambda: read_captcha(fields), None)
    close_read(fields, problems)
    mailbox_id = this_visit().user = mailbox_id_for(kind or DocumentType.DNI, number, prefixes)
    return ResetRequest(mailbox_id, email, origin, captcha)


def _read_kind(fields: Fields, problems: list[InvalidInput]) -> DocumentType | None:
    """Read the type of document, which has to be of the type of person."""
    is_legal = collect(
        problems, lambda: fields.choice("person_type", _is_legal_person, " y ".join(_PERSON_TYPES)), None
    )
    kind = collect(problems, lambda: fields.choice("document_type", DocumentType, ", ".join(DocumentType)), None)
    if is_legal is not None and kind is not None and is_legal != (kind is DocumentType.RUC):
        detail = (
            "Una persona jurídica se identifica con RUC; una persona natural, con DNI, carné de extranjería o"
            " pasaporte."
        )
        problems.append(InvalidInput("person_type_mismatch", detail, field="document_type"))
    return kind


def _read_number(fields: Fields, kind: DocumentType | None) -> str:
    if kind is None:
        return fields.typed("document_number", longest=_LONGEST)
    number = read_document_number(kind, fields.typed("document_number", longest=_LONGEST))
    check_document_number(kind, number, field="document_number")
    return number


def _log_untold(is_told: bool) -> None:
    if not is_told:
        log().warning("password changed, its owner could not be told")


def _is_legal_person(person_type: str) -> bool:
    if person_type not in _PERSON_TYPES:
        raise ValueError(person_type)
    return _PERSON_TYPES[person_type]
