"""What proves that a form comes from a page of the session it is sent in."""

from __future__ import annotations

from typing import Protocol

from chalicelib.domain.access.access_secret import is_keyed_hash, keyed_hash
from chalicelib.domain.errors import Forbidden


class Login(Protocol):
    """A session of whatever kind, of people or of the staff."""

    @property
    def access_id(self) -> str:
        """What stays from login to the end."""
        ...


def csrf_token(pepper: bytes, session: Login) -> str:
    """Return what every form of this session carries.

    Bound to the login, not to the rotating secret: a form open in another tab survives a validation.
    """
    return keyed_hash(pepper, "csrf", session.access_id)


def check_csrf(pepper: bytes, session: Login, given: str) -> None:
    """Refuse a form that this session's pages did not make.

    Raises:
        Forbidden: `csrf_mismatch`.

    """
    if not is_keyed_hash(given, pepper, "csrf", session.access_id):
        raise Forbidden("csrf_mismatch", "La página venció. Vuelve a abrirla y envía el formulario otra vez.")
