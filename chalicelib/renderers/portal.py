"""What an institution sets of its portal: name, help, colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Portal:
    """What stands on every page."""

    name: str
    help_phone: str
    help_email: str
    help_hours: str


@cache
def portal() -> Portal:
    """Return the portal's settings."""
    return Portal(
        name="Sistema de Notificaciones Electrónicas",
        help_phone="(01) 000-0000",
        help_email="ayuda@ejemplo.pe",
        help_hours="de lunes a viernes, de 8:30 a 16:30",
    )


def theme_css() -> str:
    """Write the institution's colours as custom properties."""
    return ":root { --primary: #0056ac; --danger: #bf0909; --success: #126b49; }\n"
