"""`/plataforma/entidades/{institution_id}/…`: one form for each part of an institution's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import CasillaError, InvalidInput, refusal_of, refusals
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender import institution_changes as rules
from chalicelib.domain.sender.institution import LEY_31736_CHANNELS, AppliedNorm, Institution, InstitutionState
from chalicelib.domain.sender.institution_changes import InstitutionDecision
from chalicelib.domain.sender.setting_words import REGIMES
from chalicelib.domain.typed import plain, tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.institutions import (
    BASE,
    DETAILS,
    STATE_WORDS,
    find_institution,
    read_details,
    tools_of,
)
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.printable import check_printable
from chalicelib.services.sender.change_institution import change_institution

_DETAILS, _NORM = "institution/institution_details.html", "institution/institution_norm.html"
_HOURS, _STATE = "institution/institution_hours.html", "institution/institution_state.html"
_LONGEST_CITATION = 300
_CHANNELS = {"both": LEY_31736_CHANNELS, "email": (Channel.EMAIL,), "sms": (Channel.SMS,)}
_Typed = Callable[[PageRequest, Institution], dict[str, Any]]


def show_details(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - who may may
    """Ask for what it is called and where it is."""
    return _page(request, find_institution(institution_id), _DETAILS, _typed_details)


def change_details_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Change them."""

    def read() -> Callable[[Institution], InstitutionDecision]:
        details = {**read_details(request), "digest_email": plain(request.value("digest_email")) or None}
        return partial(rules.change_details, **details)

    return _change(request, staff, institution_id, read, (_DETAILS, _typed_details))


def show_norm(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """Ask for the norm by which it notifies under a regime."""
    return _page(request, find_institution(institution_id), _NORM, _typed_norm)


def set_norm_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Cite it, or remove the one there was."""

    def read() -> Callable[[Institution], InstitutionDecision]:
        if request.value("regime") not in set(Regime):
            raise InvalidInput("field_choice", "Elige un régimen.", field="regime")
        regime, citation = Regime(request.value("regime")), tidy(request.value("citation"))
        if not citation:
            return partial(rules.remove_norm, regime=regime)
        if len(citation) > _LONGEST_CITATION:
            detail = f"Escribe hasta {_LONGEST_CITATION} letras."
            raise InvalidInput("field_too_long", detail, field="citation")
        check_printable(citation, field="citation")
        channels = _CHANNELS.get(request.value("channels"), LEY_31736_CHANNELS)
        return partial(
            rules.cite_norm,
            norm=AppliedNorm(regime, citation, channels),
            is_default=request.value("is_default") == "si",
        )

    return _change(request, staff, institution_id, read, (_NORM, _typed_norm))


def show_hours(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """Ask for its hours of attention and whose regional days apply to it."""
    return _page(request, find_institution(institution_id), _HOURS, _typed_hours)


def set_hours_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Set them."""

    def read() -> Callable[[Institution], InstitutionDecision]:
        times: dict[str, time | None] = {}
        problems = [*refusals(*(partial(_read_time, request, name, times) for name in ("opens_at", "closes_at")))]
        region = request.value("region") or None
        if region is not None and region not in regions():
            problems.append(InvalidInput("region_unknown", "Elige una región de la lista.", field="region"))
        if problems:
            raise refusal_of(problems)

        def decide(institution: Institution) -> InstitutionDecision:
            first = rules.set_own_hours(institution, times["opens_at"], times["closes_at"])
            second = rules.set_region(first.institution, region)
            return InstitutionDecision(institution, _one_version_on(institution, second.institution))

        return decide

    return _change(request, staff, institution_id, read, (_HOURS, _typed_hours))


def show_state(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """Ask whether it is active."""
    return _page(request, find_institution(institution_id), _STATE, _typed_state)


def set_state_by_form(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:
    """Activate, suspend or cancel it."""

    def read() -> Callable[[Institution], InstitutionDecision]:
        if request.value("state") not in set(InstitutionState):
            raise InvalidInput("field_choice", "Elige un estado.", field="state")
        read_reason(request.value("reason"))
        box = current()
        today = box.calendar.local(box.clock()).date()
        return partial(rules.change_state, state=InstitutionState(request.value("state")), today=today)

    return _change(request, staff, institution_id, read, (_STATE, _typed_state))


def _change(
    request: PageRequest,
    staff: SignedIn,
    institution_id: str,
    read: Callable[[], Callable[[Institution], InstitutionDecision]],
    form: tuple[str, _Typed],
) -> Response:
    try:
        reason = tidy(request.value("reason")) or "Desde la consola"
        change_institution(institution_id, read(), tools_of(staff, reason))
    except CasillaError as error:
        return _page(request, find_institution(institution_id), *form, error)
    return go_to(f"{BASE}/{institution_id}?hecho=cambiada")


def _page(
    request: PageRequest, institution: Institution, name: str, typed: _Typed, error: CasillaError | None = None
) -> Response:
    shown: dict[str, Any] = {
        "institution": institution,
        "typed": typed(request, institution),
        "regimes": [(regime.value, REGIMES[regime].capitalize()) for regime in Regime],
        "states": [(state.value, STATE_WORDS[state]) for state in InstitutionState],
        "regions": [("", "Ninguna"), *((one, one.capitalize()) for one in regions())] if name == _HOURS else [],
    }
    labels = {**STAFF_LABELS, "name": STAFF_LABELS["institution_name"]}
    return show_form(request, name, error, labels, **shown)


def _typed_details(request: PageRequest, institution: Institution) -> dict[str, Any]:
    names = (*DETAILS, "short_name", "digest_email")
    return {name: _value(request, name, getattr(institution, name) or "") for name in names}


def _typed_norm(request: PageRequest, institution: Institution) -> dict[str, Any]:
    regime = request.value("regime") or institution.regime.value
    norm = institution.norm_for(Regime(regime)) if regime in set(Regime) else None
    return {
        "regime": regime,
        "citation": _value(request, "citation", norm.citation if norm else ""),
        "channels": request.value("channels") or "both",
        "is_default": request.value("is_default") == "si" if request.form else norm is not None,
    }


def _typed_hours(request: PageRequest, institution: Institution) -> dict[str, Any]:
    own = {
        name: value.strftime("%H:%M") if value else ""
        for name, value in (("opens_at", institution.opens_at), ("closes_at", institution.closes_at))
    }
    values = {**own, "region": institution.region or ""}
    return {name: _value(request, name, value) for name, value in values.items()}


def _typed_state(request: PageRequest, institution: Institution) -> dict[str, Any]:
    return {"state": request.value("state") or institution.state.value, "reason": request.value("reason")}


def _value(request: PageRequest, name: str, own: str) -> str:
    return request.value(name) if name in request.form else own


def _read_time(request: PageRequest, name: str, times: dict[str, time | None]) -> None:
    typed = plain(request.value(name))
    try:
        times[name] = time.fromisoformat(typed.rjust(5, "0")) if typed else None
    except ValueError as error:
        raise InvalidInput("hours_invalid", "Escribe una hora como 08:00.", field=name) from error


def regions() -> list[str]:
    """Return the regions that the calendar has days of."""
    return sorted({entry.region for entry in calendar_store(current()).find().regional})


def _one_version_on(before: Institution, after: Institution) -> Institution:
    """Return two changes of one form as one version."""
    is_same = replace(after, version=before.version) == before
    return before if is_same else replace(after, version=before.version + 1)
