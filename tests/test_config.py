"""A deployment that could not count its days never starts."""

from __future__ import annotations

from pathlib import Path

import pytest

import chalicelib
from chalicelib.config import COUNTRIES, Config, ConfigError


def test_a_country_without_a_calendar_is_refused_at_the_start(aws: dict[str, str]) -> None:
    assert Config.from_env({**aws, "COUNTRY": "PE"}).country == "PE"
    with pytest.raises(ConfigError, match="COUNTRY must be one of PE"):
        Config.from_env({**aws, "COUNTRY": "EC"})


def test_the_countries_are_those_that_have_a_calendar() -> None:
    calendars = Path(chalicelib.__path__[0], "calendars").glob("*.json")
    assert sorted(COUNTRIES) == sorted(path.stem for path in calendars)
