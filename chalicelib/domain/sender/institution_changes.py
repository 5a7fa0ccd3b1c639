"""What an operator may change of an institution: each rule returns it as it is to be, and says what changed.

Nothing that was issued moves: a notice keeps the norm, the hours and the dates it was deposited under.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import partial
from typing import Any

from chalicelib.domain.calendar import FilingRule
from chalicelib.domain.contact import read_email
from chalicelib.domain.contrast import read_colour
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.sender.institution import (
    LEY_31736_CHANNELS,
    AppliedNorm,
    Colours,
    Institution,
    InstitutionState,
    SubjectContact,
)
from chalicelib.domain.sender.setting_words import describe_changes
from chalicelib.domain.sender.short_name import check_short_name
from chalicelib.domain.typed import plain, tidy

MOST_DISTANCE = 60
"""Business days that a row of the table can add."""
MOST_PLACES = 500
MOST_CONTACTS = 12
LONGEST_OF_CONTACT = {"subject": 80, "desk": 80, "phone": 60, "hours": 80}
_NEEDED_OF_CONTACT = {"subject", "desk"}
_INSTITUTION_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_PLATFORM = "plataforma"
"""Of who administers the platform, in usernames: no institution's."""
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class InstitutionDecision:
    """The institution as it was, and as it is to be: the very same where nothing changes."""

    before: Institution
    institution: Institution

    @property
    def change(self) -> str:
        """One line that says what changes, as programs read it; empty where nothing does."""
        return "; ".join(one.for_programs for one in describe_changes(self.before, self.institution))

    @property
    def told(self) -> str:
        """The same in Spanish."""
        return "; ".join(one.for_people for one in describe_changes(self.before, self.institution))


def check_institution_id(text: str) -> None:
    """Accept what can stand in a `keyid`.

    Raises:
        InvalidInput: `institution_id_invalid`.

    """
    if not _INSTITUTION_ID.fullmatch(text) or text == _PLATFORM:
        detail = (
            "El identificador de la entidad lleva de 2 a 63 letras minúsculas sin tilde, números y guiones, y no es"
            " «plataforma»."
        )
        raise InvalidInput("institution_id_invalid", detail)


def check_key_id(text: str) -> None:
    """Accept what can stand in a `keyid`.

    Raises:
        InvalidInput: `key_id_invalid`.

    """
    if not _KEY_ID.fullmatch(text):
        detail = (
            "El identificador de la clave lleva de 1 a 64 letras sin tilde, números, puntos y guiones, como 2027-1."
        )
        raise InvalidInput("key_id_invalid", detail)


def new_institution(institution_id: str, *, name: str, address: str, phone: str, short_name: str | None) -> Institution:
    """Return an institution as it begins: inactive, without a norm, so that nothing is deposited by a half-told one.

    Raises:
        InvalidInput: `institution_id_invalid` or `short_name_invalid`.

    """
    check_institution_id(institution_id)
    if short_name is not None:
        check_short_name(short_name)
    state = InstitutionState.INACTIVE
    return Institution(institution_id, name, address, phone, state, short_name=short_name, is_stopped=False, version=1)


def change_details(institution: Institution, **details: Any) -> InstitutionDecision:
    """Change its name, address, telephone, short name, where its digest goes, or whether receipts go with alerts.

    Raises:
        InvalidInput: `short_name_invalid` or `email_invalid`.

    """
    if details.get("short_name") is not None:
        check_short_name(details["short_name"])
    if details.get("digest_email") is not None:
        details["digest_email"] = read_email(details["digest_email"], field="digest_email")
    return _decided(institution, details)


def change_state(institution: Institution, state: InstitutionState, today: date) -> InstitutionDecision:
    """Activate, suspend or cancel it; of one that is not active already, that it was ordered is what changes.

    `today` is the local day.
    """
    if state is institution.state is InstitutionState.ACTIVE:
        return InstitutionDecision(institution, institution)
    if state is InstitutionState.ACTIVE:
        return _decided(institution, {"state": state, "is_stopped": False, "started_on": today})
    return _decided(institution, {"state": state, "is_stopped": True})


def cite_norm(institution: Institution, norm: AppliedNorm, *, is_default: bool) -> InstitutionDecision:
    """Cite the norm by which it notifies under a regime, in place of the one before.

    Raises:
        InvalidInput: `channels_required`; under `acknowledgement` the Ley 31736 asks for both. `regime_not_usual`.

    """
    if norm.regime is Regime.IMMEDIATE and is_default:
        detail = "«immediate» es para medidas cautelares, que cada depósito nombra: no puede ser el régimen usual."
        raise InvalidInput("regime_not_usual", detail)
    if norm.regime is Regime.ACKNOWLEDGEMENT and set(norm.channels) != set(LEY_31736_CHANNELS):
        detail = "Bajo «acknowledgement» rige la Ley 31736, que exige correo y mensaje de texto: no diga --channels."
        raise InvalidInput("channels_required", detail)
    others = tuple(one for one in institution.norms if one.regime is not norm.regime)
    in_order = sorted((*others, norm), key=lambda one: list(Regime).index(one.regime))
    norms = institution.norms if norm in institution.norms else tuple(in_order)
    regime = norm.regime if is_default else institution.regime
    return _decided(institution, {"norms": norms, "regime": regime})


def remove_norm(institution: Institution, regime: Regime) -> InstitutionDecision:
    """Cite none for a regime any longer; where it was the usual one, the acknowledgement is."""
    norms = tuple(one for one in institution.norms if one.regime is not regime)
    falls_back = institution.regime is regime and norms != institution.norms
    usual = Regime.ACKNOWLEDGEMENT if falls_back else institution.regime
    return _decided(institution, {"norms": norms, "regime": usual})


def set_own_hours(institution: Institution, opens_at: time | None, closes_at: time | None) -> InstitutionDecision:
    """Set its hours of attention; none are the general ones.

    Raises:
        InvalidInput: `hours_invalid`.

    """
    if (opens_at is None) is not (closes_at is None):
        raise InvalidInput("hours_invalid", "Se dicen las dos horas: la de apertura y la de cierre.")
    if opens_at is not None and closes_at is not None and not opens_at < closes_at:
        raise InvalidInput("hours_invalid", "La hora de cierre va después de la de apertura.")
    return _decided(institution, {"opens_at": opens_at, "closes_at": closes_at})


def set_filing_rule(institution: Institution, rule: FilingRule | None) -> InstitutionDecision:
    """Say until when what is filed with it counts as of its own day; None: as the general rule says."""
    return _decided(institution, {"filing_rule": rule})


def set_region(institution: Institution, region: str | None) -> InstitutionDecision:
    """Say whose regional days apply to it."""
    return _decided(institution, {"region": region})


def set_distance(institution: Institution, distance: Distance) -> InstitutionDecision:
    """Put a row into its table of término de la distancia, in place of the one of that place.

    Raises:
        InvalidInput: `distances_full`.

    """
    others = _of_other_places(institution, distance.place)
    if len(others) >= MOST_PLACES:
        raise InvalidInput("distances_full", f"El cuadro guarda {MOST_PLACES} lugares a lo más.")
    if distance in institution.distances:
        return InstitutionDecision(institution, institution)
    in_order = sorted((*others, distance), key=lambda one: one.place.casefold())
    return _decided(institution, {"distances": tuple(in_order)})


def remove_distance(institution: Institution, place: str) -> InstitutionDecision:
    """Take a row out of its table.

    Raises:
        NotFound: `distance_unknown`.

    """
    others = _of_other_places(institution, place)
    if others == institution.distances:
        raise NotFound("distance_unknown", "El cuadro de la entidad no tiene ese lugar. Véalo con «institutions show».")
    return _decided(institution, {"distances": others})


def read_contact(typed: SubjectContact) -> SubjectContact:
    """Return a contact by subject as typed, tidied; it says a telephone or an e-mail at least.

    Raises:
        InvalidInput: all that is wrong, each with its field: `field_empty`, `field_too_long`, `email_invalid`,
            `contact_unreachable`.

    """
    problems: list[InvalidInput] = []
    texts = {
        name: collect(problems, partial(_line, name, getattr(typed, name), is_needed=name in _NEEDED_OF_CONTACT), "")
        for name in LONGEST_OF_CONTACT
    }
    email = typed.email and plain(typed.email)
    found = collect(problems, lambda: read_email(email, field="email") if email else None, None)
    if not email and not tidy(typed.phone):
        problems.append(InvalidInput("contact_unreachable", "Va un teléfono, un correo o ambos.", field="phone"))
    if problems:
        raise refusal_of(problems)
    return SubjectContact(typed.contact_id, email=found, **texts)


def set_contact(institution: Institution, contact: SubjectContact) -> InstitutionDecision:
    """Put a contact in place of the one of that id, or add it; each subject has one.

    Raises:
        Conflict: `contact_subject_taken`, `contacts_full`.

    """
    others = [one for one in institution.contacts if one.contact_id != contact.contact_id]
    if any(one.subject.casefold() == contact.subject.casefold() for one in others):
        raise Conflict(
            "contact_subject_taken", "Ya hay un contacto para ese tema: hay que cambiar ese.", field="subject"
        )
    if len(others) >= MOST_CONTACTS:
        raise Conflict("contacts_full", f"La entidad guarda {MOST_CONTACTS} contactos a lo más: hay que quitar uno.")
    if contact in institution.contacts:
        return InstitutionDecision(institution, institution)
    in_order = sorted((*others, contact), key=lambda one: one.subject.casefold())
    return _decided(institution, {"contacts": tuple(in_order)})


def remove_contact(institution: Institution, contact_id: str) -> InstitutionDecision:
    """Take a contact out; one that is gone already is as wanted."""
    left = tuple(one for one in institution.contacts if one.contact_id != contact_id)
    return _decided(institution, {"contacts": left})


def set_emblem(institution: Institution, emblem: str | None) -> InstitutionDecision:
    """Show another picture, by its SHA-256, or the portal's."""
    return _decided(institution, {"emblem": emblem})


def set_colours(institution: Institution, colours: Colours | None) -> InstitutionDecision:
    """Colour its console as `read_colours` took it, or as the portal."""
    return _decided(institution, {"colours": colours})


def read_colours(light: str, dark: str) -> Colours:
    """Return two colours that text can have, one on paper and one on dark paper.

    Raises:
        InvalidInput: as `read_colour`, of both, with the fields `light` and `dark`.

    """
    problems: list[InvalidInput] = []
    found = (
        collect(problems, lambda: read_colour(light, field="light", is_dark=False), ""),
        collect(problems, lambda: read_colour(dark, field="dark", is_dark=True), ""),
    )
    if problems:
        raise refusal_of(problems)
    return Colours(*found)


def _line(name: str, typed: str, *, is_needed: bool) -> str:
    text = tidy(typed)
    if not text and is_needed:
        raise InvalidInput("field_empty", f"El campo «{name}» no puede estar vacío.", field=name)
    if len(text) > LONGEST_OF_CONTACT[name]:
        raise InvalidInput("field_too_long", f"Caben hasta {LONGEST_OF_CONTACT[name]} letras.", field=name)
    return text


def _of_other_places(institution: Institution, place: str) -> tuple[Distance, ...]:
    return tuple(one for one in institution.distances if one.place.casefold() != place.casefold())


def _decided(institution: Institution, settings: Mapping[str, Any]) -> InstitutionDecision:
    changed = {name: value for name, value in settings.items() if getattr(institution, name) != value}
    if not changed:
        return InstitutionDecision(institution, institution)
    return InstitutionDecision(institution, replace(institution, **changed, version=institution.version + 1))
