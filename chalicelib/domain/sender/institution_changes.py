"""What an operator may change of an institution: each rule returns it as it is to be, and says what changed.

Nothing that was issued moves: a notice keeps the norm, the hours and the dates it was deposited under.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from chalicelib.domain.contact import read_email
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.sender.institution import LEY_31736_CHANNELS, AppliedNorm, Institution, InstitutionState
from chalicelib.domain.sender.setting_words import describe_changes
from chalicelib.domain.sender.short_name import check_short_name

MOST_DISTANCE = 60
"""Business days that a row of the table can add."""
MOST_PLACES = 500
_INSTITUTION_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
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
    if not _INSTITUTION_ID.fullmatch(text):
        detail = "El identificador de la entidad lleva de 2 a 63 letras minúsculas sin tilde, números y guiones."
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
    return Institution(institution_id, name, address, phone, state, short_name=short_name, version=1)


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


def change_state(institution: Institution, state: InstitutionState) -> InstitutionDecision:
    """Activate, suspend or cancel it."""
    return _decided(institution, {"state": state})


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


def _of_other_places(institution: Institution, place: str) -> tuple[Distance, ...]:
    return tuple(one for one in institution.distances if one.place.casefold() != place.casefold())


def _decided(institution: Institution, settings: Mapping[str, Any]) -> InstitutionDecision:
    changed = {name: value for name, value in settings.items() if getattr(institution, name) != value}
    if not changed:
        return InstitutionDecision(institution, institution)
    return InstitutionDecision(institution, replace(institution, **changed, version=institution.version + 1))
