"""The public catalogue: one institution's whole, all of them by words, a bounded number looked at a time (FIL-1).

What was not looked at is never said not to be there: the answer tells how to go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.filing.catalogue import CatalogueEntry, in_order, is_found, words_of
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office
from chalicelib.services.together import together
from chalicelib.store.filing.procedure_store import ProcedureStore, ShownProcedure
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.sender.institution_store import InstitutionStore

MOST_READ = 2000
"""Entries looked at for one answer."""
MOST_FOUND = 50
"""How many of those found one answer has."""
_POSITION = re.compile(r"[a-z0-9-]{1,64}#[0-9A-Z-]{14}")
_PART = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class CatalogueTools:
    """Where catalogues are, and what they say of institutions and offices."""

    procedures: ProcedureStore
    institutions: InstitutionStore
    offices: OfficeStore
    most_read: int = MOST_READ
    most_found: int = MOST_FOUND


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that were found, with their institutions; `after` is from where the search goes on, None at its end."""

    entries: tuple[CatalogueEntry, ...]
    institutions: dict[str, Institution]
    after: str | None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A version of a procedure as its page shows it, with the office that receives it where one is said."""

    shown: ShownProcedure
    office: Office | None


def list_catalogues(tools: CatalogueTools) -> tuple[Institution, ...]:
    """Return the institutions with a catalogue that have not left the platform, by name."""
    return tuple(one for one in tools.procedures.list_institutions() if not has_left(one))


def has_left(institution: Institution) -> bool:
    """Tell whether an institution is not on the platform any more; one that is held up for a while is."""
    return institution.state is InstitutionState.CANCELLED


def read_catalogue(institution_id: str, search: str, tools: CatalogueTools) -> tuple[Institution, Found]:
    """Return an institution and what its catalogue has of what is looked for: all of it where nothing is.

    Raises:
        NotFound: `institution_unknown`.

    """
    institutions: list[Institution | None] = [None]
    entries: list[CatalogueEntry] = []
    if _PART.fullmatch(institution_id):
        together(
            [
                lambda: institutions.append(tools.institutions.find(institution_id)),
                lambda: entries.extend(tools.procedures.list_for_institution(institution_id)),
            ]
        )
    institution = institutions[-1]
    if institution is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Revisa si la dirección está bien escrita.")
    words = words_of(search)
    found = in_order([one for one in entries if is_found(one, words)])
    return institution, Found(found, {institution_id: institution}, None)


def search_catalogues(search: str, after: str, tools: CatalogueTools) -> Found:
    """Look through all catalogues for procedures that are attended to, from a position on; empty: from the beginning.

    Raises:
        InvalidInput: `position_invalid`.

    """
    if after and not _POSITION.fullmatch(after):
        raise InvalidInput("position_invalid", "Esta dirección no es de una búsqueda. Vuelve a buscar.")
    words = words_of(search)
    looked_at = tools.procedures.list_after(after or None, limit=tools.most_read)
    found: list[CatalogueEntry] = []
    goes_on = looked_at[-1][0] if len(looked_at) == tools.most_read else None
    for position, entry in looked_at:
        if entry.is_retired or not is_found(entry, words):
            continue
        found.append(entry)
        if len(found) == tools.most_found and position != looked_at[-1][0]:
            goes_on = position
            break
    institutions = tools.procedures.find_institutions(one.institution_id for one in found)
    by_id = {one.institution_id: one for one in institutions if not has_left(one)}
    listed = [one for one in found if one.institution_id in by_id]
    return Found(in_order(listed), by_id, goes_on)


def read_entry(institution_id: str, procedure_id: str, version: int | None, tools: CatalogueTools) -> ShownEntry:
    """Return a procedure's page: its present version, or the one asked for.

    Raises:
        NotFound: `procedure_unknown`.

    """
    found = None
    if _PART.fullmatch(institution_id) and _PART.fullmatch(procedure_id):
        found = tools.procedures.find_shown(institution_id, procedure_id, version)
    if found is None:
        detail = "Aquí no hay ese trámite, o esa versión. Búscalo por su nombre en «Trámites»."
        raise NotFound("procedure_unknown", detail)
    office_id = found.asked.office_id
    return ShownEntry(found, None if office_id is None else tools.offices.find(institution_id, office_id))
