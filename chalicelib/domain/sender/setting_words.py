"""What an institution's settings and their values are called: in English for programs, in Spanish for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.institution import AppliedNorm, Institution, InstitutionState

STATES = {
    InstitutionState.ACTIVE: "activa",
    InstitutionState.INACTIVE: "inactiva",
    InstitutionState.CANCELLED: "cancelada",
}
REGIMES = {
    Regime.DEPOSIT: "depósito",
    Regime.ACKNOWLEDGEMENT: "acuse de recibo",
    Regime.IMMEDIATE: "inmediato",
}
COUNTS_UNTIL = {CountsUntil.MIDNIGHT: "hasta las 23:59", CountsUntil.CLOSING: "hasta el cierre"}
CHANNELS = {Channel.EMAIL: "correo", Channel.SMS: "SMS"}
USUAL_REGIME = "régimen de los depósitos que no dicen otro"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting with what it was and what it is, by the names that programs read and in Spanish."""

    for_programs: str
    for_people: str


def describe_changes(before: Institution, after: Institution) -> tuple[SettingChange, ...]:
    """Say what differs between two versions of an institution, and nothing else of it.

    A telephone or an e-mail is not repeated: it may be somebody's.
    """
    return (
        *_texts(before, after),
        *_choices(before, after),
        *_norms(before, after),
        *_distances(before, after),
        *_contacts(before, after),
        *_looks(before, after),
    )


def norm_words(norm: AppliedNorm) -> str:
    """Write a norm with the channels that it asks for."""
    return f"{norm.citation} ({_channels(norm)})"


def distance_words(distance: Distance) -> str:
    """Write how many days a row adds, and by what."""
    return f"{distance.days} ({distance.norm})"


def hours_words(institution: Institution) -> str:
    """Write its hours of attention."""
    opens, closes = institution.opens_at, institution.closes_at
    if opens is None and closes is None:
        return "el general"
    begins = "la apertura general" if opens is None else f"{opens:%H:%M}"
    ends = "el cierre general" if closes is None else f"{closes:%H:%M}"
    return f"de {begins} a {ends}"


def rule_words(rule: FilingRule | None) -> str:
    """Write until when what is filed counts as of its own day, and by which norm."""
    return "según la regla general" if rule is None else f"{COUNTS_UNTIL[rule.counts_until]} ({rule.norm})"


def _texts(before: Institution, after: Institution) -> Iterator[SettingChange]:
    for name, nombre, none in (
        ("name", "nombre", ""),
        ("address", "dirección", ""),
        ("short_name", "nombre corto", "ninguno"),
        ("region", "región", "ninguna"),
    ):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield SettingChange(_step(name, old or "none", new or "none"), _step(nombre, old or none, new or none))
    if before.phone != after.phone:
        yield SettingChange("phone", "teléfono (no se copia al registro)")
    if before.digest_email != after.digest_email:
        what = "quitado" if after.digest_email is None else "no se copia al registro"
        is_removed = ": removed" if after.digest_email is None else ""
        yield SettingChange(f"digest_email{is_removed}", f"correo del resumen ({what})")


def _choices(before: Institution, after: Institution) -> Iterator[SettingChange]:
    if before.state is not after.state:
        yield SettingChange(
            _step("state", before.state.value, after.state.value),
            _step("estado", STATES[before.state], STATES[after.state]),
        )
    elif bool(before.is_stopped) is not bool(after.is_stopped):
        yield SettingChange(_step("stopped", "no", "yes"), _step("detenida aparte del convenio", "no", "sí"))
    if before.attaches_receipt is not after.attaches_receipt:
        old, new = before.attaches_receipt, after.attaches_receipt
        yield SettingChange(
            _step("receipt", _attached(is_attached=old), _attached(is_attached=new)),
            _step("constancia adjunta a la alerta", "sí" if old else "no", "sí" if new else "no"),
        )
    if (before.opens_at, before.closes_at) != (after.opens_at, after.closes_at):
        opens = _step("opens_at", _hour(before.opens_at), _hour(after.opens_at))
        closes = _step("closes_at", _hour(before.closes_at), _hour(after.closes_at))
        yield SettingChange(f"{opens}; {closes}", _step("horario", hours_words(before), hours_words(after)))
    if before.filing_rule != after.filing_rule:
        old_rule, new_rule = before.filing_rule, after.filing_rule
        yield SettingChange(
            _step("filing_rule", _rule(old_rule), _rule(new_rule)),
            _step("lo presentado cuenta ese día", rule_words(old_rule), rule_words(new_rule)),
        )


def _norms(before: Institution, after: Institution) -> Iterator[SettingChange]:
    for regime in Regime:
        old, new = before.norm_for(regime), after.norm_for(regime)
        path, about = f"norms.{regime.value}", f"norma de {REGIMES[regime]}"
        if old is None or new is None:
            if old is not new:
                words = ["ninguna" if norm is None else norm_words(norm) for norm in (old, new)]
                yield SettingChange(_step(path, _norm(old), _norm(new)), _step(about, *words))
            continue
        if old.citation != new.citation:
            yield SettingChange(
                _step(f"{path}.citation", old.citation, new.citation), _step(about, old.citation, new.citation)
            )
        if old.channels != new.channels:
            yield SettingChange(
                _step(f"{path}.channels", ",".join(old.channels), ",".join(new.channels)),
                _step(f"canales de la {about}", _channels(old), _channels(new)),
            )
    if before.regime is not after.regime:
        yield SettingChange(
            _step("regime", before.regime.value, after.regime.value),
            _step(USUAL_REGIME, REGIMES[before.regime], REGIMES[after.regime]),
        )


def _distances(before: Institution, after: Institution) -> Iterator[SettingChange]:
    old, new = _rows(before), _rows(after)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        place = now.place if now else was.place if was else key
        respelled = bool(was and now and was.place != now.place)
        values = [_row(was, respelled=respelled), _row(now, respelled=respelled)]
        yield SettingChange(
            _step(f"distances.{place}", *(value or "none" for value in values)),
            _step(f"término de la distancia de {place}", *(value or "ninguno" for value in values)),
        )


def _contacts(before: Institution, after: Institution) -> Iterator[SettingChange]:
    """Say which changed, by their subjects: how a desk is reached may be somebody's."""
    old, new = ({one.contact_id: one for one in each.contacts} for each in (before, after))
    for contact_id in sorted(old.keys() | new.keys()):
        was, now = old.get(contact_id), new.get(contact_id)
        if was == now:
            continue
        subject = now.subject if now else was.subject if was else ""
        what = (
            ("added", "agregado") if was is None else ("removed", "quitado") if now is None else ("changed", "cambiado")
        )
        yield SettingChange(f"contacts.{subject}: {what[0]}", f"contacto de «{subject}»: {what[1]}")


def _looks(before: Institution, after: Institution) -> Iterator[SettingChange]:
    if before.emblem != after.emblem:
        old, new = ("none" if one is None else one[:12] for one in (before.emblem, after.emblem))
        yield SettingChange(_step("emblem", old, new), f"emblema: {'quitado' if after.emblem is None else 'cambiado'}")
    if before.colours != after.colours:
        programs, people = (
            [none if one is None else f"{one.light}, {one.dark}" for one in (before.colours, after.colours)]
            for none in ("none", "los del portal")
        )
        yield SettingChange(_step("colours", *programs), _step("colores", *people))


def _rows(institution: Institution) -> dict[str, Distance]:
    return {row.place.casefold(): row for row in institution.distances}


def _row(row: Distance | None, *, respelled: bool) -> str:
    if row is None:
        return ""
    return f"{row.place}, {distance_words(row)}" if respelled else distance_words(row)


def _step(name: str, old: str, new: str) -> str:
    return f"{name}: {old} → {new}"


def _norm(norm: AppliedNorm | None) -> str:
    return "none" if norm is None else f"{norm.citation} ({','.join(norm.channels)})"


def _channels(norm: AppliedNorm) -> str:
    return ", ".join(CHANNELS[channel] for channel in norm.channels)


def _rule(rule: FilingRule | None) -> str:
    return "none" if rule is None else f"{rule.counts_until.value} ({rule.norm})"


def _attached(*, is_attached: bool) -> str:
    return "attached" if is_attached else "withheld"


def _hour(hour: time | None) -> str:
    return "none" if hour is None else f"{hour:%H:%M}"
