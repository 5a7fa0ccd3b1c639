"""Who suspends a notice's reading: one person of the institution asks, another one confirms; the first can withdraw."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.errors import CasillaError, Conflict, Forbidden, InvalidInput, refusal_of
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.suspension import Officer, Suspension, SuspensionCause, SuspensionRequest

SHORTEST_REASON, LONGEST_REASON = 10, 500


def officer_of(member: StaffMember) -> Officer:
    """Name somebody of the institution in what they do."""
    return Officer(member.staff_id, member.document_number, member.name)


def read_request(by: Officer, cause: str, reason: str, now: datetime) -> SuspensionRequest:
    """Read what was chosen and typed.

    Raises:
        InvalidInput: `cause_missing`, `reason_missing`, `reason_too_long`, all at once.

    """
    problems: list[InvalidInput] = []
    chosen = next((one for one in SuspensionCause if one == cause), None)
    if chosen is None:
        problems.append(InvalidInput("cause_missing", "Elige por qué se suspende.", field="cause"))
    told = " ".join(reason.split())
    if len(told) < SHORTEST_REASON:
        detail = f"Cuenta qué pasó, en {SHORTEST_REASON} letras o más."
        problems.append(InvalidInput("reason_missing", detail, field="reason"))
    if len(told) > LONGEST_REASON:
        detail = f"Resume el motivo en {LONGEST_REASON} letras: ahora tiene {len(told)}."
        problems.append(InvalidInput("reason_too_long", detail, field="reason"))
    if chosen is None or problems:
        raise refusal_of(problems)
    return SuspensionRequest(by, now, chosen, told)


def open_request(delivered: DeliveredNotice, now: datetime) -> SuspensionRequest | None:
    """Return the request that waits for the second person, if there is one."""
    asked = delivered.suspension_asked
    return asked if asked is not None and delivered.suspension is None and asked.is_open(now) else None


def require_askable(delivered: DeliveredNotice, now: datetime) -> None:
    """Let nobody ask for what was asked for or done already.

    Raises:
        Conflict: `reading_suspended_already`, `suspension_asked_already`.

    """
    _require_read(delivered)
    if open_request(delivered, now) is not None:
        detail = "Otra persona de tu entidad ya lo pidió. Revisa su pedido y, si procede, confírmalo."
        raise Conflict("suspension_asked_already", detail)


def confirmed(delivered: DeliveredNotice, by: Officer, now: datetime) -> Suspension:
    """Return the suspension that the second person makes of the first one's request.

    Raises:
        Conflict: `reading_suspended_already`, `suspension_not_asked`, also where the request lapsed or was withdrawn.
        Forbidden: `suspension_same_person`.

    """
    _require_read(delivered)
    asked = open_request(delivered, now)
    if asked is None:
        raise _not_asked()
    if asked.by.is_same_person(by):
        detail = "Lo pediste tú: tiene que confirmarlo otra persona de tu entidad."
        raise Forbidden("suspension_same_person", detail)
    return Suspension(asked, by, now)


def require_withdrawable(delivered: DeliveredNotice, by: Officer, now: datetime) -> None:
    """Let only whoever asked take it back.

    Raises:
        Conflict: `reading_suspended_already`, `suspension_not_asked`.
        Forbidden: `suspension_of_another`.

    """
    _require_read(delivered)
    asked = open_request(delivered, now)
    if asked is None:
        raise _not_asked()
    if not asked.by.is_same_person(by):
        raise Forbidden("suspension_of_another", "Lo pidió otra persona: solo ella puede retirar su pedido.")


def _require_read(delivered: DeliveredNotice) -> None:
    if delivered.suspension is not None:
        raise Conflict("reading_suspended_already", "La lectura de esta notificación ya está suspendida.")


def _not_asked() -> CasillaError:
    detail = "No hay un pedido de suspensión pendiente: se retiró o venció. Si sigue haciendo falta, pídelo otra vez."
    return Conflict("suspension_not_asked", detail)
