"""`/no-fui-yo`: what the link or the code of a told change opens; its button freezes the mailbox (REG-11).

Looking changes nothing. The address is no one's to find: whoever has it got it where the mailbox was registered before.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, show, show_form, tell
from chalicelib.handlers.page_request import PageRequest, with_typed
from chalicelib.handlers.web.labels import LABELS
from chalicelib.renderers.access.contest_words import changed_in_words
from chalicelib.services.access.contest_change import ContestUnusable, contest_change, show_contest
from chalicelib.services.access.make_email_effective import confirm_email
from chalicelib.services.access.tell_change import CONTEST_PAGE

_UNSEEN = {"X-Robots-Tag": "noindex, nofollow"}
_LONGEST = 60


def show_contest_form(request: PageRequest) -> Response:
    """Ask for the code of an SMS."""
    return show(request, "access/contest_code.html", typed=request.value("typed"))


def find_by_code(request: PageRequest) -> Response:
    """Lead a code to its page; whether it is one of ours is told there."""
    fields = request.fields("code")
    typed = ""
    try:
        typed = fields.text("code", longest=_LONGEST)
        fields.close()
        code = parse_code(typed)
    except CasillaError as error:
        request = with_typed(request, typed=typed[:_LONGEST])
        told = InvalidInput(error.code, error.detail, field="code")
        return show_form(request, "access/contest_code.html", told, LABELS, typed=typed)
    return go_to(f"{CONTEST_PAGE}/{quote(code)}")


def show_change(request: PageRequest, token: str) -> Response:
    """Say what was changed and what freezing does, or that it is frozen."""
    box = current()
    try:
        contest = show_contest(token, tools=access_tools(box), now=box.clock())
    except ContestUnusable as error:
        return _over(request, error)
    words = changed_in_words(contest.change.kind, "una casilla electrónica")
    is_confirmed = bool(request.asked("hecho")) and contest.waiting is None
    response = show(
        request, "access/contest.html", contest=contest, changed=words, token=token, is_confirmed=is_confirmed
    )
    response.headers.update(_UNSEEN)
    return response


def freeze_by_button(request: PageRequest, token: str) -> Response:
    """Freeze the mailbox, and lead to the page that says so."""
    try:
        contest_change(token, origin=request.origin, tools=access_tools(current()))
    except ContestUnusable as error:
        return _over(request, error)
    return go_to(f"{CONTEST_PAGE}/{quote(token, safe='')}")


def confirm_by_button(request: PageRequest, token: str) -> Response:
    """Have the new address count at once, and lead to the page that says so."""
    try:
        confirm_email(token, origin=request.origin, tools=access_tools(current()))
    except ContestUnusable as error:
        return _over(request, error)
    return go_to(f"{CONTEST_PAGE}/{quote(token, safe='')}?hecho=si")


def _over(request: PageRequest, error: ContestUnusable) -> Response:
    log_refusal(error)
    return tell(request, "access/contest_over.html", status=HTTPStatus.NOT_FOUND, detail=error.detail)
