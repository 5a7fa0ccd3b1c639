"""A form that was sent when the validation had expired, kept until the person has confirmed who they are (ACC-2).

What was typed is kept encrypted for an hour, and given back only to the user whose session it was typed in. It is kept
for a session that there was, and one form each, so that nobody without one leaves anything. Passwords are not kept, and
nothing of a form that only shows who one is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.session import draft_tools, session_store, token_store
from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import TooLarge
from chalicelib.handlers.cookies import FORM_COOKIE, SESSION_COOKIE, STAFF_COOKIE, cookie, no_cookie
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.access.drafts import drop_draft, find_draft, keep_draft

KEPT_PAGE = "/borrador"
CONSOLE = ("/entidad", "/plataforma")
"""Where the staff's pages are."""
RESENT = "resent"
"""The hidden field that says that a form comes from this page."""
_LIFETIME = timedelta(hours=1)
_TOO_LARGE = (
    "Antes de continuar tienes que confirmar quién eres, y lo que escribiste es demasiado largo para guardarlo. Vuelve"
    " atrás en tu navegador, cópialo, ingresa otra vez y pégalo."
)
_NEVER_KEPT = {"csrf", RESENT, "public_key"}
"""What is sent as a public key may be a private one."""
_TYPED_BY_NOBODY = {"version", "volver", "deed"}
"""A form of these alone has nothing to keep: its own page shows what is about to be done, this one could not."""
_SHOWS_WHO = {"captcha_id", "code_id"}


def keep_form(request: PageRequest) -> list[str]:
    """Keep what was typed, and return the cookie that finds it; none where there is nothing to keep, or nobody's.

    Raises:
        TooLarge: `form_too_large`.

    """
    name = _cookie_of(request)
    owner = _owner(request)
    typed = {
        name: values for name, values in request.form.items() if name not in _NEVER_KEPT and "password" not in name
    }
    if not owner or typed.keys() <= _TYPED_BY_NOBODY or _SHOWS_WHO & request.form.keys():
        return []
    box = current()
    session_cookie, now = request.cookies[name], box.clock()
    if not _existed(name, session_cookie):
        return []
    secret = keyed_hash(pepper(box), "kept-form", session_cookie)
    data = {"path": request.path, "form": typed, "owner": owner}
    try:
        keep_draft(secret, data, valid_until=now + _LIFETIME, tools=draft_tools(box), now=now)
    except TooLarge as error:
        raise TooLarge("form_too_large", _TOO_LARGE) from error
    return [cookie(FORM_COOKIE, secret)]


def is_done_anew(request: PageRequest) -> bool:
    """Tell whether a form is sent again from its own page: it had a file, or nothing but which version it was of."""
    return bool(request.body) or ("version" in request.form and request.form.keys() <= {"csrf", *_TYPED_BY_NOBODY})


def find_form(request: PageRequest, user_id: str) -> dict[str, Any] | None:
    """Return `path` and `form` of what this user has kept; None where there is nothing, or it is another's."""
    kept = _find(request)
    return kept if kept is not None and session_store(current()).is_tag_of(kept["owner"], user_id) else None


def find_form_of_staff(request: PageRequest) -> dict[str, Any] | None:
    """Return the same of who of the staff is inside."""
    kept = _find(request)
    return kept if kept is not None and kept["owner"] == _owner(request) else None


def forget_form(request: PageRequest) -> list[str]:
    """Drop what was kept, once it was sent, and return the cookie's end."""
    secret = request.cookies.get(FORM_COOKIE, "")
    if secret:
        drop_draft(secret, tools=draft_tools(current()))
    return [no_cookie(FORM_COOKIE)]


def _find(request: PageRequest) -> dict[str, Any] | None:
    secret, box = request.cookies.get(FORM_COOKIE, ""), current()
    return find_draft(secret, tools=draft_tools(box), now=box.clock()) if secret else None


def _cookie_of(request: PageRequest) -> str:
    """Return which session's form it is: a person's, or on the console's pages the staff's."""
    return STAFF_COOKIE if request.path.startswith(CONSOLE) else SESSION_COOKIE


def _existed(name: str, cookie: str) -> bool:
    if name == SESSION_COOKIE:
        return session_store(current()).existed(cookie)
    secret, _, _ = cookie.partition(".")
    return token_store(current()).find(TokenKind.STAFF_SESSION, secret) is not None


def _owner(request: PageRequest) -> str:
    """Return the part of the session's cookie that stays the same for a user and names them to no one else."""
    return request.cookies.get(_cookie_of(request), "").partition(".")[2]
