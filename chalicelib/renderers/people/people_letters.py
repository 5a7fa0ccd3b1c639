"""The e-mails about who has access to a mailbox, and about the own address."""

from __future__ import annotations

from datetime import datetime

from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Framed, Letter


def new_email_letter(code: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Bring the code that proves a new address (BOX-7)."""
    return Letter(
        "Verifique su nuevo correo",
        (
            "Para recibir aquí los avisos de su casilla, escriba este código en la página de su perfil:",
            Framed(code),
            (
                f"Vale hasta las {moment(until, letterhead)} y una sola vez. Los avisos empiezan a llegar aquí un día"
                " después de que lo escriba, o antes si lo confirma desde su correo anterior. Si usted no lo pidió,"
                " escribieron su correo por error: no use el código ni lo comparta. Sin él, aquí no llega ningún aviso."
            ),
        ),
        reason="Usted recibe este mensaje porque escribieron su correo en el perfil de una casilla electrónica.",
    )


def address_code_letter(code: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Bring the code that proves that the address on record receives again (ALR-4)."""
    return Letter(
        "Verifique su correo",
        (
            "Para que los avisos de su casilla vuelvan a llegar aquí, escriba este código en la página de su perfil:",
            Framed(code),
            (
                f"Vale hasta las {moment(until, letterhead)} y una sola vez. No lo comparta con nadie. Si usted no lo"
                " pidió, alguien ingresó a su casilla: cambie su contraseña."
            ),
        ),
        reason="Usted recibe este mensaje porque los avisos de su casilla electrónica no llegaban a este correo.",
    )
