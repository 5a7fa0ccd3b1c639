"""The e-mails about another coordinator or representative: what a document asks for, what was decided."""

from __future__ import annotations

from chalicelib.domain.agreement.change_request import ChangeKind, ChangeRequest, ChangeState
from chalicelib.renderers.agreement.agreement_words import day
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link
from chalicelib.renderers.spanish import one_line

KIND_WORDS = {
    ChangeKind.COORDINATOR: "Cambio de coordinador",
    ChangeKind.REPRESENTATIVE: "Cambio de representante legal",
}
_REASON = "Usted recibe este mensaje porque pidió un cambio en la consola de su entidad."
_TO_INSTITUTION = (
    "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad, o porque este es el"
    " correo de la entidad."
)
_WHOM = {ChangeKind.COORDINATOR: "coordinador", ChangeKind.REPRESENTATIVE: "representante legal"}
_TITLES = {
    ChangeState.ASKED: "Un documento pide cambiar al {} de su entidad",
    ChangeState.APPROVED: "Se aprobó por documento el cambio de {} de su entidad",
    ChangeState.REFUSED: "No se aprobó el cambio de {} pedido por documento",
}


def document_letter(request: ChangeRequest, place: str, goes: str, letterhead: Letterhead, *, at: str) -> Letter:
    """Tell an institution that a document asks for a change, who goes and comes, and how to object; or the decision.

    `goes` is empty where nobody does, or nobody is known to.

    Raises:
        TypeError: it came by no document.

    """
    if request.letter is None:
        raise TypeError("came by no document")
    facts = [
        Fact(one_line(place), "Entidad"),
        Fact(f"N.º {one_line(request.letter.number)}, que llegó el {day(request.letter.came_on)}", "Documento"),
        Fact(request.change_id, "Número del pedido"),
    ]
    if goes:
        facts.append(Fact(one_line(goes), "Quien deja el cargo"))
    facts.append(Fact(one_line(f"{request.person.name}, {request.person.position}"), "Quien llega"))
    if request.reason:
        facts.append(Fact(one_line(request.reason), "Motivo"))
    help_ = f"escriba a {letterhead.help_email} o llame al {letterhead.help_phone}"
    told = (
        (
            "Un administrador de la plataforma lo registró y otro lo decide. Todavía no cambió nada.",
            (
                "Si su entidad no envió ese documento, o algo no es cierto, avise ahora, antes de que se decida:"
                f" {help_} y diga el número del pedido. Quien coordina la entidad lo ve en la consola, en Estado del"
                " convenio:"
            ),
        )
        if request.state is ChangeState.ASKED
        else (f"Si no lo esperaba, {help_} y diga el número del pedido.",)
    )
    title = _TITLES[request.state].format(_WHOM[request.kind])
    link = Link(f"{at}/entidad/convenio", "Ver el estado del convenio")
    return Letter(title, (*facts, *told, link), reason=_TO_INSTITUTION)


def decided_letter(request: ChangeRequest, *, at: str) -> Letter:
    """Say what was decided."""
    what = KIND_WORDS[request.kind]
    is_approved = request.state is ChangeState.APPROVED
    facts: tuple[Fact, ...] = (Fact(request.change_id, "Número del pedido"), Fact(what, "Pedido"))
    if request.reason:
        facts = (*facts, Fact(one_line(request.reason), "Motivo"))
    title = "Se aprobó el cambio que pidió" if is_approved else "No se aprobó el cambio que pidió"
    return Letter(title, (*facts, Link(f"{at}/entidad/convenio", "Ver el convenio")), reason=_REASON)
