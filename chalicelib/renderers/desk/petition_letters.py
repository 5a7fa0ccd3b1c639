"""The e-mails and the SMS about a change of a mailbox that was asked for on paper at a desk."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.desk.petition import KIND_WORDS, KNOWN_BEFORE, REFUSAL_WORDS, WAITING, Petition
from chalicelib.domain.mailbox import Mailbox
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter

_NOT_YOU = (
    "Si no lo esperaba, comuníquese ahora con el servicio: escriba la dirección {portal} en su navegador. Al final de"
    " la página están el teléfono y el correo de ayuda."
)
_CLOSED = (
    "Según el documento que se presentó en una mesa de partes, esta casilla electrónica ya no recibe notificaciones."
)
_FROM_THEN_ON = (
    "Desde ese momento, la entidad que quiera depositar aquí recibe como respuesta que la casilla está deshabilitada, y"
    " tiene que notificar por otro medio, como el domicilio. Lo que ya se notificó conserva sus efectos, y usted sigue"
    " ingresando a leerlo."
)
_SMS = (
    "En mesa de partes pidieron un cambio en su casilla. Si no lo esperaba, llame al {phone}.",
    "En mesa de partes pidieron un cambio en su casilla. Si no lo esperaba, avise a la ayuda.",
)
_DONE_SMS = (
    "Se hizo el cambio de su casilla que pidieron en mesa de partes. Si no lo esperaba, llame al {phone}.",
    "Se hizo el cambio de su casilla que pidieron en mesa de partes. Si no lo esperaba, avise a la ayuda.",
)
_ONE_PART = 160


def petition_letter(petition: Petition, mailbox: Mailbox, place: str, letterhead: Letterhead) -> Letter:
    """Tell that somebody asked at a desk to change a mailbox, before anything changes, and whom to tell otherwise."""
    at = petition.asked_at
    until = "Otra persona de esa entidad revisará el documento. Mientras tanto todo sigue igual."
    if petition.kind in WAITING:
        until += f" No cambiará nada antes de las {moment(at + KNOWN_BEFORE, letterhead)}."
    object_to = (
        "Si no corresponde, dígalo antes de que lo revisen: a esa mesa de partes y a la ayuda del servicio, con el"
        " número del pedido. Los datos de la ayuda están al final de {portal}: escriba esa dirección en su navegador."
    )
    return Letter(
        "Pidieron un cambio en su casilla en mesa de partes",
        (
            "En una mesa de partes presentaron un documento para cambiar esta casilla electrónica.",
            Fact(mailbox.holder.name, "Casilla de"),
            Fact(KIND_WORDS[petition.kind], "Qué se pidió"),
            Fact(place, "Mesa de partes"),
            Fact(petition.petition_id, "Número del pedido"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
            until,
            object_to.format(portal=letterhead.portal),
        ),
    )


def petition_refused_letter(
    petition: Petition, mailbox: Mailbox, place: str, at: datetime, letterhead: Letterhead
) -> Letter:
    """Tell that what was asked for was refused, and why."""
    why = [] if petition.refusal is None else [Fact(REFUSAL_WORDS[petition.refusal], "Por qué")]
    return Letter(
        "Su casilla no cambia: se rechazó lo que pidieron en mesa de partes",
        (
            "Otra persona revisó el documento que presentaron en una mesa de partes, y lo rechazó. Todo sigue igual.",
            Fact(mailbox.holder.name, "Casilla de"),
            Fact(KIND_WORDS[petition.kind], "Qué se pidió"),
            *why,
            Fact(place, "Mesa de partes"),
            Fact(petition.petition_id, "Número del pedido"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
        ),
    )


def petition_done_letter(what: str, mailbox: Mailbox, place: str, at: datetime, letterhead: Letterhead) -> Letter:
    """Tell that what was asked for was done."""
    return Letter(
        "Cambió su casilla, como pidieron en mesa de partes",
        (
            "Otra persona revisó el documento que presentaron en una mesa de partes, y el cambio está hecho.",
            Fact(mailbox.holder.name, "Casilla de"),
            Fact(what, "Qué cambió"),
            Fact(place, "Mesa de partes"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
            _NOT_YOU.format(portal=letterhead.portal),
        ),
    )


def petition_sms(letterhead: Letterhead, *, is_done: bool = False) -> str:
    """Tell by telephone that it was asked for, or done, in one part and without a link."""
    texts = [words.format(phone=letterhead.help_phone) for words in (_DONE_SMS if is_done else _SMS)]
    return next((text for text in texts if len(text) <= _ONE_PART), texts[-1])


def closed_at_desk_letter(mailbox: Mailbox, letterhead: Letterhead) -> Letter:
    """Tell its users that a mailbox takes no notice any more, who writes how from then on, and what stays."""
    since = mailbox.closed_at
    return Letter(
        "Su casilla electrónica está cerrada",
        (
            _CLOSED,
            Fact(mailbox.holder.name, "Casilla de"),
            *([] if since is None else [Fact(f"Las {moment(since, letterhead)}", "Desde")]),
            _FROM_THEN_ON,
            "El usuario principal puede abrirla otra vez: en Mi perfil, Mis datos.",
            _NOT_YOU.format(portal=letterhead.portal),
        ),
    )
