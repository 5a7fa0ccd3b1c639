"""How an institution's service stands while it owes and once it paid, in the words of letters to its coordinators."""

from __future__ import annotations

from chalicelib.domain.usage.service_now import ServiceNow
from chalicelib.renderers.agreement.agreement_words import REASON_WORDS

_STILL = "Lo que ya depositó sigue su curso, y sus operadores lo siguen viendo."
_CALL = "Comuníquese con la administración de la plataforma."


def late_words(service: ServiceNow) -> tuple[str, ...]:
    """Say what a payment that is late does to the service, and what registering it will bring back."""
    if service.is_active:
        return ()
    if service.is_back_by_payment:
        until = "Su entidad no deposita notificaciones ni consulta casillas hasta que la plataforma registre el pago"
        return (f"{until}: enviar el comprobante no basta. {_STILL}",)
    state = "cancelado" if service.is_cancelled else "inactivo"
    why = f"El convenio de su entidad está {state}, y no solo por este pago: {_others(service)}."
    return (f"{why} Registrar el pago salda la deuda y no basta para volver a depositar ni a consultar. {_CALL}",)


def paid_words(service: ServiceNow) -> tuple[str, ...]:
    """Say whether the service is back, or what still holds it up."""
    if service.is_active:
        return ("Su entidad está activa: puede depositar notificaciones y consultar casillas.",)
    if service.is_back_by_payment:
        return (
            "Su entidad sigue inactiva porque falta el pago de otro mes. Vuelve a estar activa cuando se registre.",
        )
    unpaid = " Además falta el pago de otro mes." if service.is_unpaid else ""
    state = "cancelado" if service.is_cancelled else "inactivo"
    return (f"El convenio de su entidad sigue {state}: {_others(service)}.{unpaid} {_CALL}",)


def _others(service: ServiceNow) -> str:
    words = [REASON_WORDS[one] for one in service.others]
    if service.is_stopped:
        words.append("la administración de la plataforma detuvo el servicio por una orden aparte del convenio")
    return " y ".join(words) or "todavía no empieza"
