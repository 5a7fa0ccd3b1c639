"""Answer a filing by a notice: a draft of it is begun, and its deposit marks the filing, or nothing is deposited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.attending import answer
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.institution.answered_filing import AnsweredFiling
from chalicelib.domain.institution.composition import Composition, begin_answer
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import CaseFile
from chalicelib.services.filing.attend_filing import AttendTools, ByOfficerAct, find_to_attend
from chalicelib.services.institution.compositions import add_composition
from chalicelib.store.filing.filing_answered import FilingAnswered
from chalicelib.store.institution.composition_store import CompositionStore


def may_compose_answer(filing: Filing, member: StaffMember) -> bool:
    """Tell whether somebody may write notices of the office that has a filing."""
    return reaches(member, Act.COMPOSE, filing.office_id)


def begin_answer_to(
    filing_id: str, by: ByOfficerAct, *, new_id: Callable[[], str], compositions: CompositionStore, tools: AttendTools
) -> Composition:
    """Return the officer's open draft of the notice that is to answer a filing, begun where there is none.

    Pressed twice at the same instant there may be two drafts; one of them alone can be deposited.

    Raises:
        NotFound: `filing_not_found`.
        Conflict: as `answer`; `answer_not_allowed`; `too_many_compositions`.
        Unavailable: `composition_unavailable`, `store_unavailable`.

    """
    filing, member, now = find_to_attend(filing_id, by, tools=tools), by.member, tools.clock()
    answer(filing, "", by.attendant, now)
    if not may_compose_answer(filing, member):
        detail = "No tienes permiso para redactar notificaciones. Pide a tu coordinador que te lo dé."
        raise Conflict("answer_not_allowed", detail)
    for one in compositions.list_open_of(member.institution_id, member.staff_id):
        if one.answers is not None and one.answers.filing_id == filing.filing_id:
            return one
    holder = filing.holder
    begun = begin_answer(
        new_id(),
        member,
        AnsweredFiling(filing.filing_id, filing.number, holder.document_type, holder.document_number),
        now,
        case_file=CaseFile(filing.number, min(filing.dates.legal_date, tools.calendar.local(now).date())),
        office_id=filing.office_id,
    )
    return add_composition(begun, member, store=compositions)


@dataclass(frozen=True, slots=True)
class AnswerByDeposit:
    """Says what the deposit of an answer writes beside its notice; given to who deposits drafts."""

    attend: AttendTools
    prefixes: Mapping[DocumentType, str]

    def __call__(self, answered: AnsweredFiling, member: StaffMember, origin: str, mailbox_id: str) -> FilingAnswered:
        """Decide, on the filing as it stands, whether this officer may answer it by a notice to a mailbox.

        Raises:
            Conflict: as `answer`; `filing_not_attended`.
            InvalidInput: `answer_to_another`, of a notice to another holder.
            Unavailable: `store_unavailable`.

        """
        by = ByOfficerAct(member, Act.OBSERVE, origin)
        try:
            filing = find_to_attend(answered.filing_id, by, tools=self.attend)
        except NotFound as error:
            detail = (
                f"Esta notificación responde a la presentación {answered.number}, que no puedes atender o ya está en"
                " otra oficina. Pide a quien la atiende que deposite la respuesta."
            )
            raise Conflict("filing_not_attended", detail) from error
        if filing.mailbox_id not in mailboxes_of_holder(mailbox_id, self.prefixes):
            detail = (
                f"Esta notificación responde a la presentación {filing.number}, y su destinatario es otro. Elige al"
                " titular de la presentación."
            )
            raise InvalidInput("answer_to_another", detail, field="recipient")
        answer(filing, "", by.attendant, self.attend.clock())
        return FilingAnswered(filing, by.attendant, by.actor, self.attend.new_event_id(), origin)
