"""A catalogue with made-up procedures, and PDFs to offer for download."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind, Requirement
from chalicelib.domain.filing.typed_procedure import TypedProcedure
from tests.deposit_world import INSTITUTION_ID, NOW

PROCEDURE = Procedure(
    institution_id=INSTITUTION_ID,
    procedure_id="K7M3-P2QR-S4T5",
    version=1,
    kind=ProcedureKind.TUPA,
    code="PA-12",
    title="Licencia de funcionamiento",
    description="Para abrir un negocio al público.\nLa pide quien lo conduce.",
    norm="Ley N° 28976, artículo 8",
    requirements=(Requirement("Solicitud con carácter de declaración jurada."), Requirement("Poder.", True)),
    forms=(),
    cost_cents=3590,
    cost_note="",
    answer_term=AnswerTerm(15, "positive", ""),
    office_id=None,
    keywords=("negocio", "tienda"),
    retired_at=None,
    changed_at=NOW,
    changed_by="staff:s1",
)
TYPED = TypedProcedure(
    kind="exclusive",
    tupa_code="SE-01",
    title="Copia certificada",
    description="De lo que obra en un expediente.",
    norm="TUO de la Ley N° 27444, artículo 171",
    requirements="Solicitud.\nPago.",
    cost="1.50",
    reply="term",
    days="5",
)


def a_procedure(**changes: Any) -> Procedure:
    """Return one, with what differs."""
    return replace(PROCEDURE, **changes)
