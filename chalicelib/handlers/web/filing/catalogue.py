"""`/tramites`: what institutions attend to, read by anybody: found by words, and each procedure on a page (FIL-1)."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import catalogue_tools
from chalicelib.domain.errors import NotFound
from chalicelib.domain.filing.catalogue import LONGEST_SEARCH
from chalicelib.domain.filing.procedure_changes import find_form
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.filing.procedure_words import KIND_WORDS, entry_facts, words_of_procedure
from chalicelib.services.filing.manage_procedures import FORM_TYPE
from chalicelib.services.filing.read_catalogue import (
    has_left,
    list_catalogues,
    read_catalogue,
    read_entry,
    search_catalogues,
)

_LINK_LIVES_S = 300
_LONGEST_POSITION = 100
_VERSION = re.compile(r"[1-9][0-9]{0,5}")


def show_catalogue(request: PageRequest) -> Response:
    """List the institutions that have a catalogue, or what is found in all of them."""
    search, tools = _search(request), catalogue_tools(current())
    if not search:
        return show(request, "filing/catalogues.html", institutions=list_catalogues(tools), search="")
    after = request.asked("desde")[:_LONGEST_POSITION]
    found = search_catalogues(search, after, tools)
    return show(
        request,
        "filing/found.html",
        found=found,
        search=search,
        is_first=not after,
        kinds=KIND_WORDS,
        facts=entry_facts,
    )


def show_institution(request: PageRequest, institution_id: str) -> Response:
    """List what an institution attends to, or what of it is found."""
    search = _search(request)
    institution, found = read_catalogue(institution_id, search, catalogue_tools(current()))
    return show(
        request,
        "filing/catalogue.html",
        institution=institution,
        attended=[one for one in found.entries if not one.is_retired],
        retired=[one for one in found.entries if one.is_retired],
        search=search,
        kinds=KIND_WORDS,
        facts=entry_facts,
        has_left=has_left(institution),
    )


def show_procedure(request: PageRequest, institution_id: str, procedure_id: str) -> Response:
    """Show a procedure, its present version or another; or lead to one of its forms."""
    version = request.asked("version")
    if version and not _VERSION.fullmatch(version):
        raise NotFound("procedure_unknown", "Aquí no hay esa versión. Vuelve al trámite.")
    entry = read_entry(institution_id, procedure_id, int(version) if version else None, catalogue_tools(current()))
    procedure, institution, office = entry.shown.asked, entry.shown.institution, entry.office
    if sha256 := request.asked("formulario"):
        form = find_form(procedure, sha256)
        return go_to(files(current()).document_link(form.key, form.name, FORM_TYPE, expires_s=_LINK_LIVES_S))
    return show(
        request,
        "filing/entry.html",
        procedure=procedure,
        present=entry.shown.present,
        is_present=entry.shown.is_present,
        institution=institution,
        has_left=has_left(institution),
        office=office,
        words=words_of_procedure(procedure),
        public_at=f"/tramites/{institution_id}/{procedure_id}",
    )


def _search(request: PageRequest) -> str:
    return " ".join(request.asked("q")[:LONGEST_SEARCH].split())
