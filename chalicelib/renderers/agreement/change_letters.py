"""The e-mail to who asked for another coordinator or representative: what was decided."""

from __future__ import annotations

from chalicelib.domain.agreement.change_request import ChangeKind, ChangeRequest, ChangeState
from chalicelib.renderers.letters import Fact, Letter, Link
from chalicelib.renderers.spanish import one_line

KIND_WORDS = {
    ChangeKind.COORDINATOR: "Cambio de coordinador",
    ChangeKind.REPRESENTATIVE: "Cambio de representante legal",
}
_REASON = "Usted recibe este mensaje porque pidió un cambio en la consola de su entidad."


def decided_letter(request: ChangeRequest, *, at: str) -> Letter:
    """Say what was decided."""
    what = KIND_WORDS[request.kind]
    is_approved = request.state is ChangeState.APPROVED
    facts: tuple[Fact, ...] = (Fact(request.change_id, "Número del pedido"), Fact(what, "Pedido"))
    if request.reason:
        facts = (*facts, Fact(one_line(request.reason), "Motivo"))
    title = "Se aprobó el cambio que pidió" if is_approved else "No se aprobó el cambio que pidió"
    return Letter(title, (*facts, Link(f"{at}/entidad/convenio", "Ver el convenio")), reason=_REASON)
