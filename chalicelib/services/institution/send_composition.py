"""Deposit a draft, as somebody saw it: once, whoever sends it how often."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.deposit.deposit import DepositCommand, DepositHint, SentFile
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, NotReady, Unavailable, refusal_of
from chalicelib.domain.institution.answered_filing import AnsweredFiling
from chalicelib.domain.institution.composition import (
    Composition,
    CompositionState,
    Part,
    composition_changed,
    composition_not_found,
    deposited,
    document_of,
    require_open,
)
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.officer import Officer
from chalicelib.domain.upload.attached_file import FileStanding, FileState
from chalicelib.services.deposit.deposit_notice import DepositTools, deposit_notice
from chalicelib.services.deposit.depositor import ByOfficer
from chalicelib.services.institution.attach_files import AttachTools, look_at_files
from chalicelib.services.institution.compositions import find_composition
from chalicelib.store.deposit.deposit_store import Beside
from chalicelib.store.institution.composition_store import DraftDeposited

_LACKS = {
    Part.OFFICE: "Elige de qué oficina sale.",
    Part.RECIPIENT: "Di a quién va.",
    Part.CASE_FILE: "Completa el expediente.",
    Part.HEADING: "Completa el documento.",
    Part.SIGNERS: "Di quién lo emite y lo firma.",
    Part.TERM: "Di si fija un plazo.",
    Part.MAIN: "Adjunta el documento que se notifica.",
}
_FILES = {
    FileState.REFUSED: "Un archivo no pasó la revisión. Quítalo y envía otro.",
    FileState.EXPIRED: "Un archivo venció sin usarse. Envíalo otra vez.",
    FileState.LOST: "Un archivo no llegó. Quítalo o envíalo otra vez.",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who deposits at a page: `session` names the login."""

    member: StaffMember
    session: str
    origin: str


class Answering(Protocol):
    """What another wing decides about a deposit that is to answer a filing."""

    def __call__(self, answered: AnsweredFiling, member: StaffMember, origin: str, mailbox_id: str) -> Beside:
        """Return what the deposit's transaction writes beside the notice; whoever may not answer is refused."""


@dataclass(frozen=True, slots=True)
class SendTools:
    """What drafts and deposits need."""

    attach: AttachTools
    deposit: DepositTools
    answering: Answering


def send_composition(composition_id: str, sender: Sender, *, seen_version: int, tools: SendTools) -> Composition:
    """Deposit a draft and return it as deposited; one that is deposited already is returned as it is.

    Raises:
        NotFound: `composition_not_found`.
        InvalidInput: `composition_incomplete`, with all that it lacks; what the deposit refuses, or `answering`.
        Conflict: `composition_closed`, `composition_changed`; what the deposit refuses, or `answering`.
        NotReady: `files_in_review`.
        Forbidden, TooManyRequests: as `deposit_notice`.
        Unavailable: nobody knows whether it was deposited; the same can be sent again.

    """
    store, member = tools.attach.store, sender.member
    composition = find_composition(composition_id, member, store=store)
    if not reaches(member, Act.DEPOSIT, composition.office_id):
        raise composition_not_found()
    if composition.state is CompositionState.DEPOSITED:
        return composition
    require_open(composition)
    if composition.version != seen_version:
        raise composition_changed()
    command = command_of(composition, look_at_files(composition, tools=tools.attach))
    officer = Officer(
        member.actor, composition.institution_id, composition.office_id, sender.session, origin=sender.origin
    )
    beside = _beside(composition, command, sender, tools)
    if isinstance(beside, Composition):
        return beside
    by = ByOfficer(officer, composition_id, command, beside)
    hint = DepositHint(command.mailbox_id, command.upload_ids, command.replaces)
    try:
        answer = deposit_notice(lambda: command, by=by, hint=hint, tools=tools.deposit)
    except Unavailable as error:
        return _as_it_stands(composition, command, sender, tools, error)
    if answer.is_replay:
        return find_composition(composition_id, member, store=store)
    told = json.loads(answer.body)
    return deposited(composition, told["notice_id"], datetime.fromisoformat(told["deposited_at"]))


def problem_of_answer(composition: Composition, sender: Sender, *, answering: Answering) -> CasillaError | None:
    """Return why the filing that a draft names cannot be answered by it; None where it can, or none is named.

    One read, where one is named. The deposit decides it again.
    """
    if composition.answers is None or composition.recipient is None:
        return None
    try:
        answering(composition.answers, sender.member, sender.origin, composition.recipient.mailbox_id)
    except (Conflict, InvalidInput) as problem:
        return problem
    return None


def command_of(composition: Composition, files: Sequence[FileStanding]) -> DepositCommand:
    """Return what is deposited.

    Raises:
        InvalidInput: `composition_incomplete`, with all that it lacks.
        NotReady: `files_in_review`.

    """
    lacks = [_lacks(_LACKS[part], part) for part in composition.missing]
    lacks += [_lacks(text, "files") for state, text in _FILES.items() if any(file.state is state for file in files)]
    if lacks:
        raise refusal_of(lacks)
    if any(file.state is FileState.WAITING for file in files):
        detail = "Todavía se revisan los archivos. Espera unos segundos y vuelve a intentarlo."
        raise NotReady("files_in_review", detail, field="files", retry_after=5)
    recipient, case_file, heading = composition.recipient, composition.case_file, composition.heading
    signers, chosen = composition.signers, composition.chosen_term
    if not (recipient and case_file and heading and signers and chosen):  # pragma: no cover - told above
        raise AssertionError
    return DepositCommand(
        mailbox_id=recipient.mailbox_id,
        case_file=case_file,
        document=document_of(heading, signers, composition.effects),
        regime=chosen.regime,
        term=chosen.term,
        files=tuple(
            SentFile(one.file.role, one.upload.declared, None, one.file.upload_id, "files")
            for one in files
            if one.upload is not None
        ),
        place=chosen.place,
        replaces=composition.replaces,
    )


def _lacks(detail: str, field: str) -> InvalidInput:
    return InvalidInput("composition_incomplete", detail, field=field)


def _as_it_stands(
    composition: Composition, command: DepositCommand, sender: Sender, tools: SendTools, error: Unavailable
) -> Composition:
    """Tell, where the deposit's end is not known, what became of the draft: maybe another one was quicker."""
    stands = _stands(composition, sender, tools)
    if stands.state is CompositionState.DEPOSITED:
        return stands
    require_open(stands)
    if error.code != "deposit_unavailable":
        raise error
    beside = _beside(composition, command, sender, tools)  # which says why, where the filing changed meanwhile
    if isinstance(beside, Composition):
        return beside
    detail = "No se pudo confirmar el depósito. Vuelve a pulsar «Depositar»: aunque ya se hubiera hecho, será uno solo."
    raise Unavailable("deposit_unavailable", detail, retry_after=5) from error


def _beside(
    composition: Composition, command: DepositCommand, sender: Sender, tools: SendTools
) -> DraftDeposited | Composition:
    """Return what is marked with the notice: the draft, and the filing that it answers; or the draft as deposited.

    A filing cannot be answered twice: where it cannot be answered now, this draft may just have done it.
    """
    if composition.answers is None:
        return DraftDeposited(composition)
    try:
        answered = tools.answering(composition.answers, sender.member, sender.origin, command.mailbox_id)
    except CasillaError:
        stands = _stands(composition, sender, tools)
        if stands.state is CompositionState.DEPOSITED:
            return stands
        raise
    return DraftDeposited(composition, answered)


def _stands(composition: Composition, sender: Sender, tools: SendTools) -> Composition:
    return find_composition(composition.composition_id, sender.member, store=tools.attach.store)
