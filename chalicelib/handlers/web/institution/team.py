"""`…/equipo`, `…/administradores`, `…/coordinadores`: who works there, enrolled and removed by who may (INS-3).

*Altas/Bajas* (S2): a coordinator enrols and removes officers of the own institution, an administrator coordinators and
other administrators. The lists differ in whom they hold; what is done to a person is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import office_store, staff_tools
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, NotFound
from chalicelib.domain.institution.staff import (
    PERMISSION_WORDS,
    PLATFORM,
    PLATFORM_ROLES,
    ROLE_WORDS,
    STATE_WORDS,
    StaffMember,
    StaffRole,
    StaffState,
)
from chalicelib.domain.institution.staff_changes import (
    Reset,
    TypedStaff,
    find_member,
    mark_of,
    read_reason,
    require_as_shown,
)
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.deed_words import DEED_BUTTONS, DEED_EXPLAINED, DEED_HEADINGS
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.services.institution.enrol_staff import Enrolled, StaffAct, enrol_staff, send_link_again
from chalicelib.services.institution.manage_staff import (
    change_staff,
    disable_staff,
    enable_staff,
    remove_staff,
    reset_staff,
)
from chalicelib.services.institution.tools import StaffTools

_FIELDS = ("document_number", "name", "position", "email", "mobile", "office_id")
_LONGEST = 500
_TOLD = {
    "agregado": "Inscribimos a {name}. Le enviamos un correo a {email} para que active su acceso.",
    "sin-correo": "Inscribimos a {name}, pero no pudimos enviarle el correo. Envíalo otra vez dentro de un momento.",
    "cambiado": "Guardamos los cambios de {name}. Valen desde su siguiente paso.",
    "deshabilitado": "{name} ya no puede ingresar, y sus sesiones se cerraron.",
    "habilitado": "{name} puede ingresar otra vez.",
    "restablecido": "Enviamos a {email} un enlace para que {name} restablezca su acceso.",
    "reenviado": "Enviamos otra vez el enlace a {email}. El anterior ya no sirve.",
    "habilitado-sin-activar": "{name} está habilitado, pero no activó su acceso. Envíale otra vez el enlace.",
    "enlace-sin-correo": "No pudimos enviar el correo a {name}. Envíale otra vez el enlace dentro de un momento.",
}
_BAD = {"sin-correo", "enlace-sin-correo"}
_REMOVED = "La persona ya no está en la lista: no puede ingresar."


@dataclass(frozen=True, slots=True)
class _Team:
    """One list: whose it is, which roles it holds, and where its pages are."""

    institution_id: str
    institution: Institution | None
    roles: tuple[StaffRole, ...]
    base: str
    title: str

    @property
    def is_platform(self) -> bool:
        return self.institution_id == PLATFORM


def show_team(request: PageRequest, staff: SignedIn, **parameters: str) -> Response:
    """List everybody, with what each may do."""
    team = _team(staff, parameters)
    everybody = staff_tools(current()).staff.list_for_institution(team.institution_id)
    listed = [one for one in everybody if one.role in team.roles]
    what, about = request.asked("hecho"), request.asked("usuario")
    one = next((one for one in listed if one.staff_id == about), None)
    told = _REMOVED if what == "quitado" else _TOLD.get(what, "").format(name=one.name, email=one.email) if one else ""
    active = [one for one in listed if one.is_active and one.role is team.roles[0]]
    return show(
        request,
        "institution/team.html",
        team=team,
        listed=listed,
        office_names=_office_names(team, listed),
        told=told,
        is_bad=what in _BAD,
        recommends_two=team.roles[0] is not StaffRole.OFFICER and len(active) < 2,  # noqa: PLR2004 - two
        **_words(),
    )


def show_enrolment(request: PageRequest, staff: SignedIn, **parameters: str) -> Response:
    """Ask for a new person's data."""
    return _member_page(request, _team(staff, parameters), None)


def enrol_by_form(request: PageRequest, staff: SignedIn, **parameters: str) -> Response:
    """Enrol somebody, who gets a link by e-mail."""
    team, box = _team(staff, parameters), current()
    try:
        enrolled = enrol_staff(
            _typed(request, team),
            _role(request, team),
            team.institution_id,
            by=_act(request, staff),
            tools=staff_tools(box),
            now=box.clock(),
        )
    except CasillaError as error:
        return _member_page(request, team, None, error)
    return _done(team, "agregado" if enrolled.is_sent else "sin-correo", enrolled.member)


def show_member(request: PageRequest, staff: SignedIn, staff_id: str, **parameters: str) -> Response:
    """Show somebody's data, to be changed."""
    team = _team(staff, parameters)
    return _member_page(request, team, _member(team, staff_id))


def change_by_form(request: PageRequest, staff: SignedIn, staff_id: str, **parameters: str) -> Response:
    """Change them."""
    team, box = _team(staff, parameters), current()
    member = _member(team, staff_id)
    try:
        require_as_shown(member, request.value("seen"))
        after = change_staff(
            member, _typed(request, team, member), by=_act(request, staff), tools=staff_tools(box), now=box.clock()
        )
    except CasillaError as error:
        return _member_page(request, team, member, error)
    return _done(team, "cambiado", after)


def show_deed(request: PageRequest, staff: SignedIn, staff_id: str, deed: str, **parameters: str) -> Response:
    """Say what something does to somebody, before it is done, and ask why (WCAG 3.3.4)."""
    team = _team(staff, parameters)
    return _deed_page(request, team, _subject(team, staff, staff_id, deed), deed)


def do_by_form(request: PageRequest, staff: SignedIn, staff_id: str, deed: str, **parameters: str) -> Response:
    """Do it."""
    team, box = _team(staff, parameters), current()
    if deed not in _DEEDS:
        raise _no_page()
    member = _subject(team, staff, staff_id, deed)
    try:
        reason = "" if deed == "reenviar" else read_reason(request.value("reason")[:_LONGEST])
        by = replace(_act(request, staff), reason=reason)
        after = _DEEDS[deed](request, member, by, staff_tools(box), box.clock())
    except CasillaError as error:
        return _deed_page(request, team, member, deed, error)
    if isinstance(after, Enrolled):
        return _done(team, _HECHO[deed] if after.is_sent else "enlace-sin-correo", after.member)
    if after is None:
        own = staff.member.staff_id == staff_id
        return go_to("/entidad/ingresar?salida=si" if own else f"{team.base}?hecho=quitado")
    is_waiting = deed == "habilitar" and after.state is StaffState.INVITED
    return _done(team, "habilitado-sin-activar" if is_waiting else _HECHO[deed], after)


def _disable(_: PageRequest, member: StaffMember, by: StaffAct, tools: StaffTools, now: datetime) -> StaffMember:
    return disable_staff(member, by=by, tools=tools, now=now)


def _enable(_: PageRequest, member: StaffMember, by: StaffAct, tools: StaffTools, now: datetime) -> StaffMember:
    return enable_staff(member, by=by, tools=tools, now=now)


def _reset(request: PageRequest, member: StaffMember, by: StaffAct, tools: StaffTools, now: datetime) -> Enrolled:
    lost = request.value("lost")
    if lost not in set(Reset):
        raise Conflict("reset_unclear", "Elige qué se perdió.", field="lost")
    return reset_staff(member, Reset(lost), by=by, tools=tools, now=now)


def _send_again(_: PageRequest, member: StaffMember, by: StaffAct, tools: StaffTools, now: datetime) -> Enrolled:
    return send_link_again(member, by=by, tools=tools, now=now)


def _remove(_: PageRequest, member: StaffMember, by: StaffAct, tools: StaffTools, now: datetime) -> None:
    remove_staff(member, by=by, tools=tools, now=now)


_Outcome = Enrolled | StaffMember | None
_DEEDS: dict[str, Callable[[PageRequest, StaffMember, StaffAct, StaffTools, datetime], _Outcome]] = {
    "deshabilitar": _disable,
    "habilitar": _enable,
    "restablecer": _reset,
    "reenviar": _send_again,
    "quitar": _remove,
}
_HECHO = {
    "deshabilitar": "deshabilitado",
    "habilitar": "habilitado",
    "restablecer": "restablecido",
    "reenviar": "reenviado",
}


def _deed_page(
    request: PageRequest, team: _Team, member: StaffMember, deed: str, error: CasillaError | None = None
) -> Response:
    if deed not in _DEEDS:
        raise _no_page()
    shown: dict[str, Any] = {
        "team": team,
        "member": member,
        "deed": deed,
        "title": DEED_HEADINGS[deed].format(member.name),
        "explained": DEED_EXPLAINED[deed],
        "button": DEED_BUTTONS[deed],
        "reason": request.value("reason"),
        "lost": request.value("lost"),
    }
    return show_form(request, "institution/deed.html", error, STAFF_LABELS, **shown)


def _member_page(
    request: PageRequest, team: _Team, member: StaffMember | None, error: CasillaError | None = None
) -> Response:
    typed = {name: request.value(name) for name in _FIELDS}
    ticked = request.form.get("permissions", [])
    if member is not None and "name" not in request.form:
        ticked = list(member.permissions)
        typed = {name: getattr(member, name) or "" for name in _FIELDS}
    shown: dict[str, Any] = {
        "team": team,
        "member": member,
        "typed": typed,
        "seen": _shown_mark(request, member) if member else "",
        "ticked": ticked,
        "role": request.value("role") or team.roles[0].value,
        "offices": _offices(team, member),
        **_words(),
    }
    return show_form(request, "institution/member.html", error, STAFF_LABELS, **shown)


def _shown_mark(request: PageRequest, member: StaffMember) -> str:
    """Return the mark that a form is to carry: of one that is led back to correct a mistake, that of before."""
    kept, typed = request.answer, request.value("seen")
    is_same = bool(typed) and kept is not None and kept.code not in {"staff_changed", ""}
    return typed if is_same else mark_of(member)


def _office_names(team: _Team, listed: list[StaffMember]) -> dict[str, str]:
    """Return what offices are called; nothing is read where nobody is limited to one."""
    if not any(one.office_id for one in listed):
        return {}
    offices = office_store(current()).list_for_institution(team.institution_id)
    return {one.office_id: f"{one.name}{' (cerrada)' if one.is_closed else ''}" for one in offices}


def _offices(team: _Team, member: StaffMember | None) -> list[tuple[str, str]]:
    """Return the offices that somebody can be limited to: those that are open, and the one that the person has."""
    if team.is_platform:
        return []
    own = member.office_id if member is not None else None
    listed = office_store(current()).list_for_institution(team.institution_id)
    return [
        (one.office_id, f"{one.name}{' (cerrada)' if one.is_closed else ''}")
        for one in listed
        if not one.is_closed or one.office_id == own
    ]


def _typed(request: PageRequest, team: _Team, member: StaffMember | None = None) -> TypedStaff:
    values = {name: request.value(name)[:_LONGEST] for name in _FIELDS}
    if values["office_id"] and values["office_id"] not in dict(_offices(team, member)):
        raise InvalidInput("office_unknown", "Elige una oficina de la lista.", field="office_id")
    return TypedStaff(**values, permissions=tuple(request.form.get("permissions", [])))


def _role(request: PageRequest, team: _Team) -> StaffRole:
    """Return the role to give: one of the list's, the first unless another is chosen."""
    chosen = request.value("role")
    return next((role for role in team.roles if role.value == chosen), team.roles[0])


def _team(staff: SignedIn, parameters: dict[str, str]) -> _Team:
    if staff.institution is not None:
        own = staff.institution
        return _Team(own.institution_id, own, (StaffRole.OFFICER,), "/entidad/equipo", "Operadores")
    institution_id = parameters.get("institution_id")
    if institution_id is None:
        return _Team(PLATFORM, None, PLATFORM_ROLES, "/plataforma/administradores", "Administradores")
    found = institution_store(current()).find(institution_id)
    if found is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Vuelve a la lista.")
    base = f"/plataforma/entidades/{institution_id}/coordinadores"
    return _Team(institution_id, found, (StaffRole.COORDINATOR,), base, f"Coordinadores de {found.name}")


def _member(team: _Team, staff_id: str) -> StaffMember:
    everybody = staff_tools(current()).staff.list_for_institution(team.institution_id)
    return find_member(everybody, staff_id, team.roles)


def _subject(team: _Team, staff: SignedIn, staff_id: str, deed: str) -> StaffMember:
    """Return whom something is done to: somebody of the list, or oneself where one gives up being coordinator."""
    return staff.member if staff_id == staff.member.staff_id and deed == "quitar" else _member(team, staff_id)


def _act(request: PageRequest, staff: SignedIn) -> StaffAct:
    return StaffAct(staff.member.actor, request.origin, member=staff.member)


def _done(team: _Team, what: str, member: StaffMember) -> Response:
    return go_to(f"{team.base}?hecho={what}&usuario={member.staff_id}")


def _words() -> dict[str, Any]:
    return {
        "role_words": ROLE_WORDS,
        "permission_words": PERMISSION_WORDS,
        "state_words": STATE_WORDS,
        "states": StaffState,
    }


def _no_page() -> NotFound:
    return NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
