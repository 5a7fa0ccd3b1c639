"""A procedure (*trámite*) of an institution's catalogue, as it was from one version on (FIL-1).

What an institution attends to is in its TUPA as a procedure or an exclusive service (TUO of Ley 27444, 40 and 43), or
another norm provides for it. A filing keeps the version it was made under, and no version ever changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class ProcedureKind(StrEnum):
    """Where a procedure comes from: the TUPA, its exclusive services, or what another norm provides for."""

    TUPA = "tupa"
    EXCLUSIVE = "exclusive"
    OTHER_NORM = "other_norm"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be presented; some only in the cases that its text names."""

    text: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class FormFile:
    """A form to download, kept in the bucket of documents: `name` is its file's, `title` what people read."""

    name: str
    title: str
    sha256: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class AnswerTerm:
    """The legal term for the answer, in business days, and what silence means; `None`: none stated.

    No days at all, `0`, is automatic approval: what is presented whole is approved at once (TUO of Ley 27444, 33).
    """

    days: int | None
    silence: Literal["positive", "negative"] | None
    norm: str

    @property
    def is_automatic(self) -> bool:
        """Whether nobody has to answer."""
        return self.days == 0


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of a procedure: versions count from 1.

    `description` has its paragraphs apart by line ends. `cost_cents` is informative, in cents of a sol; `None` says
    that none is stated. `office_id` is the office that receives it; `None` leaves that open. `retired_at` is since when
    it cannot be begun any more, and `retired_reason` why, as everybody reads it.
    """

    institution_id: str
    procedure_id: str
    version: int
    kind: ProcedureKind
    code: str
    title: str
    description: str
    norm: str
    requirements: tuple[Requirement, ...]
    forms: tuple[FormFile, ...]
    cost_cents: int | None
    cost_note: str
    answer_term: AnswerTerm
    office_id: str | None
    keywords: tuple[str, ...]
    retired_at: datetime | None
    changed_at: datetime
    changed_by: str
    retired_reason: str = ""

    @property
    def is_retired(self) -> bool:
        """Whether it is in the catalogue only to be read."""
        return self.retired_at is not None


@dataclass(frozen=True, slots=True)
class FrozenProcedure:
    """The procedure as it is called in the version that is filed under; all of it is in the catalogue."""

    procedure_id: str
    version: int
    kind: ProcedureKind
    code: str
    title: str
    norm: str
    answer_days: int | None = None
    """The term for the answer, in business days: 0 is automatic approval, None that none is stated."""

    @property
    def has_term(self) -> bool:
        """Whether the institution has a term for its answer."""
        return bool(self.answer_days)


def frozen_procedure(procedure: Procedure) -> FrozenProcedure:
    """Return what a draft and a filing keep of it."""
    return FrozenProcedure(
        procedure.procedure_id,
        procedure.version,
        procedure.kind,
        procedure.code,
        procedure.title,
        procedure.norm,
        procedure.answer_term.days,
    )
