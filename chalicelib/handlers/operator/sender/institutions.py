"""The commands about institutions: what they are called, where, by which norm they notify, and whether they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import calendar_store, event_store
from chalicelib.domain.calendar import FEW_HOURS, OfficeHours
from chalicelib.domain.deadline import Distance
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.sender import institution_changes as rules
from chalicelib.domain.sender.institution import (
    LEY_31736_CHANNELS,
    AppliedNorm,
    Institution,
    InstitutionState,
    SubjectContact,
)
from chalicelib.domain.sender.institution_changes import InstitutionDecision
from chalicelib.domain.sender.institution_warnings import consequences, without_keys
from chalicelib.handlers.operator.command import Told
from chalicelib.handlers.operator.sender.tools import institution_tools
from chalicelib.renderers.sender import institution_json, institution_text
from chalicelib.services.sender.change_institution import add_institution, change_institution
from chalicelib.services.sender.institution_tools import show_institution

_LAST_EVENTS = 20


def list_all(_: Mapping[str, Any]) -> Told:
    """Show every institution."""
    found = institution_store(current()).list_all()
    return Told(institution_text.list_text(found), institution_json.list_json(found))


def show(given: Mapping[str, Any]) -> Told:
    """Show all that is set of one."""
    box = current()
    shown = show_institution(
        given["entidad"], institutions=institution_store(box), events=event_store(box), limit=_LAST_EVENTS
    )
    one, events = shown.institution, shown.events
    text = institution_text.institution_text(one, events, box.calendar.zone)
    return Told(text, institution_json.institution_json(one, events))


def add(given: Mapping[str, Any]) -> Told:
    """Add one."""
    institution = rules.new_institution(
        given["id"],
        name=given["name"],
        address=given["address"],
        phone=given["phone"],
        short_name=given["short-name"],
    )
    is_new = add_institution(institution, institution_tools(given))
    text = institution_text.added_text(institution) if is_new else institution_text.UNCHANGED
    return Told(text, institution_json.changed_json(institution, "added" if is_new else "", ()))


def change(given: Mapping[str, Any]) -> Told:
    """Change what it is called, where it is, where its digest goes, and whether its receipts go with alerts."""
    details = {name: given[name] for name in ("name", "address", "phone") if given[name] is not None}
    if given["short-name"] is not None and given["no-short-name"]:
        raise InvalidInput("short_name_unclear", "O --short-name, o --no-short-name.")
    if given["short-name"] is not None or given["no-short-name"]:
        details["short_name"] = given["short-name"]
    if given["digest-email"] is not None and given["no-digest"]:
        raise InvalidInput("digest_unclear", "O --digest-email, o --no-digest.")
    if given["digest-email"] is not None or given["no-digest"]:
        details["digest_email"] = given["digest-email"]
    if given["receipt"] is not None:
        details["attaches_receipt"] = given["receipt"]
    if not details:
        raise InvalidInput("nothing_to_change", "No se dijo qué cambiar: «help institutions set» dice qué se puede.")
    return _change(given, partial(rules.change_details, **details))


def set_state(given: Mapping[str, Any]) -> Told:
    """Activate, suspend or cancel it."""
    box, state = current(), given["estado"]
    keys = institution_store(box).list_keys(given["entidad"])
    told = without_keys(keys, box.clock()) if state is InstitutionState.ACTIVE else ()
    return _change(given, partial(rules.change_state, state=state, today=box.calendar.local(box.clock()).date()), told)


def set_norm(given: Mapping[str, Any]) -> Told:
    """Cite the norm by which it notifies under a regime, or none any more."""
    regime = given["regime"]
    if given["remove"]:
        return _change(given, partial(rules.remove_norm, regime=regime))
    norm = AppliedNorm(regime, given["citation"], given["channels"] or LEY_31736_CHANNELS)
    return _change(given, partial(rules.cite_norm, norm=norm, is_default=given["default"]))


def set_hours(given: Mapping[str, Any]) -> Told:
    """Set its hours of attention, or have it keep the general ones."""
    opens, closes = given["opens"], given["closes"]
    few = opens is not None and closes is not None and OfficeHours(opens, closes, "").are_few
    return _change(given, partial(rules.set_own_hours, opens_at=opens, closes_at=closes), (FEW_HOURS,) if few else ())


def set_region(given: Mapping[str, Any]) -> Told:
    """Say whose regional days apply to it."""
    region = given["región"]
    is_known = region is None or any(day.region == region for day in calendar_store(current()).find().regional)
    unknown = f"El calendario no tiene días de {region}: revise cómo se escribe, o regístrelos con «calendar regional»."
    return _change(given, partial(rules.set_region, region=region), () if is_known else (unknown,))


def set_distance(given: Mapping[str, Any]) -> Told:
    """Put a row into its table of término de la distancia, or take it out."""
    place, days, norm = given["place"], given["days"], given["norm"]
    if given["remove"]:
        return _change(given, partial(rules.remove_distance, place=place))
    return _change(given, partial(rules.set_distance, distance=Distance(place, days, norm)))


def set_contact(given: Mapping[str, Any]) -> Told:
    """Say where it answers about a subject, or nowhere any more."""
    subject, new_id = given["subject"], current().chance.new_code

    def decide(institution: Institution) -> InstitutionDecision:
        same = [one.contact_id for one in institution.contacts if one.subject.casefold() == subject.casefold()]
        if given["remove"] and not same:
            raise NotFound(
                "contact_unknown", "La entidad no tiene un contacto de ese tema. Véalos con «institutions show»."
            )
        if given["remove"]:
            return rules.remove_contact(institution, same[0])
        phone, email, hours = (given[name] or "" for name in ("phone", "email", "hours"))
        contact = SubjectContact(same[0] if same else new_id(), subject, given["desk"], phone, email or None, hours)
        return rules.set_contact(institution, rules.read_contact(contact))

    return _change(given, decide)


def set_colours(given: Mapping[str, Any]) -> Told:
    """Colour its console, or have it keep the portal's colours."""
    colours = None if given["portal"] else rules.read_colours(given["light"], given["dark"])
    return _change(given, partial(rules.set_colours, colours=colours))


def remove_emblem(given: Mapping[str, Any]) -> Told:
    """Have its console show the portal's emblem."""
    return _change(given, partial(rules.set_emblem, emblem=None))


def _change(
    given: Mapping[str, Any], rule: Callable[[Institution], InstitutionDecision], warnings: tuple[str, ...] = ()
) -> Told:
    """Change it; what is to be warned of, with what follows from the change, is told where it changed."""
    done = change_institution(given["entidad"], rule, institution_tools(given))
    told = (*warnings, *consequences(done.before, done.institution)) if done.change else ()
    text = institution_text.changed_text(done.institution, done.told, told)
    return Told(text, institution_json.changed_json(done.institution, done.change, told))
