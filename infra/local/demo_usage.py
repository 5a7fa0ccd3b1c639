"""What the local run sets of statements of use: a made-up tariff, so that there is something to pay."""

from __future__ import annotations

from chalicelib.domain.usage.month import UsageSettings
from chalicelib.domain.usage.tariff import Tariff

_SINCE = "2026-01"
DEMO_USAGE = UsageSettings(
    first_month=_SINCE,
    tariffs=(Tariff(_SINCE, deposits=1500, sms=450, consultations=200, tax_percent=18),),
)
