"""The e-mails to who applies for an agreement: the link to the form, that it arrived, what was decided."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.agreement.application import Application, ApplicationState
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link
from chalicelib.renderers.spanish import one_line

_REASON = "Usted recibe este mensaje porque con este correo se pidió un convenio de casilla electrónica."


def application_link_letter(address: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Bring the link to the form."""
    return Letter(
        "Continúe la solicitud de convenio",
        (
            "Con este correo se empezó una solicitud de convenio para notificar por casilla electrónica.",
            Link(address, "Continuar la solicitud"),
            (
                f"El enlace vale hasta las {moment(until, letterhead)} y sirve para una solicitud. Tenga a la mano el"
                " documento firmado por la máxima autoridad, en PDF. Si usted no lo pidió, no lo abra."
            ),
        ),
        reason=_REASON,
    )


def applied_letter(number: str, name: str) -> Letter:
    """Say that an application arrived."""
    return Letter(
        "Recibimos la solicitud de convenio",
        (
            Fact(number, "Número de solicitud"),
            Fact(one_line(name), "Entidad"),
            "La administración de la plataforma la revisa y le responde a este correo.",
        ),
        reason=_REASON,
    )


def decided_letter(application: Application) -> Letter:
    """Say what was decided, and what follows."""
    facts = (
        Fact(application.application_id, "Número de solicitud"),
        Fact(one_line(application.institution_name), "Entidad"),
    )
    if application.state is ApplicationState.APPROVED:
        parts = (
            *facts,
            "Invitamos a la persona propuesta como coordinador: en su correo tiene un enlace para activar su acceso.",
            "Después inscribe a los operadores de la entidad en la consola.",
        )
        return Letter("Se aprobó la solicitud de convenio", parts, reason=_REASON)
    return Letter(
        "No se aprobó la solicitud de convenio",
        (
            *facts,
            Fact(one_line(application.reason), "Motivo"),
            "Cuando esté corregido puede presentar otra solicitud en el portal.",
        ),
        reason=_REASON,
    )
