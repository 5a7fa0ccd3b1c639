"""`/revisar-archivo`: whether a file would be taken, told before it is signed or deposited; nothing of it is kept."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlsplit

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.domain.access.csrf import check_csrf
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import Verdict
from chalicelib.domain.upload.upload import MAX_FILE_SIZE, MAX_INLINE_SIZE
from chalicelib.handlers.commands.file_check import find, grant, judge
from chalicelib.handlers.cookies import CHECK_COOKIE, cookie
from chalicelib.handlers.fault import page_policy
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.session_page import within_own_session
from chalicelib.handlers.web.access.captcha import new_captcha
from chalicelib.handlers.web.labels import LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form

ROLES = ((FileRole.MAIN.value, "El documento que se notifica"), (FileRole.ANNEX.value, "Un anexo"))
_NONE = FormFile("", b"")
_PAGE, _LARGE = "/revisar-archivo", "file_check_large.html"


def show_file_check(request: PageRequest) -> Response:
    """Ask for a file, what it will be, and a captcha where there is no session."""
    return _form_page(within_own_session(request))


def check_by_form(request: PageRequest) -> Response:
    """Tell the verdict."""
    within = within_own_session(request)
    sent = read_form(request.headers.get("content-type", ""), request.body)
    within = replace(within, form={name: [text] for name, text in sent.texts.items()})
    file = sent.files.get("file", _NONE)
    check_own(within)
    try:
        fields = within.fields("role", captcha=True)
        verdict = judge(fields, file.filename, file.content, session=within.session, origin=within.origin)
    except CasillaError as error:
        return _form_page(within, error)
    return verdict_page(within, verdict, role=within.value("role"))


def show_large_file_check(request: PageRequest) -> Response:
    """Ask what a larger file will be, and for a captcha where there is no session."""
    return _form_page(within_own_session(request), template=_LARGE)


def grant_by_form(request: PageRequest) -> Response:
    """Show a form that sends the file to the store, without a script, and comes back to what was found."""
    within = within_own_session(request)
    check_own(within)
    secret = within.cookies.get(CHECK_COOKIE) or current().chance.new_token()
    try:
        fields = within.fields("role", captcha=True)
        address, form = grant(fields, secret, session=within.session, origin=within.origin, page=_PAGE)
    except CasillaError as error:
        return _form_page(within, error, template=_LARGE)
    response = show(
        within,
        "file_check_send.html",
        cookies=[cookie(CHECK_COOKIE, secret)],
        sending=form,
        address=address,
        largest=MAX_FILE_SIZE,
    )
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
    within = within_own_session(request)
    if found is None or found.verdict is None:
        return show(within, "file_check_waiting.html", is_waiting=found is None, address=f"{_PAGE}/{check_id}")
    return verdict_page(within, found.verdict, role=found.role)


def check_own(request: PageRequest) -> None:
    """Take a form within a session only with that session's token."""
    if request.session is not None:
        check_csrf(pepper(current()), request.session, request.value("csrf"))


def verdict_page(request: PageRequest, verdict: Verdict, *, role: str) -> Response:
    """Say what was found."""
    return show(request, "file_check_verdict.html", verdict=verdict, is_main=role == FileRole.MAIN)


def _form_page(
    request: PageRequest, error: CasillaError | None = None, *, template: str = "file_check.html"
) -> Response:
    captcha = None if request.session else new_captcha()
    context = {
        "roles": ROLES,
        "largest": MAX_INLINE_SIZE,
        "role": request.value("role") or FileRole.MAIN.value,
        "captcha": captcha,
    }
    return show_form(request, template, error, LABELS, **context)
