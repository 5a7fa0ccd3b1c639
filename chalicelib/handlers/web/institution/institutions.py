"""`/plataforma/entidades`: institutions, added and shown by who administers the platform."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.institution_changes import new_institution
from chalicelib.domain.sender.setting_words import REGIMES
from chalicelib.domain.typed import plain, tidy
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.printable import check_printable
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.change_institution import add_institution
from chalicelib.services.sender.institution_tools import InstitutionTools

BASE = "/plataforma/entidades"
STATE_WORDS = {
    InstitutionState.ACTIVE: "Activa",
    InstitutionState.INACTIVE: "Inactiva",
    InstitutionState.CANCELLED: "Cancelada",
}
DETAILS = {"name": 120, "address": 200, "phone": 60}
_FROM_CONSOLE = "Desde la consola"
_TOLD = {
    "agregada": "Agregamos la entidad, que empieza inactiva. Cita su norma, inscribe a un coordinador y actívala.",
    "cambiada": "Guardamos los cambios. Lo que ya se emitió queda como estaba.",
}


def list_institutions(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - who may is who may
    """List them."""
    listed = institution_store(current()).list_directory()
    return show(request, "institution/institutions.html", listed=listed, state_words=STATE_WORDS)


def show_new(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - as above
    """Ask for a new one's data."""
    return _new_page(request)


def add_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Add it, inactive."""
    try:
        details = read_details(request)
        institution_id = plain(request.value("institution_id")).lower()
        try:
            institution = new_institution(institution_id, **details)
        except InvalidInput as error:
            field = "institution_id" if error.code == "institution_id_invalid" else "short_name"
            raise InvalidInput(error.code, error.detail, field=field) from error
        add_institution(institution, tools_of(staff))
    except CasillaError as error:
        return _new_page(request, error)
    return go_to(f"{BASE}/{institution.institution_id}?hecho=agregada")


def show_one(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """Show all that is set of one."""
    institution = find_institution(institution_id)
    everybody = staff_store(current()).list_for_institution(institution_id)
    return show(
        request,
        "institution/institution.html",
        institution=institution,
        coordinators=[one for one in everybody if one.role is StaffRole.COORDINATOR],
        officers=[one for one in everybody if one.role is StaffRole.OFFICER],
        state_words=STATE_WORDS,
        regime_words=REGIMES,
        told=_TOLD.get(request.asked("hecho"), ""),
    )


def find_institution(institution_id: str) -> Institution:
    """Return an institution.

    Raises:
        NotFound: `institution_unknown`.

    """
    found = institution_store(current()).find(institution_id)
    if found is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Vuelve a la lista.")
    return found


def tools_of(staff: SignedIn, reason: str = _FROM_CONSOLE) -> InstitutionTools:
    """Return what changes an institution, with who does it."""
    box = current()
    return InstitutionTools(
        institution_store(box), OperatorAct(staff.member.actor, reason, box.clock, box.chance.new_event_id)
    )


def read_details(request: PageRequest) -> dict[str, Any]:
    """Read name, address, telephone and short name.

    Raises:
        InvalidInput: all that is wrong, each with its field.

    """
    problems: list[InvalidInput] = []

    def read(field: str, longest: int) -> str:
        text = tidy(request.value(field))
        if not text or len(text) > longest:
            raise InvalidInput("field_length", f"Escribe de 1 a {longest} letras.", field=field)
        check_printable(text, field=field)
        return text

    found: dict[str, Any] = {
        field: collect(problems, lambda field=field, longest=longest: read(field, longest), "")  # type: ignore[misc]
        for field, longest in DETAILS.items()
    }
    if problems:
        raise refusal_of(problems)
    return {**found, "short_name": tidy(request.value("short_name")) or None}


def _new_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    names = ("institution_id", *DETAILS, "short_name")
    typed = {name: request.value(name) for name in names}
    labels = {**STAFF_LABELS, "name": STAFF_LABELS["institution_name"]}
    return show_form(request, "institution/institution_new.html", error, labels, typed=typed)
