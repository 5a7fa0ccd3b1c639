"""Let days pass, judge them, and tell the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.bootstrap.alert import PROCESSES
from chalicelib.gateways.way_out import share
from tests.cloud import Engine
from tests.weekend.bells import NEVER_HERE, Bells
from tests.weekend.days import Alteration, Days, days
from tests.weekend.plan import Plan
from tests.weekend.provider import DEADLY, MAIL_RATE, NEVER_TAKEN, SMS_RATE
from tests.weekend.verdict import Verdict, fastest

_SHARES = (50, 95, 99, 100)
_AFTER = {"mail paused": 1.0, "stream stopped": 0.2, "sms spent": 0.6, "mail down": 0.2, "mail uncertain": 0.5}
"""How many hours after it something is still felt."""


@dataclass(frozen=True)
class Result:
    """What became of days."""

    complaints: list[str]
    doubles: dict[str, int]
    refusals: frozenset[str]
    went_off: frozenset[str]
    figures: tuple[str, ...]


def passed(engine: Engine, plan: Plan, alter: Alteration | None = None) -> Result:
    """Let days pass and judge them."""
    with days(engine, plan, alter) as passing:
        verdict, bells = Verdict(passing), Bells(passing)
        passing.close = verdict.close
        passing.run()
        verdict.finish()
        bells.judge()
    return Result(
        verdict.complaints + bells.complaints,
        dict(verdict.doubles),
        frozenset(passing.provider.came_to),
        frozenset(name for name in bells.went if bells.rises(name)),
        tuple(_figures(passing, verdict, bells)),
    )


def _figures(passing: Days, verdict: Verdict, bells: Bells) -> list[str]:
    plan, platform, provider, log = passing.plan, passing.platform, passing.provider, passing.log
    died = {cause: count for cause, count in platform.deaths.items() if cause != "thrown away"}
    return [
        f"seed {plan.seed}: {plan.hours:g} hours of deposits, at rest after {(passing.rested_at or 0) / 3600:.1f}",
        f"notices {passing.notices}, people {passing.users}, alerts by state {_told(verdict.states)}",
        f"taken {provider.came_to['taken']}, refused or lost {_told(provider.came_to, 'taken', 'code')}",
        f"codes of people {provider.came_to['code']}, throttled {provider.came_to['code throttled']}",
        f"processes that died {_told(died)}, and thrown away idle {platform.deaths['thrown away']}",
        f"messages doubled, by why {_told(verdict.doubles) or 'none'}",
        f"most e-mails within a second {fastest(passing, 'sesv2')} of {MAIL_RATE}, SMS {fastest(passing, 'sns')}",
        f"a process's share: {share(MAIL_RATE, PROCESSES):.1f} e-mails a second, {share(SMS_RATE, PROCESSES):.1f} SMS",
        *_waits(passing),
        f"events {_told(verdict.events)}",
        f"lines of log {_told(log.written)}, {log.bytes / 1e6:.1f} MB",
        f"calls {_told(platform.calls)}",
        *(
            f"{name} went off after {', '.join(f'{hour:.2f} h' for hour in bells.rises(name)[:12])}"
            for name in sorted(bells.went)
            if bells.rises(name) and (not name.endswith(NEVER_HERE) or name.startswith("SweepAlerts"))
        ),
    ]


def _waits(passing: Days) -> list[str]:
    """Tell how long alerts waited: where nothing failed, and around each pause."""
    truth, plan = passing.truth, passing.plan
    odd = {passing.destinations[each][0] for each in passing.destinations if NEVER_TAKEN in each or DEADLY in each}
    waits = [
        (truth.deposited[notice], settled, alert)
        for (notice, alert), settled in truth.settled.items()
        if notice not in odd
    ]
    felt = [
        (begin, end + 3600 * _AFTER.get(window.kind, 0)) for window in plan.windows for begin, end in [window.seconds]
    ]
    calm = [
        settled - since
        for since, settled, _ in waits
        if not any(since < end and settled > begin for begin, end in felt)
    ]
    told = [f"seconds from deposit to outcome where nothing failed: {_percentiles(calm)}, of {len(calm)} alerts"]
    for window in plan.windows:
        if window.kind == "mail paused":
            begin, end = window.seconds
            held = [
                settled - end for since, settled, alert in waits if begin <= since < end and alert.endswith(".email")
            ]
            fresh = [settled - since for since, settled, _ in waits if end <= since < end + 3600]
            told.append(f"seconds from a pause's end until held e-mails went: {_percentiles(held)}, of {len(held)}")
            told.append(f"seconds that those of the hour after it waited: {_percentiles(fresh)}, of {len(fresh)}")
    return told


def _percentiles(values: list[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    picked = [ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] for percent in _SHARES]
    return ", ".join(f"{percent} % within {value:.1f}" for percent, value in zip(_SHARES, picked, strict=True))


def _told(counts: Any, *without: str) -> str:
    return ", ".join(
        f"{name} {count}"
        for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        if not name.startswith(without or ("\0",))
    )
