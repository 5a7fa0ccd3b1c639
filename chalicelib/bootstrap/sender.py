"""What finding out who sends a signed request needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.domain.sender.fair_share import share_of
from chalicelib.services.sender.authenticate_sender import SenderTools
from chalicelib.services.sender.fair_share import FairShare
from chalicelib.services.sender.note_use import NoteUse
from chalicelib.store.request_store import RequestStore
from chalicelib.store.sender.console_use_store import ConsoleUseStore
from chalicelib.store.sender.count_store import CountStore
from chalicelib.store.sender.institution_store import InstitutionStore
from chalicelib.store.sender.key_use_store import KeyUseStore
from chalicelib.store.sender.nonce_store import NonceStore


@made_once
def institution_store(box: Container) -> InstitutionStore:
    """Institutions and their keys."""
    return InstitutionStore(connection(box))


@made_once
def note_use(box: Container) -> NoteUse:
    """Notes that officers consult."""
    connection(box)
    return NoteUse(ConsoleUseStore(), lambda: box.calendar.local(box.clock()).date())


@made_once
def fair_share(box: Container) -> FairShare:
    """What this process let through of each sender."""
    connection(box)
    return FairShare(CountStore(), share_of(int(box.config.sender_rate)), box.clock)


@made_once
def sender_tools(box: Container) -> SenderTools:
    """Senders by what they sign."""
    shared, nonces = connection(box), NonceStore()
    return SenderTools(
        requests=RequestStore(shared),
        nonces=nonces,
        uses=KeyUseStore(shared, nonces),
        share=fair_share(box),
        authority=box.config.api_authority,
        clock=box.clock,
        local_day=lambda at: box.calendar.local(at).date(),
    )
