"""`/borrador`: a form that was sent when the validation had expired; shown again, and sent only by the person (ACC-2).

What was typed is kept encrypted for an hour, and given back only to the user whose session it was typed in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.cookies import FORM_COOKIE, SESSION_COOKIE, cookie, no_cookie
from chalicelib.handlers.http import MAILBOX
from chalicelib.handlers.page import go_to, page, show
from chalicelib.handlers.page_request import FORM, PageRequest
from chalicelib.handlers.web.labels import label_of, words_of

if TYPE_CHECKING:
    from chalicelib.domain.session import Session
    from chalicelib.services.access.drafts import DraftTools

kept_forms = Blueprint(__name__)

KEPT_PAGE = "/borrador"
RESENT = "resent"
"""The hidden field that says that a form comes from this page."""
_LIFETIME = timedelta(hours=1)
_NEVER_KEPT = {"csrf", RESENT}


def keep_form(request: PageRequest) -> list[str]:
    """Keep what was typed, and return the cookie that finds it; none where there is nothing to keep, or nobody's."""
    from chalicelib.services.access.drafts import keep_draft

    owner = _owner(request)
    typed = {name: values for name, values in request.form.items() if name not in _NEVER_KEPT}
    if not owner or not typed or any("password" in name for name in typed):
        return []
    box = current()
    secret, now = box.new_token(), box.clock()
    data = {"path": request.path, "form": typed, "owner": owner}
    keep_draft(secret, data, valid_until=now + _LIFETIME, tools=_tools(), now=now)
    return [cookie(FORM_COOKIE, secret)]


def forget_form(request: PageRequest) -> list[str]:
    """Drop what was kept, once it was sent, and return the cookie's end."""
    from chalicelib.services.access.drafts import drop_draft

    secret = request.cookies.get(FORM_COOKIE, "")
    if secret:
        drop_draft(secret, tools=_tools())
    return [no_cookie(FORM_COOKIE)]


@kept_forms.route(KEPT_PAGE, methods=["GET"])
@page(kept_forms, access=MAILBOX)
def show_kept_form(request: PageRequest, session: Session) -> Response:  # noqa: ARG001 - that there is one
    """Show what was typed, to be sent or thrown away."""
    kept = _find(request)
    if kept is None:
        return show(request, "kept_form_none.html", cookies=[no_cookie(FORM_COOKIE)])
    pairs = [(name, value) for name, values in kept["form"].items() for value in values]
    rows = [
        {"label": label_of(name), "value": words_of(name, value), "change": ""}
        for name, value in pairs
        if label_of(name)
    ]
    return show(request, "kept_form.html", path=kept["path"], pairs=pairs, rows=rows)


@kept_forms.route(f"{KEPT_PAGE}/descartar", methods=["POST"], content_types=FORM)
@page(kept_forms, access=MAILBOX)
def discard_kept_form(request: PageRequest, session: Session) -> Response:  # noqa: ARG001 - as above
    """Throw it away."""
    return go_to("/casilla", cookies=forget_form(request))


def _find(request: PageRequest) -> dict[str, Any] | None:
    from chalicelib.domain.access.access_secret import is_same_secret
    from chalicelib.services.access.drafts import find_draft

    secret = request.cookies.get(FORM_COOKIE, "")
    kept = find_draft(secret, tools=_tools(), now=current().clock()) if secret else None
    return kept if kept is not None and is_same_secret(kept["owner"], _owner(request)) else None


def _owner(request: PageRequest) -> str:
    """Return the part of the session's cookie that stays the same for a user and names them to no one."""
    return request.cookies.get(SESSION_COOKIE, "").partition(".")[2]


def _tools() -> DraftTools:
    from chalicelib.services.access.drafts import DraftTools

    box = current()
    return DraftTools(box.tokens, box.pepper, box.new_token)
