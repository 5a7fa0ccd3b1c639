"""A form that comes twice is one request; one that was filled in anew after *Atrás* is another, and lost in none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.errors import Conflict
from chalicelib.services.desk.keep_scan import SentScan
from chalicelib.services.desk.tools import DeskTools

FORM_USED = "form_used"


def form_mark(typed: Sequence[str], scan: SentScan, *, tools: DeskTools) -> str:
    """Return what tells apart what forms say, and from which nobody learns it."""
    return keyed_hash(tools.access.pepper, "desk-form", *typed, hashlib.sha256(scan.content).hexdigest())


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
