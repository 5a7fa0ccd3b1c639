"""The commands about the calendar: show it, and change it in versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.business_days import calendar_changes as rules
from chalicelib.domain.business_days.calendar_changes import Decision
from chalicelib.domain.business_days.calendar_warnings import odd_confirmation, odd_days, odd_hours
from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries, OfficeHours, RegionalDay
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.business_days import calendar_json, calendar_text
from chalicelib.services.business_days import show_calendar as showing
from chalicelib.services.business_days.change_calendar import CalendarTools, change_calendar

Rule = Callable[[CalendarEntries], Decision]


def show(given: Mapping[str, Any]) -> Told:
    """Show a year of the calendar, as it is or as a version had it."""
    box = current()
    shown = showing.show_calendar(
        calendars=calendar_store(box),
        package=box.calendar,
        today=box.calendar.local(box.clock()).date(),
        year=given["year"],
        version=given["version"],
    )
    return Told(calendar_text.shown_text(shown), calendar_json.shown_json(shown))


def declare(given: Mapping[str, Any]) -> Told:
    """Add the days of a decree."""
    tools, days = _tools(given), given["day"]
    rule = partial(rules.declare_days, package=tools.package, days=days, name=given["name"], norm=_cited(given))
    return _change(rule, tools, lambda before: odd_days(days, before, today=tools.today))


def add_regional(given: Mapping[str, Any]) -> Told:
    """Add a day of one region."""
    tools, day = _tools(given), given["day"]
    entry = RegionalDay(given["region"], day, given["name"], _cited(given), given["every-year"])
    rule = partial(rules.add_regional_day, day=entry)
    return _change(rule, tools, lambda before: odd_days((day,), before, today=tools.today))


def correct(given: Mapping[str, Any]) -> Told:
    """Say rightly what was entered wrongly, or take it back."""
    tools = _tools(given)
    return _change(_correction(given, tools), tools, lambda _: ())


def confirm(given: Mapping[str, Any]) -> Told:
    """Confirm that every declared day of a year is entered."""
    tools, year = _tools(given), given["year"]
    rule = partial(rules.confirm_year, package=tools.package, year=year, today=tools.today)
    return _change(rule, tools, lambda _: odd_confirmation(year, today=tools.today))


def set_hours(given: Mapping[str, Any]) -> Told:
    """Set the general office hours."""
    tools, hours = _tools(given), OfficeHours(given["opens"], given["closes"], _cited(given))
    return _change(partial(rules.set_hours, package=tools.package, hours=hours), tools, lambda _: odd_hours(hours))


def _correction(given: Mapping[str, Any], tools: CalendarTools) -> Rule:
    day, region, withdraws = given["day"], given["region"], given["withdraw"]
    told = [name for name in ("name", "norm", "norm-date") if given[name] is not None]
    if withdraws and told:
        raise InvalidInput(
            "correction_unclear", "O se retira con --withdraw, o se corrige con --name, --norm y --norm-date."
        )
    if day is None:
        return _taking_back(given, tools)
    if withdraws:
        return (
            partial(rules.withdraw_day, package=tools.package, day=day)
            if region is None
            else partial(rules.withdraw_regional_day, region=region, day=day)
        )
    if len(told) < 3:  # noqa: PLR2004 - the three named above
        raise InvalidInput(
            "correction_unclear",
            "Para corregir un día se dicen --name, --norm y --norm-date; para retirarlo, --withdraw.",
        )
    right: dict[str, Any] = {"day": day, "name": given["name"], "norm": _cited(given)}
    if region is None:
        return partial(rules.replace_day, package=tools.package, **right)
    return partial(rules.replace_regional_day, region=region, **right)


def _taking_back(given: Mapping[str, Any], tools: CalendarTools) -> Rule:
    if not given["withdraw"]:
        detail = (
            "Un año o el horario general solo se retiran, con --withdraw. Otro horario se fija con «calendar hours»."
        )
        raise InvalidInput("correction_unclear", detail)
    if given["hours"]:
        return partial(rules.set_hours, package=tools.package, hours=None)
    return partial(rules.unconfirm_year, package=tools.package, year=given["year"])


def _tools(given: Mapping[str, Any]) -> CalendarTools:
    box = current()
    return CalendarTools(calendar_store(box), box.calendar, act_of(given))


def _change(rule: Rule, tools: CalendarTools, oddities: Callable[[BusinessCalendar], tuple[str, ...]]) -> Told:
    done = change_calendar(rule, tools)
    warnings = oddities(done.before) if done.change else ()
    told = (done.entries.version, done.change, warnings)
    return Told(calendar_text.changed_text(*told), calendar_json.changed_json(*told))


def _cited(given: Mapping[str, Any]) -> str:
    """Return the norm with its date, as receipts and pages print it."""
    published: date | None = given["norm-date"]
    return given["norm"] if published is None else f"{given['norm']}, publicado el {published:%d/%m/%Y}"
