"""The e-mails about who is the principal user of a mailbox (BOX-9)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter


def offer_letter(holder: str, principal: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Tell a user that the mailbox is offered to them."""
    return Letter(
        "Le ofrecen ser el usuario principal de una casilla electrónica",
        (
            (
                "El usuario principal de esta casilla electrónica le ofrece ocupar su lugar. Quien es usuario principal"
                " decide quién tiene acceso a la casilla."
            ),
            Fact(holder, "Casilla de"),
            Fact(principal, "Se lo ofrece"),
            Fact(f"Las {moment(until, letterhead)}", "Puede responder hasta"),
            (
                f"Para aceptar o no, escriba la dirección {letterhead.portal} en su navegador, ingrese a la casilla y"
                " abra «Usuarios». Mientras no acepte, nada cambia."
            ),
        ),
    )


def offer_over_letter(holder: str, why: str, at: datetime, letterhead: Letterhead) -> Letter:
    """Tell that an offer was withdrawn or declined: everything stays as it was."""
    return Letter(
        "El traspaso de la casilla electrónica no se hizo",
        (
            f"El ofrecimiento de ser usuario principal de esta casilla electrónica ya no vale. {why} Nada cambió.",
            Fact(holder, "Casilla de"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
        ),
    )


def principal_letter(holder: str, username: str, at: datetime, letterhead: Letterhead) -> Letter:
    """Tell who accepted that they are the principal user, and what they log in with."""
    return Letter(
        "Usted es el usuario principal de una casilla electrónica",
        (
            (
                "Desde ahora usted decide quién tiene acceso a esta casilla electrónica. Su usuario cambió; su"
                " contraseña es la misma."
            ),
            Fact(holder, "Casilla de"),
            Fact(username, "Su nuevo usuario"),
            Fact(f"A las {moment(at, letterhead)}", "Desde"),
            "Cerramos sus sesiones: ingrese otra vez con su nuevo usuario.",
        ),
    )
