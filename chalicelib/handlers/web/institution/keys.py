"""`/entidad/claves`: the keys that an institution's systems sign with, seen and revoked (INS-5)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import CasillaError, NotFound, Unavailable
from chalicelib.domain.institution.permission import Act, may
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import SigningKey
from chalicelib.domain.sender.key_coverage import days_left, signs_until, warning_due
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.institution.key_words import key_words
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.institution_tools import InstitutionTools
from chalicelib.services.sender.register_key import revoke_key

KEYS_PAGE = "/entidad/claves"
REGISTERED, REVOKED = "registrada", "revocada"
_TOLD = {
    REGISTERED: "Registramos la clave {}. Compara su huella por teléfono con quien la generó antes de usarla.",
    REVOKED: "La clave {} ya no firma nada, y no se puede deshacer.",
}
_LONGEST = 500


def list_keys(request: PageRequest, staff: SignedIn) -> Response:
    """List them, those that are good first, with where each stands."""
    keys, box = _keys(staff), current()
    zone, now = box.calendar.zone, box.clock()
    words = [key_words(key, zone, now) for key in reversed(keys)]
    about = next((one.key_id for one in words if one.key_id == request.asked("clave")), None)
    return show(
        request,
        "institution/keys.html",
        keys=sorted(words, key=lambda one: not one.is_usable),
        can_change=may(staff.member, Act.CHANGE_KEYS),
        told=_TOLD.get(request.asked("hecho"), "").format(about) if about else "",
        is_bad=False,
        **_coverage(keys),
    )


def show_key(request: PageRequest, staff: SignedIn, key_id: str) -> Response:
    """Show one, with its fingerprint to be compared."""
    box = current()
    key = key_words(_find(_keys(staff), key_id), box.calendar.zone, box.clock())
    return show(request, "institution/key.html", key=key, can_change=may(staff.member, Act.CHANGE_KEYS))


def show_revocation(request: PageRequest, staff: SignedIn, key_id: str) -> Response:
    """Say what revoking does, before it is done, and ask why (WCAG 3.3.4)."""
    return _revocation_page(request, staff, key_id)


def revoke_by_form(request: PageRequest, staff: SignedIn, key_id: str) -> Response:
    """Revoke it at once; one that is revoked already, by the same button pressed twice, is as wanted."""
    try:
        reason = read_reason(request.value("reason")[:_LONGEST])
        revoke_key(staff.own.institution_id, key_id, key_tools(request, staff, reason))
    except NotFound:
        raise _unknown() from None
    except CasillaError as error:
        if error.code != "key_changed":
            return _revocation_page(request, staff, key_id, error)
    return done(REVOKED, key_id)


def done(what: str, key_id: str) -> Response:
    """Go back to the list, which tells what was done."""
    return go_to(f"{KEYS_PAGE}?hecho={what}&clave={key_id}")


def key_tools(request: PageRequest, staff: SignedIn, reason: str) -> InstitutionTools:
    """Return what changes an institution's keys, with who does it and why."""
    box = current()
    act = OperatorAct(staff.member.actor, reason, box.clock, box.chance.new_event_id, request.origin)
    return InstitutionTools(institution_store(box), act)


def key_warning(staff: SignedIn) -> dict[str, Any]:
    """Return what `_key_warning.html` shows; nothing for who does not see keys, or where they cannot be read now."""
    if not may(staff.member, Act.SEE_KEYS):
        return {}
    try:
        return _coverage(_keys(staff))
    except Unavailable as error:
        log_refusal(error)
        return {}


def _coverage(keys: tuple[SigningKey, ...]) -> dict[str, Any]:
    now = current().clock()
    until = signs_until(keys, now)
    return {
        "signs_until": until,
        "days_left": 0 if until is None else days_left(until, now),
        "ends_soon": until is not None and warning_due(until, now) is not None,
        "has_ended": until is None and bool(keys),
    }


def _revocation_page(request: PageRequest, staff: SignedIn, key_id: str, error: CasillaError | None = None) -> Response:
    keys, box = _keys(staff), current()
    key = _find(keys, key_id)
    if key.revoked_at is not None:
        return done(REVOKED, key_id)
    others = tuple(one for one in keys if one.key_id != key_id)
    return show_form(
        request,
        "institution/key_revocation.html",
        error,
        STAFF_LABELS,
        key=key_words(key, box.calendar.zone, box.clock()),
        is_last=signs_until(others, box.clock()) is None,
        reason=request.value("reason"),
    )


def _find(keys: tuple[SigningKey, ...], key_id: str) -> SigningKey:
    key = next((one for one in keys if one.key_id == key_id), None)
    if key is None:
        raise _unknown()
    return key


def _unknown() -> NotFound:
    return NotFound("key_unknown", "Tu entidad no tiene esa clave. Vuelve a la lista.")


def _keys(staff: SignedIn) -> tuple[SigningKey, ...]:
    return institution_store(current()).list_keys(staff.own.institution_id)
