"""A form that comes twice is one request; one that was filled in anew after *Atrás* is another, and lost in none."""

from __future__ import annotations

from chalicelib.domain.errors import Conflict

FORM_USED = "form_used"


def require_same_form(kept: str, sent: str, number: str) -> None:
    """Refuse a form whose number began something else; `kept` is empty of what a package before began.

    Raises:
        Conflict: `form_used`.

    """
    if kept and kept != sent:
        detail = (
            f"Con este formulario ya se registró el pedido {number}, con otros datos. Este todavía no se registró:"
            " revísalo, adjunta otra vez el archivo y envíalo de nuevo."
        )
        raise Conflict(FORM_USED, detail)
