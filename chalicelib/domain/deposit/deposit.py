"""What a sender asks for when it deposits."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.deadline import Regime, Term
from chalicelib.domain.notice import CaseFile, Document, FileRole
from chalicelib.domain.upload.upload import DeclaredFile


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file of a deposit: its bytes, or the id of a checked upload; never both.

    `field` is where it stands in the request, e.g. `annexes[2]`, for messages.
    """

    role: FileRole
    declared: DeclaredFile
    content: bytes | None
    upload_id: str | None
    field: str


@dataclass(frozen=True, slots=True)
class DepositCommand:
    """A well-formed deposit. `files` has the main document first; `regime` None means the institution's own.

    `place` is where the holder lives, as the institution's table of término de la distancia names it. `replaces` is the
    number of the notice that this one is made in place of, None for a first one. `answers_filing` is the id of the
    filing that it answers.
    """

    mailbox_id: str
    case_file: CaseFile
    document: Document
    regime: Regime | None
    term: Term | None
    files: tuple[SentFile, ...]
    place: str | None = None
    replaces: str | None = None
    answers_filing: str | None = None

    @property
    def upload_ids(self) -> tuple[str, ...]:
        """The uploads it uses, each once."""
        return tuple(sorted({sent.upload_id for sent in self.files if sent.upload_id}))


@dataclass(frozen=True, slots=True)
class DepositHint:
    """What a deposit's bytes seem to speak of, before anybody proved who sent them.

    It decides what is read early, and nothing else.
    """

    mailbox_id: str | None = None
    upload_ids: tuple[str, ...] = ()
    replaces: str | None = None

    def covers(self, command: DepositCommand) -> bool:
        """Tell whether all that the deposit speaks of was read early."""
        is_notice_read = command.replaces in (None, self.replaces)
        are_uploads_read = set(command.upload_ids) <= set(self.upload_ids)
        return self.mailbox_id == command.mailbox_id and is_notice_read and are_uploads_read
