"""Tell an entitled institution whether a mailbox can receive from it, and record that it asked."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.deposit.recipient import Reception, foresee_reception
from chalicelib.domain.errors import CasillaError, Forbidden
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.sender.consultation_policy import CONSULTATIONS
from chalicelib.domain.sender.officer import Officer
from chalicelib.services.deposit.depositor import Known, as_known, officer_known, wanted_of
from chalicelib.services.deposit.record_consultation import Asked, ConsultationTools, led_on, record_consultation
from chalicelib.services.sender.authenticate_sender import (
    AuthenticatedSender,
    SenderTools,
    authenticate_sender,
    require_active,
    wanted_for,
)
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.store.request_store import RequestStore
from chalicelib.store.sender.count_store import counter_of


def consult_mailbox(
    mailbox_id: str | CasillaError,
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    consultations: ConsultationTools,
) -> Reception:
    """Return whether the mailbox can receive, what it lacks and which channels live; nothing else about it is told.

    A request that was proven and names a mailbox is recorded and counted, also when it is then refused.

    Raises:
        InvalidInput: the mailbox's name is none.
        Forbidden: `institution_inactive`.
        TooManyRequests: `consultation_limit`.
        Unavailable: nothing was recorded, so nothing is told.

    """
    known = mailboxes_of_holder(mailbox_id, consultations.prefixes) if isinstance(mailbox_id, str) else ()
    counter = counter_of(CONSULTATIONS, claim.institution_id, claim.nonce, tools.clock())
    found = tools.requests.load(replace(wanted_for(claim), mailbox_ids=known, counter_token=counter.token))
    sender = authenticate_sender(request, claim, found, tools=tools)
    inactive = _inactive(sender)
    if isinstance(mailbox_id, CasillaError):
        raise inactive or mailbox_id
    data = {**({"refused": inactive.code} if inactive else {}), **led_on(mailbox_id, found.mailbox)}
    asked = Asked(mailbox_id, as_known(sender), data)
    record_consultation(asked, counter, counted=found.counted, tools=consultations)
    if inactive:
        raise inactive
    return foresee_reception(found.mailbox, sender.institution, consultations.reach)


def consult_for_officer(
    mailbox_id: str, *, officer: Officer, reason: str, requests: RequestStore, consultations: ConsultationTools
) -> Reception:
    """Return the same to an officer, who says why they ask; that is recorded and counted as a system's is.

    Raises:
        Forbidden: `institution_inactive`.
        TooManyRequests: `consultation_limit`.
        Unavailable: nothing was recorded, so nothing is told.

    """
    spread = consultations.new_event_id()
    counter = counter_of(CONSULTATIONS, officer.institution_id, spread, consultations.clock())
    known_as = mailboxes_of_holder(mailbox_id, consultations.prefixes)
    found = requests.load(replace(wanted_of(officer), mailbox_ids=known_as, counter_token=counter.token))
    known = officer_known(officer, found)
    inactive = _inactive(known)
    data = {"reason": reason, **({"refused": inactive.code} if inactive else {}), **led_on(mailbox_id, found.mailbox)}
    record_consultation(Asked(mailbox_id, known, data), counter, counted=found.counted, tools=consultations)
    if inactive:
        raise inactive
    return foresee_reception(found.mailbox, known.institution, consultations.reach)


def _inactive(sender: AuthenticatedSender | Known) -> Forbidden | None:
    try:
        require_active(sender.institution)
    except Forbidden as refusal:
        return refusal
    return None
