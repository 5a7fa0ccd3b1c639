"""What follows once an applicant has shown the code: the mailbox, or first the registry where it was not asked yet.

Only here is anything counted that refuses: a document asked about by one inbox, which only its reader can spend.
"""

from __future__ import annotations

import logging
from functools import partial

from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import InvalidInput, Unavailable
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.registration import (
    Registration,
    RegistrationState,
    confirmed,
    postponed,
    proven,
    put_off,
    refused,
)
from chalicelib.domain.registration.registration_policy import (
    PROVEN_PER_DOCUMENT,
    PROVEN_PER_DOCUMENT_AND_INBOX,
    PROVEN_PER_NEIGHBOURHOOD,
    PROVEN_PER_NETWORK,
    proven_standing,
)
from chalicelib.renderers.registration.registration_letters import put_off_letter, waiting_letter
from chalicelib.services.registration.admit_registration import tally_all
from chalicelib.services.registration.check_identity import asked_by_applicant
from chalicelib.services.registration.complete_registration import open_or_hold
from chalicelib.services.registration.registry_quota import Drawn, check_drawn, draw_first
from chalicelib.services.registration.tools import RegistrationTools, send_letter, try_to_send

_logger = logging.getLogger(__name__)


def go_on_with_proof(registration: Registration, *, origin: str, tools: RegistrationTools) -> Registration:
    """Complete a registration whose address was just proved; one that no registry confirmed is asked about first.

    Returned completed, or waiting for the registry.

    Raises:
        InvalidInput: the registry's refusal, which ends the registration.
        TooManyRequests: `limit_reached`: this document was asked about three times today for this inbox.
        RegistrationChanged: `registration_changed`.
        Unavailable: `store_unavailable`; another code can be asked for.

    """
    if registration.state is not RegistrationState.AWAITING_PROOF:
        return open_or_hold(registration, tools=tools)
    pair, now = PROVEN_PER_DOCUMENT_AND_INBOX, tools.clock()
    key = pair.key(*registration.document, inbox_of(registration.email))
    tools.limits.spend(key, limit=pair.limit, window_s=pair.window_s, now=now)
    shown = proven(registration)
    drawn = _draw(shown, origin, tools)
    if drawn is None:
        waiting = tools.registrations.update(put_off(shown, now))
        try_to_send(partial(send_letter, put_off_letter(), waiting, tools))
        return waiting
    return _ask(shown, drawn, origin, tools)


def _draw(registration: Registration, origin: str, tools: RegistrationTools) -> Drawn | None:
    network, neighbourhood = network_of(origin), neighbourhood_of(origin)
    counted = {
        PROVEN_PER_DOCUMENT: registration.document,
        PROVEN_PER_NETWORK: (network,),
        PROVEN_PER_NEIGHBOURHOOD: (neighbourhood,),
    }
    seen = tally_all(counted, tools)
    drawn = None
    is_document_crowded = seen[PROVEN_PER_DOCUMENT] > PROVEN_PER_DOCUMENT.limit
    if not is_document_crowded:
        standing = proven_standing(by_network=seen[PROVEN_PER_NETWORK], by_neighbourhood=seen[PROVEN_PER_NEIGHBOURHOOD])
        drawn = draw_first(registration, standing, tools=tools)
    if drawn is None:
        why = "document" if is_document_crowded else "quota"
        _logger.warning("registration put off", extra={"registry": registration.registry.value, "reason": why})
    return drawn


def _ask(registration: Registration, drawn: Drawn, origin: str, tools: RegistrationTools) -> Registration:
    consultation = asked_by_applicant(registration.key, origin)
    try:
        result = check_drawn(registration.claim, consultation, drawn, tools=tools)
        refuse_unless_confirmed(result, is_authenticated=registration.is_authenticated)
    except Unavailable as error:
        if error.code != "registry_unavailable":
            raise
        waiting = tools.registrations.update(postponed(registration, tools.clock()))
        try_to_send(partial(send_letter, waiting_letter(), waiting, tools))
        return waiting
    except InvalidInput:
        tools.registrations.update(refused(registration))
        raise
    return open_or_hold(confirmed(registration, result, tools.clock()), tools=tools)
