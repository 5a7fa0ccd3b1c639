"""Registration is open where the institution has access to both registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import Container
from chalicelib.domain.errors import Forbidden

if TYPE_CHECKING:
    from chalicelib.services.registration.tools import RegistrationTools


def is_registration_open(box: Container) -> bool:
    """Tell whether people can register by themselves."""
    return bool(box.config.reniec_url and box.config.sunat_url)


def open_registration_tools(box: Container) -> RegistrationTools:
    """Return what registering needs.

    Raises:
        Forbidden: `registration_closed`.

    """
    if not is_registration_open(box):
        detail = "El registro en línea no está abierto. Acércate a la mesa de partes de la entidad."
        raise Forbidden("registration_closed", detail)
    return box.registration_tools
