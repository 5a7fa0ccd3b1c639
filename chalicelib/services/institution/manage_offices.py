"""Add an office, change and close it: each change is a version with its event, and nothing issued moves (INS-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.office_changes import office_changes, require_own_name, require_room
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.institution_tools import subject_of
from chalicelib.store.institution.office_store import OfficeStore, office_changed


@dataclass(frozen=True, slots=True)
class OfficeTools:
    """Where offices are kept, and who changes them."""

    offices: OfficeStore
    act: OperatorAct


def find_office(institution_id: str, office_id: str, offices: OfficeStore) -> Office:
    """Return an office of an institution.

    Raises:
        NotFound: `office_unknown`.

    """
    found = offices.find(institution_id, office_id)
    if found is None:
        raise NotFound("office_unknown", "Tu entidad no tiene esa oficina. Vuelve a la lista.")
    return found


def add_office(office: Office, tools: OfficeTools) -> Office:
    """Add one as `read_office` returns it.

    Raises:
        Conflict: `offices_full`, `office_name_taken`, `office_exists`.

    """
    others = tools.offices.list_for_institution(office.institution_id)
    require_room(others)
    require_own_name(office, others)
    _write(None, office, EventType.OFFICE_ADDED, tools.offices.add, tools)
    return office


def change_office(before: Office, after: Office, version: int, tools: OfficeTools) -> Office:
    """Change one; where nothing differs, nothing is written. `version` is the one that was shown to who changes it.

    Raises:
        Conflict: `office_changed`, `office_name_taken`.

    """
    if before.version != version:
        raise office_changed()
    if after == before:
        return before
    if after.name != before.name:
        require_own_name(after, tools.offices.list_for_institution(after.institution_id))
    changed = replace(after, version=before.version + 1)
    _write(before, changed, EventType.OFFICE_CHANGED, tools.offices.update, tools)
    return changed


def _write(
    before: Office | None, after: Office, kind: EventType, write: Callable[..., None], tools: OfficeTools
) -> None:
    told = {
        "office_id": after.office_id,
        "change": office_changes(before, after),
        "version": str(after.version),
    }
    write(after, tools.act.event(subject_of(after.institution_id), kind, tools.act.clock(), **told))
