"""What a form was answered, kept for the page that the browser opens next: so no page is a form's own answer.

A form is answered 303, whatever became of it, and the page that follows says it. Going back to that page or loading it
again then sends nothing twice, and a browser asks nothing. The page's address has a mark, which belongs to what is
kept: without it, or with that of another page or tab, there is nothing, and the page is as it always is.

A stranger's is sealed in a cookie, so that nobody fills a table. A session's is in a draft, whose secret is the cookie.
Passwords, texts of captchas and codes are in neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.session import draft_tools, session_store
from chalicelib.domain.access.access_secret import is_same_secret, keyed_hash
from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.cookies import ANSWER_COOKIE, cookie
from chalicelib.handlers.page_request import CORRECT, DONE, KeptAnswer, PageRequest, own_address, with_parameter
from chalicelib.services.access.drafts import find_draft, keep_draft, open_sealed, seal_draft

LIFETIME = timedelta(minutes=20)
LONGEST_COOKIE = 3000
"""Characters, with its name and attributes. Gateways take 10 kB of headers; a registration's draft has four."""
_KIND = "answer"
_MARK_LENGTH = 8
_TAG_LENGTH = 8
_NEVER_KEPT = {"csrf", "captcha", "captcha_id", "code"}


def keep_answer(request: PageRequest, answer: KeptAnswer, at: str) -> tuple[str, str] | None:
    """Keep an answer for the page at an address; return that address with the mark, and the cookie.

    None where it cannot be kept, as it is too long for a cookie or the table does not answer: it is then shown at once.
    """
    path = at.partition("#")[0].partition("?")[0]
    if own_address(at, otherwise="") != at:
        return None
    box = current()
    mark, until = box.chance.new_token()[:_MARK_LENGTH], box.clock() + LIFETIME
    data = {"kind": _KIND, "mark": mark, "path": path, "owner": _owner(request), "answer": asdict(answer)}
    if not answer.is_whole:
        data["form"] = _typed(request.form)
    tag = _tag(path)
    try:
        if not request.is_inside:
            longest = LONGEST_COOKIE - len(cookie(ANSWER_COOKIE, f"{tag}~"))
            kept = seal_draft(data, valid_until=until, tools=draft_tools(box), longest=longest)
        else:
            kept = keyed_hash(pepper(box), "kept-answer", request.login_cookie)
            keep_draft(kept, data, valid_until=until, tools=draft_tools(box), now=box.clock())
    except CasillaError:
        return None
    name = DONE if answer.is_whole and not answer.is_refusal else CORRECT
    return with_parameter(at, name, mark), cookie(ANSWER_COOKIE, f"{tag}~{kept}")


def with_kept_answer(request: PageRequest) -> PageRequest:
    """Return a page's request with what its address's mark belongs to, and what was typed; as it is without a mark.

    No call for a stranger, one for a session.
    """
    mark = request.asked(CORRECT) or request.asked(DONE)
    tag, _, kept = request.cookies.get(ANSWER_COOKIE, "").partition("~")
    if request.method == "POST" or not mark or tag != _tag(request.path) or request.answer is not None:
        return request
    data = _open(request, kept)
    if data is None or (data.get("kind"), data.get("path")) != (_KIND, request.path):
        return request
    if not is_same_secret(mark, data["mark"]):
        return request
    answer = KeptAnswer(
        **{**data["answer"], "errors": tuple((field, text) for field, text in data["answer"]["errors"])}
    )
    return replace(request, answer=answer, form=data.get("form", {}))


def is_of_page(request: PageRequest, path: str) -> bool:
    """Tell whether what is kept, if anything, is for the page of a path."""
    return request.cookies.get(ANSWER_COOKIE, "").partition("~")[0] == _tag(path)


def _open(request: PageRequest, kept: str) -> dict[str, Any] | None:
    """Open what is the own: a cookie's within the same session or none, a draft's within a session of its user."""
    box = current()
    tools, now = draft_tools(box), box.clock()
    if "." in kept:
        data = open_sealed(kept, tools=tools, now=now)
        return data if data is not None and data.get("owner") == _owner(request) else None
    if not request.is_inside or not kept:
        return None
    data = find_draft(kept, tools=tools, now=now)
    return data if data is not None and _is_own(str(data.get("owner")), request) else None


def _is_own(owner: str, request: PageRequest) -> bool:
    """Tell whether a draft is of who is inside: of the staff by the cookie's second part, which never changes."""
    if request.session is None:
        return owner == _owner(request)
    return session_store(current()).is_tag_of(owner, request.session.user_id)


def _typed(form: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: values for name, values in form.items() if name not in _NEVER_KEPT and "password" not in name}


def _owner(request: PageRequest) -> str:
    """Return the part of a session's cookie that stays the same for a user; empty where there is none."""
    return request.login_cookie.partition(".")[2]


def _tag(path: str) -> str:
    """Return by what a cookie is known to be of another page, without opening it."""
    return hashlib.sha256(path.encode()).hexdigest()[:_TAG_LENGTH]
