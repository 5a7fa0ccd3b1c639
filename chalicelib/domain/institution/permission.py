"""Who of the staff may do what: one table, by which doors are guarded, tests ask and the console shows ticks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import Forbidden
from chalicelib.domain.institution.staff import PLATFORM, Permission, StaffMember, StaffRole


class Act(StrEnum):
    """What a door of the staff is for."""

    BE_INSIDE = "staff: be inside"
    SEE_ADMINISTRATORS = "staff: see administrators"
    MANAGE_ADMINISTRATORS = "staff: manage administrators"
    MANAGE_INSTITUTIONS = "staff: manage institutions"
    MANAGE_COORDINATORS = "staff: manage coordinators"
    SEE_SUSPENSIONS = "staff: see suspended readings"
    SEE_AGREEMENTS = "staff: see agreements"
    CHANGE_AGREEMENTS = "staff: change agreements"
    RECORD_CHANGES = "staff: record another coordinator or representative that a document asks for"
    SEE_AGREEMENT = "staff: see the own agreement"
    ASK_CHANGES = "staff: ask for another coordinator or representative"
    SEE_STAFF = "staff: see officers"
    MANAGE_STAFF = "staff: manage officers"
    MANAGE_OFFICES = "staff: manage offices"
    MANAGE_PROCEDURES = "staff: manage procedures"
    EDIT_CONTACTS = "staff: edit contacts"
    SEE_KEYS = "staff: see keys"
    CHANGE_KEYS = "staff: change keys"
    COMPOSE = "staff: compose notices"
    DEPOSIT = "staff: deposit notices"
    CONSULT = "staff: consult who has a mailbox"
    SEE_SENT = "staff: see sent notices"
    SUSPEND_READING = "staff: suspend a reading"
    SEE_USAGE = "staff: see what is used"
    PROVE_PAYMENT = "staff: send a proof of payment"
    SEE_ALL_USAGE = "staff: see what every institution uses"
    RECORD_PAYMENT = "staff: record a payment"
    AUDIT = "staff: see who looked at whose data"
    ASK_RECOVERY = "staff: take requests to restore a password"
    DECIDE_RECOVERY = "staff: decide about requests to restore a password"
    REGISTER = "staff: register in person, and see who waits for a review"
    DECIDE_REGISTRATION = "staff: decide about registrations that wait for a review"
    ATTEND = "staff: attend to filings"
    OBSERVE = "staff: observe a filing, or link its answer"


class Place(StrEnum):
    """Whose things an act is about."""

    PLATFORM = "platform"
    INSTITUTION = "institution"
    """The own one, all of it."""
    OFFICE = "office"
    """The own one; of who is limited to an office, that office."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act: whoever has one of the roles, or the permission. `place` is where.

    `is_final` says that it cannot be undone: the person is asked for a code of their device again.
    """

    place: Place | None
    roles: tuple[StaffRole, ...] = ()
    permission: Permission | None = None
    is_final: bool = False


_PLATFORM = (StaffRole.PLATFORM_ADMINISTRATOR,)
_COORDINATOR = (StaffRole.COORDINATOR,)

RULES: Mapping[Act, Rule] = {
    Act.BE_INSIDE: Rule(None, tuple(StaffRole)),
    Act.SEE_ADMINISTRATORS: Rule(Place.PLATFORM, _PLATFORM),
    Act.MANAGE_ADMINISTRATORS: Rule(Place.PLATFORM, _PLATFORM, is_final=True),
    Act.MANAGE_INSTITUTIONS: Rule(Place.PLATFORM, _PLATFORM),
    Act.MANAGE_COORDINATORS: Rule(Place.PLATFORM, _PLATFORM, is_final=True),
    Act.SEE_SUSPENSIONS: Rule(Place.PLATFORM, _PLATFORM),
    Act.SEE_AGREEMENTS: Rule(Place.PLATFORM, _PLATFORM),
    Act.CHANGE_AGREEMENTS: Rule(Place.PLATFORM, _PLATFORM, is_final=True),
    Act.RECORD_CHANGES: Rule(Place.PLATFORM, _PLATFORM, is_final=True),
    Act.SEE_AGREEMENT: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.ASK_CHANGES: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.SEE_STAFF: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.MANAGE_STAFF: Rule(Place.INSTITUTION, _COORDINATOR, is_final=True),
    Act.MANAGE_OFFICES: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.MANAGE_PROCEDURES: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.EDIT_CONTACTS: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.SEE_KEYS: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.CHANGE_KEYS: Rule(Place.INSTITUTION, _COORDINATOR, is_final=True),
    Act.COMPOSE: Rule(Place.OFFICE, permission=Permission.DEPOSIT),
    Act.DEPOSIT: Rule(Place.OFFICE, permission=Permission.DEPOSIT, is_final=True),
    Act.CONSULT: Rule(Place.INSTITUTION, permission=Permission.CONSULT),
    Act.SEE_SENT: Rule(Place.OFFICE, permission=Permission.SEE_SENT),
    Act.ASK_RECOVERY: Rule(Place.OFFICE, permission=Permission.RECOVER),
    Act.DECIDE_RECOVERY: Rule(Place.OFFICE, permission=Permission.RECOVER, is_final=True),
    Act.REGISTER: Rule(Place.OFFICE, permission=Permission.REGISTER),
    Act.DECIDE_REGISTRATION: Rule(Place.OFFICE, permission=Permission.REGISTER, is_final=True),
    Act.ATTEND: Rule(Place.OFFICE, permission=Permission.ATTEND),
    Act.OBSERVE: Rule(Place.OFFICE, permission=Permission.ATTEND, is_final=True),
    Act.SUSPEND_READING: Rule(Place.OFFICE, _COORDINATOR, Permission.DEPOSIT, is_final=True),
    Act.SEE_USAGE: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.PROVE_PAYMENT: Rule(Place.INSTITUTION, _COORDINATOR),
    Act.SEE_ALL_USAGE: Rule(Place.PLATFORM, _PLATFORM),
    Act.RECORD_PAYMENT: Rule(Place.PLATFORM, _PLATFORM, is_final=True),
    Act.AUDIT: Rule(Place.INSTITUTION, _COORDINATOR, Permission.AUDIT),
}


def may(member: StaffMember, act: Act) -> bool:
    """Tell whether somebody may do an act at all, wherever that is theirs to do."""
    rule = RULES[act]
    if not member.is_active:
        return False
    is_at_platform = member.institution_id == PLATFORM
    if rule.place is not None and is_at_platform is not (rule.place is Place.PLATFORM):
        return False
    return member.role in rule.roles or (rule.permission is not None and rule.permission in member.permissions)


def reaches(member: StaffMember, act: Act, office_id: str | None) -> bool:
    """Tell whether somebody may do an act to what belongs to an office, None being the institution itself."""
    is_limited = RULES[act].place is Place.OFFICE and member.office_id is not None
    return may(member, act) and (not is_limited or office_id == member.office_id)


def require(member: StaffMember, act: Act) -> None:
    """Let nobody do what the table does not give them.

    Raises:
        Forbidden: `staff_not_authorised` (S2: *usuario no autorizado*).

    """
    if not may(member, act):
        detail = (
            "Usuario no autorizado: no estás matriculado para este servicio en tu entidad, o no estás activo."
            " Comunícate con el coordinador de tu entidad."
        )
        raise Forbidden("staff_not_authorised", detail)
