"""`/verificar`: whether a receipt was issued, and what it says, for whoever holds it; not for search engines (REC-5).

What is asked for stands in the address, so that it can be opened again. A file is hashed in the browser, or here and
forgotten. A captcha is sent by a form, which leads to the same address with the proof of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import quote, unquote, urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.audit.audit import IssuedAudit, LookerKind
from chalicelib.domain.errors import CasillaError, InvalidInput, TooLarge, TooManyRequests
from chalicelib.domain.evidence.receipt import LARGEST_FILE, LARGEST_SENT, Verification, read_verification
from chalicelib.handlers.commands.access import read_captcha
from chalicelib.handlers.commands.evidence import prove, verify
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest, with_typed
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.audit.look_words import days_in_words
from chalicelib.renderers.evidence.cargo_page import shown_cargo
from chalicelib.renderers.evidence.receipt_page import shown_receipt
from chalicelib.services.access.admit_verification import VerificationCaptchaNeeded

PAGE = "/verificar"
_UNSEEN = {"X-Robots-Tag": "noindex, nofollow"}
_NO_FILE = FormFile("", b"")
_CAPTCHA = "evidence/captcha.html"
_LONGEST_ECHO = 200
_PROOF = "paso"
"""The parameter and field with what an answered captcha leaves."""
_SIZES: dict[str, Any] = {"largest": LARGEST_FILE, "largest_sent": LARGEST_SENT}


def _unlisted(view: Callable[..., Response]) -> Callable[..., Response]:
    """Have search engines leave a page out."""

    @wraps(view)
    def shown(request: PageRequest, **parameters: str) -> Response:
        response = view(request, **parameters)
        response.headers.update(_UNSEEN)
        return response

    return shown


@_unlisted
def show_verification(request: PageRequest) -> Response:
    """Ask for a code or a file; lead a code to its own address, and look for a file by its hash."""
    code, sha256 = request.asked("code"), request.asked("sha256")
    if not code and not sha256:
        return _form_page(request)
    return _looked_for(request, code, sha256, leads_on=bool(code.strip()))


@_unlisted
def show_receipt(request: PageRequest, code: str) -> Response:
    """Show what the receipt of a code says, and what a file is to it whose hash is given."""
    return _looked_for(request, unquote(code), request.asked("sha256"))


@_unlisted
def verify_by_form(request: PageRequest) -> Response:
    """Hash a file that was sent, and lead to the address of what is asked for."""
    sent = read_form(request.headers.get("content-type", ""), request.body)
    request = replace(request, form={name: [text] for name, text in sent.texts.items()})
    code, sha256 = request.value("code"), request.value("sha256")
    file = sent.files.get("file", _NO_FILE)
    if len(file.content) > LARGEST_SENT:
        detail = (
            "El archivo pasa de 4 MB, lo más que se puede enviar. Calcula su SHA-256 en tu equipo y pégalo aquí, o"
            " abre esta página con JavaScript: entonces el archivo no se envía."
        )
        return _form_page(request, TooLarge("file_too_large_here", detail, field="file"), code=code[:_LONGEST_ECHO])
    if file.filename and not file.content:
        detail = "El archivo está vacío: tiene 0 bytes. Elige la constancia en PDF o un documento notificado."
        return _form_page(request, InvalidInput("file_empty", detail, field="file"), code=code[:_LONGEST_ECHO])
    if file.filename:
        sha256 = hashlib.sha256(file.content).hexdigest()
    if "captcha_id" in request.form:
        return _proven(request, code, sha256)
    by_file = request.value("by") == "file"
    return _looked_for(request, code, sha256, by_file=by_file, leads_on=True)


def _proven(request: PageRequest, code: str, sha256: str) -> Response:
    """Lead whoever answered a captcha to the address of what is asked for, which then can be reloaded and kept."""
    try:
        asked = read_verification(code, sha256)
    except InvalidInput as error:
        return _form_page(request, error, **_typed(code, sha256))
    try:
        captcha = read_captcha(request.fields(captcha=True))
        proof = prove(asked, captcha, origin=request.origin) if captcha else ""
    except InvalidInput as wrong:
        return _captcha_page(request, asked, "", error=wrong)
    return go_to(_address(asked, proof))


def _looked_for(
    request: PageRequest, code: str, sha256: str, *, by_file: bool = False, leads_on: bool = False
) -> Response:
    """Tell what was found; a typing mistake is told before anything is read or counted."""
    try:
        asked = read_verification(code, sha256, by_file=by_file)
    except InvalidInput as error:
        return _form_page(request, error, **_typed(code, sha256))
    if leads_on:
        return go_to(_address(asked, request.value(_PROOF)))
    if request.answer is not None and request.answer.template == _CAPTCHA:
        return _captcha_page(request, asked, "")
    return _found_page(request, asked, request.asked(_PROOF))


def _typed(code: str, sha256: str) -> dict[str, str]:
    return {"code": code[:_LONGEST_ECHO], "sha256": sha256[:_LONGEST_ECHO]}


def _found_page(request: PageRequest, asked: Verification, proof: str) -> Response:
    try:
        found = verify(asked, proof=proof, origin=request.origin)
    except VerificationCaptchaNeeded as needed:
        log_refusal(needed)
        return _captcha_page(request, asked, needed.detail, status=429)
    except TooManyRequests as spent:
        return show_form(request, "evidence/busy.html", spent, {}, address=_address(asked, proof))
    context: dict[str, Any] = {"asked": asked, "proof": proof[:_LONGEST_ECHO], **_SIZES}
    if found.audit is not None and not found.receipts:
        return _audit_page(request, asked, found.audit, context)
    if found.filing is not None and not found.receipts:
        box = current()
        cargo = shown_cargo(found.filing, asked.code, asked.sha256, portal=box.portal_url, zone=box.calendar.zone)
        return show(request, "evidence/filing.html", cargo=cargo, **context)
    if not found.receipts:
        return show(request, "evidence/unknown.html", status=404, **context)
    zone = current().calendar.zone
    receipts = [shown_receipt(issued, zone, sha256=asked.sha256) for issued in found.receipts]
    return show(request, "evidence/receipt.html", receipts=receipts, **context)


def _audit_page(request: PageRequest, asked: Verification, audit: IssuedAudit, context: dict[str, Any]) -> Response:
    """Show what is public of a list of looks: neither holders nor who looked."""
    compared = audit.compared(asked.sha256)
    days, is_of_key = days_in_words(audit.span), audit.kind is LookerKind.KEY
    return show(
        request, "evidence/audit.html", audit=audit, compared=compared, days=days, is_of_key=is_of_key, **context
    )


def _captcha_page(
    request: PageRequest, asked: Verification, why: str, *, status: int = 200, error: CasillaError | None = None
) -> Response:
    context: dict[str, Any] = {"asked": asked, "why": why, "captcha": new_captcha()}
    if error is not None:
        return show_form(request, _CAPTCHA, error, LABELS, at=_address(asked), **context)
    return show(request, _CAPTCHA, status=status, **context)


def _form_page(
    request: PageRequest, error: CasillaError | None = None, *, code: str = "", sha256: str = ""
) -> Response:
    if error is not None:
        request = with_typed(request, typed=code, sha256=sha256)
    typed = {"code": request.value("typed"), "sha256": request.value("sha256")}
    return show_form(request, "evidence/verify.html", error, LABELS, **typed, **_SIZES)


def _address(asked: Verification, proof: str = "") -> str:
    path = f"{PAGE}/{quote(asked.code)}" if asked.code else PAGE
    parameters = {"sha256": asked.sha256, _PROOF: proof[:_LONGEST_ECHO]}
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{path}?{query}" if query else path
