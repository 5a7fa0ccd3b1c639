"""Officers of `officer_world`'s institution, and the drafts that they write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.composition import attach_tools, composition_store, send_tools
from chalicelib.domain.deadline import Regime
from chalicelib.domain.deposit.recipient import Reception
from chalicelib.domain.institution.composition import (
    ChosenTerm,
    Composition,
    Heading,
    Recipient,
    Signers,
    begin,
)
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole, StaffState
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.services.institution.attach_files import AttachTools
from chalicelib.services.institution.send_composition import Sender, send_composition
from chalicelib.store.institution.composition_store import CompositionStore
from tests.deposit_world import INSTITUTION_ID, NOW
from tests.officer_world import DRAFT_ID, UPLOAD_ID, a_command

RECEPTION = Reception(can_receive=True, missing=(), regimes=tuple(Regime), mailbox_id="1-40000002")


def a_member(number: int = 1, **overrides: Any) -> StaffMember:
    member = StaffMember(
        f"s{number}",
        INSTITUTION_ID,
        f"4200000{number}",
        f"Operadora Ejemplo {number}",
        f"operadora{number}@entidad.example",
        StaffRole.OFFICER,
        StaffState.ACTIVE,
        permissions=(Permission.DEPOSIT,),
    )
    return replace(member, **overrides)


def a_composition(author: StaffMember | None = None, **overrides: Any) -> Composition:
    """Return a draft that lacks nothing."""
    command = a_command()
    document = command.document
    whole = replace(
        begin(DRAFT_ID, author or a_member(), NOW),
        is_office_chosen=True,
        recipient=Recipient(DocumentType.DNI, "40000002", command.mailbox_id, NOW, RECEPTION),
        case_file=command.case_file,
        heading=Heading(document.type, document.number, document.subject, document.issued_at),
        signers=Signers(document.office, document.signed_by, document.prepared_by),
        chosen_term=ChosenTerm(command.term),
        files=(AttachedFile(UPLOAD_ID, FileRole.MAIN, NOW, "carta.pdf", 900),),
    )
    return replace(whole, **overrides)


def an_annex(number: int, **overrides: Any) -> AttachedFile:
    return replace(AttachedFile(f"{number:032x}", FileRole.ANNEX, NOW, f"anexo-{number}.pdf", 900), **overrides)


def a_sender(member: StaffMember | None = None) -> Sender:
    return Sender(member or a_member(), "login-1", "192.0.2.7")


def store_of(box: Container) -> CompositionStore:
    return composition_store(box)


def attach_tools_of(box: Container) -> AttachTools:
    return attach_tools(box)


def deposit_draft(box: Container, member: StaffMember | None = None, *, seen_version: int = 1) -> Composition:
    """Deposit the draft of `a_composition` as its check page does."""
    return send_composition(DRAFT_ID, a_sender(member), seen_version=seen_version, tools=send_tools(box))


LATER = timedelta(minutes=1)
