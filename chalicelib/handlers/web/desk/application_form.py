"""`/registro/solicitud`: the application for a mailbox as a PDF to print, for anybody and free (S0)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import kept_form
from chalicelib.bootstrap.files import files
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.desk.offer_form import link_to_form


def download_form(_: PageRequest) -> Response:
    """Lead to the blank form; the texts that it names are those in force."""
    box = current()
    return go_to(link_to_form(kept_form(box), files=files(box)))
