"""`/entidad/claves/registrar`: a public key, pasted or as a file, registered after a last look (INS-5).

What was sent as a key is shown again, and kept until then, only where it was read as a public one.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import CasillaError, InvalidInput, parts_of
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.domain.sender.new_key import LONGEST_LIFE, KeyDraft
from chalicelib.domain.typed import DAY_PARTS, day_problem, join_day, plain, read_day, wrong_parts
from chalicelib.handlers.fields import FieldError, errors_of
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import answer_form, refuse_form, show
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.institution.keys import REGISTERED, done, key_tools
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.institution.key_words import ALGORITHMS, as_pem, in_groups
from chalicelib.services.sender.read_public_key import PublicKey, read_public_key
from chalicelib.services.sender.register_key import NewKey, check_new_key, register_key

_NEW, _CHECK = "institution/key_new.html", "institution/key_check.html"
LARGEST_KEY_FILE = 8 * 1024
"""Bytes; a key has some hundred."""
_LONGEST = 100
_FROM_CONSOLE = "Registrada en la consola"
_FIELDS = ("public_key", "key_id", "not_before", "not_after")
_DAYS = ("not_before", "not_after")
_DAY = timedelta(days=1)
_WORDS = {
    "private_key_given": (
        "Eso es una clave privada. No la guardamos, pero ya salió de tu sistema: dala por conocida. Genera otro par de"
        " claves y registra aquí solo la pública. Si la privada ya firmaba, revoca su clave."
    ),
    "public_key_unreadable": (
        "No se puede leer como clave pública. Va un PEM que empieza con BEGIN PUBLIC KEY, o un solo JWK. Por seguridad"
        " no mostramos otra vez lo que enviaste. Si era una clave privada, deséchala y genera otra."
    ),
    "public_key_unsupported": "La clave no es Ed25519 ni P-256. Genera una de esas dos.",
}
"""What is said of a key on a page, by the refusal's code."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was typed; of the key only what was read."""

    request: PageRequest
    key: PublicKey | None
    key_id: str
    days: dict[str, str]
    problems: tuple[CasillaError, ...]

    @property
    def not_before(self) -> datetime | None:
        """The beginning of the first day."""
        day = read_day(self.days["not_before"])
        return None if day is None else _begins(day)

    @property
    def not_after(self) -> datetime | None:
        """The end of the last one."""
        day = read_day(self.days["not_after"])
        return None if day is None else _begins(day + _DAY)


def show_new_key(request: PageRequest, staff: SignedIn) -> Response:
    """Ask for a key, what it will be called, and from when to when it is good."""
    if request.answer is not None and request.answer.template == _CHECK:
        return _next_page(_read(request), staff)
    return show(request, _NEW, **_shown(request))


def register_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Show what was sent for a last look; from there, register it or go back to the form."""
    sent = _read(request)
    if request.value("step") == "corregir":
        return answer_form(sent.request, KeptAnswer(template=_NEW), **_shown(sent.request))
    if request.value("step") != "registrar" or sent.problems or not (sent.key and sent.not_before and sent.not_after):
        return _next_page(sent, staff)
    new = NewKey(staff.own.institution_id, sent.key_id, sent.key, sent.not_before, sent.not_after)
    try:
        register_key(new, key_tools(request, staff, _FROM_CONSOLE))
    except CasillaError as error:
        log_refusal(error)
        return _refused(sent, error.problems or (error,))
    return done(REGISTERED, sent.key_id)


def _next_page(sent: _Sent, staff: SignedIn) -> Response:
    box = current()
    draft = KeyDraft(sent.key_id, sent.key.der if sent.key else None, sent.not_before, sent.not_after)
    found = check_new_key(staff.own.institution_id, draft, institutions=institution_store(box), now=box.clock())
    if not sent.key_id:
        found = tuple(one for one in found if one.code != "key_id_invalid")
    if problems := (*sent.problems, *found):
        log_refusal(problems[0])
        return _refused(sent, problems)
    shown: dict[str, Any] = {
        **_shown(sent.request),
        "algorithm": ALGORITHMS[sent.key.algorithm] if sent.key else "",
        "fingerprint": in_groups(key_fingerprint(sent.key.der)) if sent.key else "",
        "keyid": f"{staff.own.institution_id}:{sent.key_id}",
        "days": {name: read_day(text) for name, text in sent.days.items()},
    }
    if sent.request.method == "POST":
        return answer_form(sent.request, KeptAnswer(template=_CHECK), **shown)
    return show(sent.request, _CHECK, **shown)


def _refused(sent: _Sent, problems: tuple[CasillaError, ...]) -> Response:
    errors = [one for problem in problems for one in _errors(problem, sent.days)]
    in_order = sorted(errors, key=lambda one: _rank(one.field))
    return refuse_form(sent.request, _NEW, in_order, **_shown(sent.request))


def _errors(problem: CasillaError, days: dict[str, str]) -> tuple[FieldError, ...]:
    if problem.field in _DAYS and problem.code == "field_format":
        text = days[problem.field]
        part = wrong_parts(text)[0]
        name = problem.field if part == DAY_PARTS[0] else f"{problem.field}_{part}"
        return (FieldError(name, f"«{STAFF_LABELS[problem.field]}»: {day_problem(text)}."),)
    if problem.code in _WORDS:
        return (FieldError("public_key", _WORDS[problem.code]),)
    field = "key_id" if problem.code == "key_id_invalid" else problem.field
    return tuple(replace(one, field=field or "") for one in errors_of(problem, STAFF_LABELS))


def _rank(field: str) -> int:
    return next((at for at, name in enumerate(_FIELDS) if field.startswith(name)), len(_FIELDS))


def _read(request: PageRequest) -> _Sent:
    problems: list[CasillaError] = []
    key: PublicKey | None = None
    try:
        key = read_public_key(_key_text(request))
    except InvalidInput as error:
        problems += parts_of(error)
    key_id = plain(request.value("key_id")[:_LONGEST])
    if not key_id:
        problems.append(InvalidInput("field_empty", "", field="key_id"))
    days = {name: _typed_day(request, name) for name in _DAYS}
    for name, text in days.items():
        if not text:
            problems.append(InvalidInput("field_empty", "", field=name))
        elif read_day(text) is None:
            problems.append(InvalidInput("field_format", "", field=name))
    form = {"public_key": as_pem(key.der) if key else "", "key_id": key_id, **days}
    typed = replace(request, form={name: [text] for name, text in form.items()}, body=b"")
    return _Sent(typed, key, key_id, days, tuple(problems))


def _key_text(request: PageRequest) -> str:
    """Return what was pasted, or what the file holds; one in DER as base64.

    Raises:
        InvalidInput: `field_empty`, `public_key_unclear` or `public_key_unreadable`.

    """
    pasted, file = request.value("public_key").strip(), _file(request)
    if not file.content:
        if not pasted:
            raise InvalidInput("field_empty", "", field="public_key")
        return pasted
    if pasted:
        detail = "Pega la clave o elige su archivo: una de las dos cosas."
        raise InvalidInput("public_key_unclear", detail, field="public_key")
    if len(file.content) > LARGEST_KEY_FILE:
        raise InvalidInput("public_key_unreadable", "", field="public_key")
    try:
        return file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return base64.b64encode(file.content).decode()


def _file(request: PageRequest) -> FormFile:
    none = FormFile("", b"")
    if not request.body:
        return none
    return read_form(request.headers.get("content-type", ""), request.body).files.get("public_key_file", none)


def _typed_day(request: PageRequest, name: str) -> str:
    parts = [request.value(f"{name}_{part}")[:_LONGEST] for part in DAY_PARTS]
    return join_day(*parts) if any(parts) else plain(request.value(name)[:_LONGEST])


def _shown(request: PageRequest) -> dict[str, Any]:
    """Return what the form shows; a first look suggests that the key is good from today on."""
    typed = {name: request.value(name) for name in _FIELDS}
    if not request.form:
        typed["not_before"] = _today().isoformat()
    return {"typed": typed, "years": LONGEST_LIFE.days // 365, "largest": LARGEST_KEY_FILE}


def _today() -> date:
    box = current()
    return box.calendar.local(box.clock()).date()


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), current().calendar.zone).astimezone(UTC)
