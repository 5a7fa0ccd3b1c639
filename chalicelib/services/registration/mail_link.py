"""The link of a registration's e-mail: shown without harm, and verifying the address by its page's button (REG-5).

A link is found by its own secret; who opens it need not have the page they registered on. It is not used up by itself:
what counts once is the registration's change, which requires the registration as the link was made for it. So nothing
is lost when that change fails, mail scanners may open the page, and a link opened again can say what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.domain.access.token import Token, TokenKind
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import (
    VERIFIABLE,
    Registration,
    RegistrationBusy,
    RegistrationChanged,
    RegistrationState,
    key_of_code_name,
)
from chalicelib.domain.registration.taken import MOST_MISTYPED, require_tries_left, signer_number
from chalicelib.services.registration.prove_registration import go_on_with_proof
from chalicelib.services.registration.resend_registration_mail import send_again
from chalicelib.services.registration.tools import RegistrationTools


class LinkState(StrEnum):
    """What a link is good for."""

    USABLE = "usable"
    USED = "used"
    """The address was verified, by this link, another one or the code."""
    REPLACED = "replaced"
    """A later e-mail was sent; its link counts."""
    EXPIRED = "expired"
    WAITING = "waiting"
    """The address was verified, and the registry is still to answer."""
    HELD = "held"
    """The address was verified, and somebody is to look at a proof."""
    DENIED = "denied"
    """The address was verified, and the registry said no."""


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link's state and its registration; `email` is where the link was sent, masked, for the page."""

    state: LinkState
    email: str
    registration: Registration


def show_link(secret: str, *, tools: RegistrationTools) -> ShownLink:
    """Tell what a link is good for and change nothing; two calls.

    Raises:
        NotFound: `link_unusable`: it never was, or its registration is over.

    """
    token = tools.tokens.find(TokenKind.EMAIL_LINK, secret)
    found = None if token is None else tools.registrations.find(key_of_code_name(token.data["code_name"]))
    if token is None or found is None or not _can_be_shown(found) or not found.is_open_at(tools.clock()):
        raise NotFound("link_unusable", "Este enlace no es válido o su registro venció. Regístrate de nuevo.")
    return ShownLink(_state(token, found, tools), token.data["email"], found)


def verify_by_mail_link(secret: str, number: str = "", *, origin: str, tools: RegistrationTools) -> Registration:
    """Go on with the registration; one whose address was verified before is returned as it is.

    `number` is the document's as typed, of who signed the form that a desk took: the address was read by somebody else,
    and whoever has one that was misread does not know it.

    Raises:
        NotFound: `link_unusable`.
        Conflict: `link_expired` or `link_replaced`.
        InvalidInput: `number_differs`; or as `go_on_with_proof`.
        TooManyRequests: `too_many_numbers`: ten wrong ones were typed; or as `go_on_with_proof`.
        Unavailable: nothing changed; the link stays good.

    """
    shown = show_link(secret, tools=tools)
    if shown.state is LinkState.EXPIRED:
        raise Conflict("link_expired", "Este enlace venció. Pide otro correo y usa el nuevo enlace.")
    if shown.state is LinkState.REPLACED:
        raise _replaced()
    if shown.state in _SHOWN:
        return shown.registration
    if shown.registration.desk is not None:
        _require_signer(shown.registration, number, tools)
    try:
        return go_on_with_proof(shown.registration, origin=origin, tools=tools)
    except (RegistrationBusy, RegistrationChanged):
        again = show_link(secret, tools=tools)
        if again.state in _SHOWN:  # by another click, or the code, at the same moment
            return again.registration
        raise


def resend_by_mail_link(secret: str, *, tools: RegistrationTools) -> Registration:
    """Send another e-mail to the address that the link was sent to, if that is the registration's still.

    Raises:
        NotFound: `link_unusable`.
        Conflict: `link_replaced`.
        TooManyRequests: as `resend_registration_mail`.
        Unavailable: nothing was sent.

    """
    shown = show_link(secret, tools=tools)
    if shown.state is LinkState.REPLACED or shown.email != mask_email(shown.registration.email):
        raise _replaced()
    return send_again(shown.registration, tools=tools)


def _require_signer(registration: Registration, typed: str, tools: RegistrationTools) -> None:
    """Count a wrong number, and none that is right: whatever else fails then uses no try up."""
    require_tries_left(registration)
    number = "".join(sign for sign in typed.upper() if sign.isalnum())
    if not number:
        raise InvalidInput("number_missing", "Escribe el número de tu documento.", field="number")
    if number == signer_number(registration).upper():
        return
    mistyped = tools.registrations.count_mistyped(registration.key, most=MOST_MISTYPED)
    require_tries_left(replace(registration, mistyped=MOST_MISTYPED if mistyped is None else mistyped))
    detail = "No es el número del documento de quien firmó el formato. Revísalo."
    raise InvalidInput("number_differs", detail, field="number")


_SHOWN = {LinkState.USED, LinkState.WAITING, LinkState.HELD, LinkState.DENIED}


def _can_be_shown(registration: Registration) -> bool:
    is_after_proof = registration.is_proven and registration.state in _AFTER_PROOF
    return is_after_proof or registration.state in {*VERIFIABLE, RegistrationState.COMPLETED}


_AFTER_PROOF = {
    RegistrationState.AWAITING_REGISTRY: LinkState.WAITING,
    RegistrationState.AWAITING_REVIEW: LinkState.HELD,
    RegistrationState.REFUSED: LinkState.DENIED,
}


def _replaced() -> Conflict:
    return Conflict(
        "link_replaced", "Te enviamos un correo más reciente. Usa el enlace o la clave de validación de ese correo."
    )


def _state(token: Token, registration: Registration, tools: RegistrationTools) -> LinkState:
    if registration.state is RegistrationState.COMPLETED:
        return LinkState.USED
    if token.data["code_name"] != registration.code_name:
        return LinkState.REPLACED
    if registration.state in _AFTER_PROOF:
        return _AFTER_PROOF[registration.state]
    return LinkState.USABLE if token.is_valid_at(tools.clock()) else LinkState.EXPIRED
