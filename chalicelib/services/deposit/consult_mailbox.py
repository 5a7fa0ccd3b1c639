"""Tell an entitled institution whether a mailbox can receive, and record that it asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import Event, EventType
from chalicelib.services.sender.authenticate_sender import SenderTools, authenticate_sender, require_active, wanted_for
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.store.deposit.consultation_store import ConsultationStore
from chalicelib.store.sender.nonce_store import nonce_token


def consult_mailbox(  # noqa: PLR0913 - who asks about whom, and where it is recorded
    mailbox_id: str | CasillaError,
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    consultations: ConsultationStore,
    new_event_id: Callable[[], str],
) -> bool:
    """Return whether the mailbox can receive; nothing else about it is told.

    Raises:
        InvalidInput: the mailbox's name is none.
        Forbidden: `institution_inactive`.

    """
    known = mailbox_id if isinstance(mailbox_id, str) else None
    found = tools.requests.load(replace(wanted_for(claim), mailbox_id=known))
    now = tools.clock()
    sender = authenticate_sender(request, claim, found, tools=tools)
    require_active(sender.institution)
    if isinstance(mailbox_id, CasillaError):
        raise mailbox_id
    event = Event(
        subject=f"mailbox#{mailbox_id}",
        type=EventType.MAILBOX_CONSULTED,
        occurred_at=now,
        event_id=new_event_id(),
        actor=sender.actor,
        origin=request.origin,
    )
    consultations.record(
        event,
        token=nonce_token(claim.keyid, claim.nonce),
        digest=sender.proof.digest,
        expires_at=claim.expires_at,
        now=now,
    )
    return found.mailbox is not None and found.mailbox.can_receive
