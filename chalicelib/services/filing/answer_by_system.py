"""Answer a filing by a deposit of the institution's system: it marks the filing too, or nothing is deposited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.filing.attending import answer
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import DocumentType
from chalicelib.services.deposit.depositor import Known
from chalicelib.services.filing.attend_filing import AttendTools, BySystem, find_to_attend
from chalicelib.store.filing.filing_answered import FilingAnswered


@dataclass(frozen=True, slots=True)
class AnswerBySystem:
    """Says what the deposit of an answer writes beside its notice; given to who deposits, and asked before each try."""

    attend: AttendTools
    prefixes: Mapping[DocumentType, str]

    def __call__(self, filing_id: str, known: Known, mailbox_id: str) -> FilingAnswered:
        """Decide, on the filing as it stands, whether the institution's system may answer it by a notice to a mailbox.

        Raises:
            InvalidInput: `filing_unknown`, also of another institution's; `answer_to_another`, of a notice to another
                holder.
            Conflict: as `answer`.
            Unavailable: `store_unavailable`.

        """
        by = BySystem(known.institution.institution_id, known.actor, known.origin)
        try:
            filing = find_to_attend(filing_id, by, tools=self.attend)
        except NotFound as error:
            detail = "El campo «answers_filing» no es de una presentación que su entidad haya recibido."
            raise InvalidInput("filing_unknown", detail, field="answers_filing") from error
        if filing.mailbox_id not in mailboxes_of_holder(mailbox_id, self.prefixes):
            detail = (
                f"La notificación responde a la presentación {filing.number}, y su destinatario es otro. Deposítela a"
                " «sender» de la presentación."
            )
            raise InvalidInput("answer_to_another", detail, field="recipient")
        answer(filing, "", by.attendant, self.attend.clock())
        return FilingAnswered(filing, by.attendant, by.actor, self.attend.new_event_id(), by.origin)
