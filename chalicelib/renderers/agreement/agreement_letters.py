"""The e-mails about an agreement: before it ends, when its state changed."""

from __future__ import annotations

from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason
from chalicelib.domain.agreement.end_warning import ENDED, EndWarning
from chalicelib.domain.agreement.life import UNUSED_DAYS
from chalicelib.domain.sender.institution import Institution
from chalicelib.renderers.agreement.agreement_words import REASON_WORDS, STOPPED_APART, day, left_words
from chalicelib.renderers.letters import Fact, Letter, Link
from chalicelib.renderers.spanish import one_line

PAGE = "/entidad/convenio"
_REASON = "Usted recibe este mensaje porque coordina el servicio de casilla electrónica en su entidad."
_STILL = (
    "Lo que su entidad ya depositó sigue a la vista, con sus constancias, y nada cambia para quienes lo recibieron: sus"
    " plazos y alertas siguen su curso."
)
_CANNOT = "Mientras esté así su entidad no puede depositar notificaciones ni consultar quién tiene casilla."
_CALL = "Comuníquese con la administración de la plataforma."


def warning_letter(name: str, due: tuple[EndWarning, ...], *, at: str) -> Letter:
    """Say that an agreement ends soon, or ended: when, why, and what to do.

    `due` is one end or both, the sooner first: what is done against the one does nothing against the other.
    """
    first = due[0]
    if first.step == ENDED:
        return _over_letter(name, first, at=at)
    when = left_words(first.left)
    title = (
        f"El convenio de su entidad termina {when}"
        if first.reason is Reason.EXPIRED
        else f"El convenio de su entidad se cancelará por falta de uso {when}"
    )
    parts: list[Fact | str | Link] = [Fact(one_line(name), "Entidad")]
    for one in due:
        parts += _end_parts(one, is_alone=len(due) == 1)
    if len(due) > 1:
        parts.append("Hacen falta las dos cosas: la adenda no cuenta como uso, y el uso no cambia el último día.")
    return Letter(title, (*parts, Link(f"{at}{PAGE}", "Ver el estado del convenio")), reason=_REASON)


def _end_parts(one: EndWarning, *, is_alone: bool) -> tuple[Fact | str, ...]:
    if one.reason is Reason.EXPIRED:
        return (
            Fact(day(one.last), "Último día" if is_alone else "Último día del convenio"),
            "Después de ese día su entidad no podrá depositar notificaciones ni consultar quién tiene casilla.",
            "Para que siga, pida antes una adenda a la administración de la plataforma.",
        )
    enough = "basta" if is_alone else "hagan"
    return (
        Fact(day(one.last), "Último día" if is_alone else "Último día si nadie lo usa"),
        f"Se cancela cuando pasan {UNUSED_DAYS} días sin un depósito ni una consulta de su entidad.",
        f"Si van a seguir usándolo, {enough} un depósito o una consulta antes de que termine ese día.",
    )


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


def changed_letter(institution: Institution, agreement: Agreement, *, at: str) -> Letter:
    """Say in which state an agreement is now, after somebody of the platform changed it, and what that allows."""
    link = Link(f"{at}{PAGE}", "Ver el estado del convenio")
    entity = Fact(one_line(institution.name), "Entidad")
    if agreement.state is AgreementState.ACTIVE:
        until = Fact("Sin fecha de fin" if agreement.ends_on is None else day(agreement.ends_on), "Último día")
        if agreement.is_stopped_apart:
            title = "El convenio de su entidad está activo, pero el servicio sigue detenido"
            return Letter(title, (entity, until, STOPPED_APART, _CANNOT, _STILL, _CALL, link), reason=_REASON)
        parts = (entity, until, "Su entidad puede depositar y consultar.", link)
        return Letter("El convenio de su entidad está activo", parts, reason=_REASON)
    why = " y ".join(REASON_WORDS[one.reason] for one in agreement.reasons) or "todavía no empieza"
    words = {AgreementState.INACTIVE: "inactivo", AgreementState.CANCELLED: "cancelado"}
    title = f"El convenio de su entidad está {words.get(agreement.state, 'aprobado')}"
    stopped = (STOPPED_APART,) if agreement.is_stopped_apart else ()
    return Letter(
        title,
        (
            entity,
            Fact(why[:1].upper() + why[1:], "Motivo"),
            *stopped,
            _CANNOT,
            _STILL,
            "Qué hacer para que vuelva a estar activo lo dice la consola:",
            link,
        ),
        reason=_REASON,
    )
