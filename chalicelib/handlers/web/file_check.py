"""`/revisar-archivo`: whether a file would be taken, told before it is signed or deposited; nothing of it is kept."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import quote, urlsplit

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.domain.access.csrf import check_csrf
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import Verdict
from chalicelib.domain.upload.upload import MAX_FILE_SIZE, MAX_INLINE_SIZE
from chalicelib.handlers.commands.file_check import find, form_to_send, grant, judge
from chalicelib.handlers.cookies import CHECK_COOKIE, cookie
from chalicelib.handlers.fault import page_policy
from chalicelib.handlers.page import answer_form, go_to, show, show_form, tell
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form

ROLES = ((FileRole.MAIN.value, "El documento que se notifica"), (FileRole.ANNEX.value, "Un anexo"))
_NONE = FormFile("", b"")
_PAGE, _LARGE = "/revisar-archivo", "file_check_large.html"
_VERDICT, _SEND = "file_check_verdict.html", "file_check_send.html"


def show_file_check(request: PageRequest) -> Response:
    """Ask for a file, what it will be, and a captcha where there is no session; or tell the verdict on one."""
    return _form_page(request)


def check_by_form(request: PageRequest) -> Response:
    """Tell the verdict."""
    sent = read_form(request.headers.get("content-type", ""), request.body)
    within = replace(request, form={name: [text] for name, text in sent.texts.items()})
    file = sent.files.get("file", _NONE)
    check_own(within)
    try:
        fields = within.fields("role", captcha=True)
        verdict = judge(fields, file.filename, file.content, session=within.session, origin=within.origin)
    except CasillaError as error:
        return _form_page(within, error)
    return tell(within, _VERDICT, verdict=asdict(verdict), is_main=within.value("role") == FileRole.MAIN)


def show_large_file_check(request: PageRequest) -> Response:
    """Ask what a larger file will be, and for a captcha where there is no session; then show a form that sends it."""
    if request.answer is not None and request.answer.template == _SEND:
        return _send_page(request, request.answer.context["check_id"], FileRole(request.answer.context["role"]))
    return _form_page(request, template=_LARGE)


def grant_by_form(request: PageRequest) -> Response:
    """Lead to a form that sends the file to the store, without a script, and comes back to what was found."""
    check_own(request)
    secret = request.cookies.get(CHECK_COOKIE) or current().chance.new_token()
    try:
        fields = request.fields("role", captcha=True)
        check_id, role = grant(fields, session=request.session, origin=request.origin)
    except CasillaError as error:
        return _form_page(request, error, template=_LARGE)
    return _send_page(request, check_id, role, secret)


def _send_page(request: PageRequest, check_id: str, role: FileRole, new_secret: str = "") -> Response:
    form = form_to_send(check_id, role, new_secret or request.cookies.get(CHECK_COOKIE, ""), page=_PAGE)
    if form is None:
        return go_to(f"{_PAGE}/grande")
    values: dict[str, Any] = {"sending": form, "address": f"{_PAGE}/{check_id}", "largest": MAX_FILE_SIZE}
    if new_secret:
        kept = KeptAnswer(template=_SEND, context={"check_id": check_id, "role": role.value})
        response = answer_form(request, kept, cookies=[cookie(CHECK_COOKIE, new_secret)], **values)
    else:
        response = show(request, _SEND, **values)
    parts = urlsplit(form.address)
    response.headers.update(page_policy(f"{parts.scheme}://{parts.netloc}"))
    return response


def show_large_verdict(request: PageRequest, check_id: str) -> Response:
    """Say what was found of a file that was sent apart, or that it waits.

    The store adds the object's key to the address it leads to, and with it the file's name: that is dropped.
    """
    if request.query:
        return go_to(f"{_PAGE}/{quote(check_id, safe='')}")
    found = find(check_id, request.cookies.get(CHECK_COOKIE, ""))
    if found is None or found.verdict is None:
        return show(request, "file_check_waiting.html", is_waiting=found is None, address=f"{_PAGE}/{check_id}")
    return verdict_page(request, found.verdict, role=found.role)


def check_own(request: PageRequest) -> None:
    """Take a form within a session only with that session's token."""
    if request.session is not None:
        check_csrf(pepper(current()), request.session, request.value("csrf"))


def verdict_page(request: PageRequest, verdict: Verdict, *, role: str) -> Response:
    """Say what was found."""
    return show(request, _VERDICT, verdict=verdict, is_main=role == FileRole.MAIN)


def _form_page(
    request: PageRequest, error: CasillaError | None = None, *, template: str = "file_check.html"
) -> Response:
    captcha = None if request.session else new_captcha()
    context: dict[str, Any] = {
        "roles": ROLES,
        "largest": MAX_INLINE_SIZE,
        "role": request.value("role") or FileRole.MAIN.value,
        "captcha": captcha,
    }
    return show_form(request, template, error, LABELS, **context)
