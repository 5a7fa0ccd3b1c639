"""An officer who acts for an institution at a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody whom a page let in, and from where they act. `actor` is how events name them: `staff:<id>`.

    `office_id` is the office that they act from, None the institution itself. `session` names their login, and opens
    nothing. `origin` is their network address.
    """

    actor: str
    institution_id: str
    office_id: str | None
    session: str
    origin: str = ""
