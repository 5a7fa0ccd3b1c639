"""What the deployment sets of statements: `portal/usage.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalicelib.domain.usage.month import LEAST_CLOSE_DAYS, UsageSettings, first_day
from chalicelib.domain.usage.tariff import Tariff, read_price
from chalicelib.renderers.portal import PORTAL_FOLDER

_MOST_PERCENT, _MOST_DAYS = 100, 365


@cache
def usage_settings() -> UsageSettings:
    """Return the settings.

    Raises:
        ValueError: the file says what cannot be.

    """
    return read_settings((PORTAL_FOLDER / "usage.toml").read_text("utf-8"))


def read_settings(text: str) -> UsageSettings:
    """Read them.

    Raises:
        ValueError: a month, price, percentage or number of days cannot be.
        KeyError: something is missing.

    """
    given = tomllib.loads(text)
    settings = UsageSettings(
        first_month=_month(given["first_month"]),
        close_days=_between(given["close_days"], LEAST_CLOSE_DAYS),
        due_days=_between(given["due_days"], 1),
        warn_days=_between(given["warn_days"], 1),
        tariffs=tuple(_tariff(one) for one in given.get("tariff", [])),
    )
    if len({one.since for one in settings.tariffs}) != len(settings.tariffs):
        raise ValueError("two tariffs of one month")
    return settings


def _tariff(given: Mapping[str, Any]) -> Tariff:
    tax = _between(given["tax_percent"], 0)
    if tax > _MOST_PERCENT:
        raise ValueError(f"no percentage: {tax}")
    prices = {name: read_price(given[name]) for name in ("deposits", "sms", "consultations")}
    return Tariff(_month(given["since"]), **prices, tax_percent=tax)


def _month(text: str) -> str:
    return f"{first_day(text):%Y-%m}"


def _between(number: int, least: int) -> int:
    if not isinstance(number, int) or not least <= number <= _MOST_DAYS:
        raise ValueError(f"{number} is not between {least} and {_MOST_DAYS}")
    return number
