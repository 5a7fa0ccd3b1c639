"""`/v1/acceptances`: the texts that who logged in has still to accept."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.session import Session
from chalicelib.handlers.api.access.opened import opened_as_json
from chalicelib.handlers.commands import access
from chalicelib.handlers.http import JsonRequest, json_response
from chalicelib.renderers.portal_texts import TEXTS, portal_texts

_ADDRESSES = {"terms": "/terminos", "privacy": "/privacidad"}
_LONGEST = 40


def show_due(_: JsonRequest, session: Session) -> Response:
    """List them, with where each is read."""
    texts = [portal_texts().text(name) for name in access.own_texts_due(session)]
    due = [
        {
            "text": text.name,
            "version": text.version,
            "title": text.title,
            "agreement": text.agreement,
            "address": f"{current().portal_url}{_ADDRESSES[text.name]}?version={text.version}",
        }
        for text in texts
    ]
    return json_response({"due": due})


def create(request: JsonRequest, session: Session) -> Response:
    """Accept them, in the versions that were read; the answer carries the token to go on with."""
    fields = request.fields()
    given: dict[str, str] = {}
    for one in fields.objects("texts", most=len(TEXTS)):
        given[one.text("text", longest=_LONGEST)] = one.text("version", longest=_LONGEST)
        one.close()
    fields.close()
    return json_response(opened_as_json(access.accept(given, session, origin=request.origin)), status=201)
