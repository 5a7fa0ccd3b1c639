"""The e-mails about an agreement: before it ends, when its state changed."""

from __future__ import annotations

from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason
from chalicelib.domain.agreement.end_warning import ENDED, EndWarning
from chalicelib.domain.agreement.life import UNUSED_DAYS
from chalicelib.renderers.agreement.agreement_words import REASON_WORDS, day, left_words
from chalicelib.renderers.letters import Fact, Letter, Link
from chalicelib.renderers.spanish import one_line

PAGE = "/entidad/convenio"
_REASON = "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad."
_STILL = (
    "Lo que su entidad ya depositó sigue a la vista, con sus constancias, y nada cambia para quienes lo recibieron: sus"
    " plazos y alertas siguen su curso."
)


def warning_letter(name: str, warning: EndWarning, *, at: str) -> Letter:
    """Say that an agreement ends soon, or ended: when, why, and what to do."""
    if warning.step == ENDED:
        return _over_letter(name, warning, at=at)
    when = left_words(warning.left)
    if warning.reason is Reason.EXPIRED:
        title = f"El convenio de su entidad termina {when}"
        parts: tuple[str, ...] = (
            "Después de ese día su entidad no podrá depositar notificaciones ni consultar quién tiene casilla.",
            "Para que siga, pida antes una adenda a la administración de la plataforma.",
        )
    else:
        title = f"El convenio de su entidad se cancelará por falta de uso {when}"
        parts = (
            f"Se cancela cuando pasan {UNUSED_DAYS} días sin un depósito ni una consulta de su entidad.",
            "Si van a seguir usándolo, basta un depósito o una consulta antes de que termine ese día.",
        )
    facts = (Fact(one_line(name), "Entidad"), Fact(day(warning.last), "Último día"))
    return Letter(title, (*facts, *parts, Link(f"{at}{PAGE}", "Ver el estado del convenio")), reason=_REASON)


def _over_letter(name: str, warning: EndWarning, *, at: str) -> Letter:
    is_expired = warning.reason is Reason.EXPIRED
    to_do = (
        "Para volver a usarlo, pida una adenda a la administración de la plataforma."
        if is_expired
        else "Para volver a usarlo, pida a la administración de la plataforma que lo reactive."
    )
    return Letter(
        "El convenio de su entidad se canceló",
        (
            Fact(one_line(name), "Entidad"),
            Fact("Venció" if is_expired else f"No se usó en {UNUSED_DAYS} días", "Motivo"),
            Fact(day(warning.last), "Último día en que valió"),
            "Su entidad ya no puede depositar notificaciones ni consultar quién tiene casilla.",
            _STILL,
            to_do,
            Link(f"{at}{PAGE}", "Ver el estado del convenio"),
        ),
        reason=_REASON,
    )


def changed_letter(name: str, agreement: Agreement, *, at: str) -> Letter:
    """Say in which state an agreement is now, after somebody of the platform changed it."""
    link = Link(f"{at}{PAGE}", "Ver el estado del convenio")
    entity = Fact(one_line(name), "Entidad")
    if agreement.state is AgreementState.ACTIVE:
        until = "Sin fecha de fin" if agreement.ends_on is None else day(agreement.ends_on)
        parts = (entity, Fact(until, "Último día"), "Su entidad puede depositar y consultar.", link)
        return Letter("El convenio de su entidad está activo", parts, reason=_REASON)
    why = " y ".join(REASON_WORDS[one.reason] for one in agreement.reasons) or "todavía no empieza"
    words = {AgreementState.INACTIVE: "inactivo", AgreementState.CANCELLED: "cancelado"}
    title = f"El convenio de su entidad está {words.get(agreement.state, 'aprobado')}"
    return Letter(
        title,
        (
            entity,
            Fact(why[:1].upper() + why[1:], "Motivo"),
            "Mientras esté así su entidad no puede depositar notificaciones ni consultar quién tiene casilla.",
            _STILL,
            "Qué hacer para que vuelva a estar activo lo dice la consola:",
            link,
        ),
        reason=_REASON,
    )
