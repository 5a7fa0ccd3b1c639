"""`/v1/hand-over` and `/v1/users/…/hand-over`: the principal user hands over to another (BOX-9)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.people.hand_over import standing_offer
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.commands.people import Answer
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response


def show(_: JsonRequest, session: Session) -> Response:
    """Show what the principal offered, if anything."""
    return json_response(_as_json(people.standing_offer(session).mailbox))


def offer(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Offer the mailbox to a user, if the own password came with it."""
    return json_response(
        _as_json(people.offer_mailbox(request.fields(), session, user_id, origin=request.origin)), status=202
    )


def answer(request: JsonRequest, session: Session) -> Response:
    """Accept or decline what is offered, or take it back; who accepts logs in again, by the mailbox's own username."""
    fields = request.fields()
    given = fields.choice("answer", Answer, ", ".join(Answer))
    fields.close()
    mailbox = people.answer_offer(given, session, origin=request.origin)
    user = mailbox.user(session.user_id)
    return json_response({**_as_json(mailbox), "username": None if user is None else mailbox.username_of(user)})


def _as_json(mailbox: Mailbox) -> dict[str, object]:
    offer = standing_offer(mailbox, current().clock())
    told = offer and {
        "user_id": offer.to,
        "offered_at": instant_in_json(offer.offered_at),
        "until": instant_in_json(offer.until),
    }
    return {"principal_id": mailbox.principal.user_id, "offer": told}
