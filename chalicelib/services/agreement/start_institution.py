"""Let an institution be started only while its agreement holds: what that stopped starts again by it."""

from __future__ import annotations

from chalicelib.domain.agreement.agreement import AgreementState
from chalicelib.domain.agreement.life import as_of
from chalicelib.domain.errors import Conflict
from chalicelib.services.agreement.change_agreement import AgreementTools


def require_agreement_active(institution_id: str, tools: AgreementTools) -> None:
    """Refuse where an agreement is there that is not active today; without one nothing stands against it.

    Disuse is left to the night, which counts deposits: a command reads none.

    Raises:
        Conflict: `agreement_not_active`.

    """
    read = tools.agreements.read(institution_id)
    if read is None or read.agreement is None:
        return
    agreement = as_of(read.agreement, tools.today, tools.today)
    if agreement.state is not AgreementState.ACTIVE:
        detail = (
            "El convenio de la entidad no está activo hoy, y sin él no se activa. Un administrador de la plataforma"
            " registra en la consola, en el convenio, el pago, la subsanación, la adenda o la reactivación."
        )
        raise Conflict("agreement_not_active", detail)
