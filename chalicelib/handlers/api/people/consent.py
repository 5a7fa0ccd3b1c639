"""`/v1/consent`: whether notices are wanted in the mailbox; revoked for the future, or given again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.session import Session
from chalicelib.handlers.admission import before_texts
from chalicelib.handlers.commands import people
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response


@before_texts
def show(_: JsonRequest, session: Session) -> Response:
    """Show how it stands."""
    return json_response(_as_json(session))


@before_texts
def change(request: JsonRequest, session: Session) -> Response:
    """Revoke or give it, from now on."""
    fields = request.fields()
    is_given = fields.flag("is_given")
    fields.close()
    people.set_consent(session, is_given=is_given, origin=request.origin)
    return json_response(_as_json(session))


def _as_json(session: Session) -> dict[str, object]:
    shown = people.shown_consent(session)
    said = shown.mailbox.consent
    return {
        "is_given": shown.mailbox.has_consent,
        "since": said and instant_in_json(said.at),
        "mandatory_by": shown.norm,
        "can_change": shown.asking.is_principal,
    }
