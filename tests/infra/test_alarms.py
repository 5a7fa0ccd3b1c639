"""Each alarm of the template goes off when it should, ends when it should, and is silent otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.workers import upload
from chalicelib.handlers.workers.filing import exports
from infra.package import ROOT
from infra.template import load_template
from tests.alarms import SPARE, Alarm, Line, Point, State, Transition, alarms_of, watch

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
ALARMS = alarms_of(RESOURCES)
COPIES = ("BackupMissing", "DocumentsBackupMissing", "BackupCopyMissing", "DocumentsBackupCopyMissing")
"""They go off where AWS measures nothing."""
MEASURED = [name for name, alarm in ALARMS.items() if alarm.metric.namespace.startswith("AWS/") and name not in COPIES]
SCHEDULED = {job.name: job.settings["expression"] for job in JOBS if "expression" in job.settings}
SILENT = {f"{job.title().replace('_', '')}NotRun": job for job in SCHEDULED}
TOLD: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "ItemsFailed": ("clean_tokens", {"failed": 1}, {"failed": 0}),
    "SweepsUnfinished": ("sweep_orphans", {"is_complete": False}, {"is_complete": True}),
    "AddressesRefused": ("send_alerts", {"address_refused": 51}, {"address_refused": 50}),
    "AddressesBounced": ("record_deliveries", {"bounced": 51}, {"bounced": 50}),
    "RemindersMissed": ("send_reminders", {"missed": 1}, {"missed": 0}),
    "ConsultationsUnusual": ("api_handler", {"message": "unusual consultations"}, {"message": "refused"}),
    "LooksUnusual": ("count_activity", {"message": "unusual looks"}, {"message": "job done", "unusual": 1}),
    "NamesGarbled": ("api_handler", {"message": "name garbled"}, {"message": "refused"}),
    "SecretsFailing": ("watch_access", {"message": "secret not read again"}, {"message": "job done"}),
    "AlertsGivenUp": ("sweep_alerts", {"on_list": 1}, {"on_list": 0}),
    "AlertsWaiting": ("sweep_alerts", {"oldest_waiting_s": 901}, {"oldest_waiting_s": 900}),
    "AlertsPilingUp": ("sweep_alerts", {"overdue": 21}, {"overdue": 20}),
    "AlertsRefused": ("sweep_alerts", {"oldest_waiting_s": 21601}, {"oldest_waiting_s": 21600}),
    "RemindersOverdue": ("send_reminders", {"oldest_due_s": 3601}, {"oldest_due_s": 3600}),
    "RegistrationsWaiting": ("finish_registrations", {"oldest_waiting_s": 3601}, {"oldest_waiting_s": 3600}),
    "MailboxesFrozen": ("watch_access", {"oldest_waiting_s": 14401}, {"oldest_waiting_s": 14400}),
    "ChangesUntold": ("watch_access", {"untold_s": 86401}, {"untold_s": 86400}),
    "RegistrationsUnreviewed": ("finish_registrations", {"review_pressing_s": 1}, {"review_pressing_s": 0}),
    "DataRequestsPressing": ("watch_data_requests", {"pressing_s": 1}, {"pressing_s": 0}),
    "RecoveriesPressing": ("watch_recoveries", {"calling": 1}, {"calling": 0}),
    "RegistryQuotaNearlySpent": ("finish_registrations", {"quota_used_percent": 80}, {"quota_used_percent": 79}),
    "UploadsWaiting": ("check_uploads", {"oldest_waiting_s": 901}, {"oldest_waiting_s": 900}),
    "JobsHeldLong": (
        "sweep_alerts",
        {"message": "job held", "held_s": 172801},
        {"message": "job held", "held_s": 172800},
    ),
    "ExportsWaiting": ("prepare_exports", {"oldest_waiting_s": 1801}, {"oldest_waiting_s": 1800}),
}
"""Who tells what an alarm goes off by: a function, what it then writes, and what it writes at most without it."""
CALENDAR = "CalendarUnconfirmed"
"""What a night says holds until the next one; a night that says nothing counts as the worst."""
WAVES: dict[str, tuple[dict[str, Any], ...]] = {
    "UnauthenticatedWave": ({"status": 401},),
    "ForbiddenWave": ({"status": 403},),
    "LimitedWave": ({"status": 429},),
    "SignaturesRefused": tuple(
        {"code": code} for code in ("signature_wrong", "key_unknown", "key_not_valid", "nonce_reused")
    ),
    "UsersAttacked": ({"code": "email_code_needed"},),
    "BudgetsSpent": tuple({"code": code} for code in ("budget_spent", "hashes_spent", "identifications_spent")),
    "IdentityProviderFailing": ({"code": "identity_provider_unavailable"}, {"code": "identity_not_proven"}),
    "CookiesRepeated": ({"code": "cookie_repeated"},),
    **{
        alarm: tuple(
            {"log": log, "version": function, **told}  # stands for the version that the release published
            for told in (
                {"message": "unexpected", "status": 500},
                *({"code": f"{what}_unavailable", "status": 503} for what in ("store", "deposit", "opening")),
                {"vendor_code": "AccessDeniedException", "status": 503},
            )
        )
        for alarm, function, log in (
            ("ApiVersionFailing", "APIHandler", "api_handler"),
            ("SenderVersionFailing", "SenderHandler", "sender_handler"),
        )
    },
}
"""By which refusals an alarm goes off, once there are more of them within its period than its threshold."""
TIMEOUTS = {
    name: timedelta(seconds=function["lambda_timeout"])
    for name, function in json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"].items()
}
LIMITS: dict[str, float] = {"AlertsLate": 300_000, "ActivityLate": 3_600_000, "UploadsStuck": 900, "ExportsStuck": 1800}
LIMITS |= {"BounceRateHigh": 0.03, "ComplaintRateHigh": 0.0005}
LIMITS |= {"ApiFailing": 50, "ApiDown": 0.25, "ApiSlow": 8000, "ApiThrottled": 20, "SenderThrottled": 20}
LIMITS |= {"ConcurrencyNearQuota": 800, "TablesThrottled": 100, "TablesFailing": 20, "KeysNearQuota": 360_000}
LIMITS |= {"MailNearQuota": 40_000, "SmsSpendNearLimit": 800, "SmsFailing": 0.75}
"""What AWS may measure at most: milliseconds of a stream or an answer, seconds of a queue, shares, dollars. Of what
rings by too little it is the least."""
PAGE = {
    *("AlertsLate", "AlertsPilingUp", "AlertsRefused", "SweepAlertsNotRun", "UploadsStuck"),
    *("ApiDown", "ApiFailing", "ApiThrottled", "SenderThrottled", "BounceRateHigh", "ComplaintRateHigh"),
    *("ConsultationsUnusual", "LooksUnusual", "SignaturesRefused", "UsersAttacked"),
}
"""What wakes somebody."""
START = datetime(2026, 3, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_line(at: datetime, job: str, **report: Any) -> Line:
    """Return a job's last line; `tests/handlers/test_job_reports.py` holds that they write such lines."""
    fields = {"level": "INFO", "message": "job done", "job": job, "failed": 0, "is_complete": True}
    waits = {"oldest_waiting_s": 0, "untold_s": 0, "on_list": 0, "days_left": 300}
    return Line(at, job, json.dumps({**fields, **waits, **report}))


def refusals(count: int, within: timedelta, *kinds: dict[str, Any]) -> list[Line]:
    """Return lines of refusals at equal distances, of all kinds in turn, where not said otherwise of the API."""
    fields = {"log": "api_handler", "level": "INFO", "message": "refused", "code": "other", "status": 422}
    every = within / count
    told = [{**fields, **kinds[number % len(kinds)]} for number in range(count)]
    return [Line(START + every * number, line.pop("log"), json.dumps(line)) for number, line in enumerate(told)]


def changes(
    name: str, lines: list[Line], points: tuple[Point, ...] = (), *, until: datetime, spare: int = SPARE
) -> tuple[Transition, ...]:
    """Return the transitions of one alarm."""
    others = ALARMS.keys() - {name}
    resources = {key: resource for key, resource in RESOURCES.items() if key not in others}
    return watch(lines, points, since=START, until=until, spare=spare, resources=resources)[name]


def rings(name: str, lines: list[Line], points: tuple[Point, ...] = ()) -> bool:
    return State.ALARM in {change.state for change in changes(name, lines, points, until=START + HOUR)}


def runs(job: str, until: datetime, *, slowly: bool = False) -> Iterator[datetime]:
    """Yield when a scheduled job ends: at once, or each second time only as its function's time is over."""
    rate = re.fullmatch(r"rate\((\d+) minutes\)", SCHEDULED[job])
    cron = re.fullmatch(r"cron\((\d+) (\d+) \* \* \? \*\)", SCHEDULED[job])
    at, every = START, DAY
    if rate:
        every = MINUTE * int(rate[1])
    elif cron:
        at += timedelta(hours=int(cron[2]), minutes=int(cron[1]))
    is_slow = False
    while at < until:
        yield at + TIMEOUTS[job] - timedelta(seconds=1) if slowly and is_slow else at
        at, is_slow = at + every, not is_slow


def test_every_alarm_is_tried_here() -> None:
    assert {*MEASURED, *SILENT, *TOLD, *WAVES, CALENDAR, *COPIES} == ALARMS.keys()


@pytest.mark.parametrize("name", WAVES)
def test_a_wave_of_refusals_rings_until_it_is_over_and_as_many_over_an_hour_do_not(name: str) -> None:
    alarm = ALARMS[name]
    most, period = int(alarm.threshold), timedelta(minutes=alarm.period)

    went = changes(name, refusals(most + 1, period, *WAVES[name]), until=START + HOUR)
    assert [change.state for change in went[:2]] == [State.OK, State.ALARM]
    assert went[1].at <= START + period + MINUTE
    assert went[-1].state is State.OK
    assert went[-1].at <= START + period * (2 + SPARE) + MINUTE
    assert not rings(name, refusals(most, period, *WAVES[name]))
    assert not rings(name, refusals(most * 3, HOUR, *WAVES[name]))


@pytest.mark.parametrize("name", WAVES)
def test_a_wave_of_other_refusals_does_not_ring(name: str) -> None:
    period = timedelta(minutes=ALARMS[name].period)
    others = [kind for other, kinds in WAVES.items() if other != name for kind in kinds]
    lines = refusals(len(others) * (int(ALARMS[name].threshold) + 1), period, *others)

    assert not rings(name, lines)


@pytest.mark.parametrize("name", TOLD)
def test_an_alarm_goes_off_by_what_a_job_tells_and_not_by_less(name: str) -> None:
    job, much, little = TOLD[name]
    at = START + 5 * MINUTE

    went = changes(name, [a_line(at, job, **much)], until=START + HOUR)
    assert Transition(at + MINUTE, State.ALARM) in went
    assert not rings(name, [a_line(at, job, **little)])


def measured(name: str, value: float, *, periods: int, after: int = 0) -> tuple[Point, ...]:
    """Return one point in each of so many of an alarm's periods, after so many."""
    alarm = ALARMS[name]
    at = (START + timedelta(minutes=alarm.period) * number for number in range(after, after + periods))
    return tuple(Point(each, alarm.metric, value) for each in at)


def far_beyond(name: str) -> float:
    return 0 if ALARMS[name].comparison == "LessThanThreshold" else LIMITS.get(name, 0) + 1


@pytest.mark.parametrize("name", MEASURED)
def test_an_alarm_goes_off_by_what_aws_measures_and_not_by_less(name: str) -> None:
    alarm, limit = ALARMS[name], LIMITS.get(name, 0)

    def rings_by(value: float, periods: int) -> bool:
        until = START + timedelta(minutes=alarm.period) * (periods + 1)
        points = measured(name, value, periods=periods)
        return State.ALARM in {change.state for change in changes(name, [], points, until=until)}

    assert rings_by(far_beyond(name), alarm.periods)
    assert not rings_by(limit, alarm.periods)
    assert alarm.periods == 1 or not rings_by(far_beyond(name), alarm.periods - 1)


@pytest.mark.parametrize("name", COPIES)
def test_copies_that_are_not_made_are_told_within_days_and_one_a_day_is_enough(name: str) -> None:
    made = tuple(Point(START + n * DAY + 8 * HOUR, ALARMS[name].metric, 1) for n in range(6))

    went = changes(name, [], made[:2], until=START + 6 * DAY)
    assert [change.state for change in went] == [State.ALARM, State.OK, State.ALARM], "until the first one it rings"
    assert made[1].at + 2 * DAY < went[-1].at <= made[1].at + 4 * DAY + HOUR
    assert [change.state for change in changes(name, [], made, until=START + 6 * DAY)] == [State.ALARM, State.OK]


@pytest.mark.parametrize("name", sorted({*TOLD, *MEASURED}))
def test_an_alarm_ends_when_it_is_over(name: str) -> None:
    job, much, little = TOLD.get(name, ("", {}, {}))
    quiet = {field: value if value is True else 0 for field, value in little.items()}
    lines = [a_line(START, job, **much), *(a_line(START + 2 * n * MINUTE, job, **quiet) for n in range(1, 60))]
    alarm = ALARMS[name]
    well = 1.0 if alarm.comparison == "LessThanThreshold" else 0
    points = measured(name, far_beyond(name), periods=alarm.periods)
    points += measured(name, well, periods=8, after=alarm.periods)

    over = START + timedelta(minutes=alarm.period * alarm.periods)
    until = max(over + timedelta(minutes=alarm.period * 6), START + 2 * HOUR)
    went = changes(name, lines if job else [], () if job else points, until=until)
    assert [change.state for change in went][-2:] == [State.ALARM, State.OK]
    assert went[-1].at <= over + timedelta(minutes=alarm.period * SPARE + 2)


def test_one_slow_request_of_a_hundred_is_slow_and_one_of_two_hundred_is_not() -> None:
    def slow(of: int) -> bool:
        every = [START + 5 * MINUTE * period for period in range(3)]
        metric = ALARMS["ApiSlow"].metric
        points = [Point(at, metric, 9000 if number < 2 else 200) for at in every for number in range(of)]
        return rings("ApiSlow", [], tuple(points))

    assert slow(150)
    assert not slow(300)


def test_a_night_in_which_few_ask_and_nobody_gets_an_answer_wakes_somebody_and_one_error_does_not() -> None:
    metric = ALARMS["ApiDown"].metric
    night = [Point(START + 5 * MINUTE * number, metric, 1) for number in range(3)]
    assert rings("ApiDown", [], tuple(night))
    assert not rings("ApiDown", [], (night[0], *(Point(each.at, metric, 0) for each in night[1:])))


def test_each_alarm_wakes_somebody_or_waits_till_morning_and_ends_where_it_began() -> None:
    for name in ALARMS:
        told = RESOURCES[name]["Properties"]
        topic = "PageTopic" if name in PAGE else "TicketTopic"
        assert told["AlarmActions"] == told["OKActions"] == [{"Ref": topic}], name
    assert ALARMS.keys() >= PAGE


@pytest.mark.parametrize("job", [job.name for job in JOBS])
def test_an_item_that_fails_rings_in_whatever_job(job: str) -> None:
    quiet = [a_line(START + n * MINUTE, each.name) for n in range(5) for each in JOBS]
    assert rings("ItemsFailed", [*quiet, a_line(START + 2 * MINUTE, job, failed=1)])
    assert not rings("ItemsFailed", quiet)


@pytest.mark.parametrize("job", SCHEDULED)
def test_a_list_that_was_not_worked_off_rings_in_whatever_job(job: str) -> None:
    assert rings("SweepsUnfinished", [a_line(START, job, is_complete=False)])
    assert not rings("SweepsUnfinished", [a_line(START, job)])


@pytest.mark.parametrize("spare", [0, SPARE, 5])
@pytest.mark.parametrize("job", SCHEDULED)
def test_a_schedule_that_falls_silent_is_told_in_time_and_one_that_runs_is_never(job: str, spare: int) -> None:
    [name] = [name for name, each in SILENT.items() if each == job]
    is_nightly = SCHEDULED[job].startswith("cron")
    last = START + (4 * DAY if is_nightly else 6 * HOUR)
    ends = list(runs(job, last, slowly=True))
    lines = [a_line(at, job) for at in ends]

    went = changes(name, lines, until=last + 2 * DAY, spare=spare)
    assert [change.state for change in went] == [State.ALARM, State.OK, State.ALARM]
    assert went[1].at <= ends[0] + HOUR
    silent_for = went[2].at - max(ends)
    at_least, at_most = (25 * HOUR, 33 * HOUR) if is_nightly else (9 * MINUTE, 50 * MINUTE)
    assert at_least <= silent_for <= at_most


def test_a_calendar_that_nobody_confirmed_rings_until_the_night_after_somebody_did_and_when_nobody_looks() -> None:
    nights = [START + n * DAY + 8 * HOUR for n in range(8)]
    told = dict(zip(nights, (0, 0, 45, 46, 45, 44, 44, 365), strict=True))
    lines = [a_line(at, "watch_calendar", days_left=left) for at, left in told.items()]

    went = changes(CALENDAR, lines, until=nights[-1] + 3 * DAY)

    assert [change.state for change in went] == [State.ALARM, State.OK, State.ALARM, State.OK, State.ALARM]
    latest = [START, nights[2], nights[5] + 6 * HOUR, nights[7], nights[7] + 32 * HOUR]
    assert all(change.at <= by + HOUR for change, by in zip(went, latest, strict=True)), went
    assert went[2].at > nights[5]


def test_alerts_given_up_ring_until_nobody_is_on_the_list_also_while_no_sweep_runs() -> None:
    on_list = [a_line(START + 2 * n * MINUTE, "sweep_alerts", on_list=1) for n in range(60)]
    resolved = a_line(START + 9 * HOUR, "sweep_alerts", on_list=0)

    went = changes("AlertsGivenUp", [*on_list, resolved], until=START + 10 * HOUR)
    assert went == (
        Transition(START + MINUTE, State.ALARM),
        Transition(START + 9 * HOUR + 1 * MINUTE, State.OK),
    )


@pytest.mark.parametrize("job", ["send_alerts", "sweep_alerts", "send_reminders"])
@pytest.mark.parametrize(
    ("name", "told"), [("RemindersMissed", {"missed": 1}), ("AddressesRefused", {"address_refused": 51})]
)
def test_what_is_told_of_messages_rings_in_whatever_job_sends_them(name: str, told: dict[str, Any], job: str) -> None:
    assert rings(name, [a_line(START, job, **told)])
    assert not rings(name, [a_line(START, job, **dict.fromkeys(told, 0))])


def test_reminders_that_nobody_sends_ring_after_an_hour_and_until_they_are_sent_also_while_no_job_runs() -> None:
    def run(minutes: int, due_s: int, missed: int = 0) -> Line:
        return a_line(START + minutes * MINUTE, "send_reminders", oldest_due_s=due_s, missed=missed)

    refused = [run(minutes, minutes * 60) for minutes in range(0, 120, 5)]
    down_until = 2 * DAY // MINUTE
    lines = [*refused, run(down_until, 0, missed=1), *(run(down_until + minutes, 0) for minutes in range(5, 60, 5))]

    until = START + 2 * DAY + HOUR
    overdue, missed, silent = (
        [(change.at - START, change.state) for change in changes(name, lines, until=until)]
        for name in ("RemindersOverdue", "RemindersMissed", "SendRemindersNotRun")
    )
    assert overdue[-2:] == [(66 * MINUTE, State.ALARM), (2 * DAY + MINUTE, State.OK)]
    assert [change for change in missed if change[1] is State.ALARM] == [(2 * DAY + MINUTE, State.ALARM)]
    assert [state for _, state in silent][-2:] == [State.ALARM, State.OK]
    assert 115 * MINUTE + 9 * MINUTE <= silent[-2][0] <= 115 * MINUTE + 50 * MINUTE


@pytest.mark.parametrize(
    ("name", "longest"), [("UploadsWaiting", upload.LONGEST_WAIT), ("ExportsWaiting", exports.LONGEST_WAIT)]
)
def test_a_message_that_waits_long_between_its_tries_rings_all_the_time(name: str, longest: timedelta) -> None:
    job, _, _ = TOLD[name]
    tries = [START + (longest + TIMEOUTS[job]) * n for n in range(6)]
    lines = [a_line(at, job, oldest_waiting_s=7200) for at in tries]
    lines += [a_line(START + n * MINUTE, job) for n in range(400)]  # other messages are handled meanwhile

    went = changes(name, lines, until=tries[-1], spare=0)
    assert [change.state for change in went if change.at > START] == [State.ALARM]


def test_days_on_which_all_is_well_ring_nothing_after_the_first_night() -> None:
    until = START + 2 * DAY
    lines = [a_line(at, job) for job in SCHEDULED for at in runs(job, until)]
    lines += [a_line(START + n * 7 * MINUTE, job.name) for job in JOBS if job.name not in SCHEDULED for n in range(400)]

    for name, went in watch(lines, since=START, until=until).items():
        assert not [change for change in went if change.state is State.ALARM and change.at > START], name


def test_no_alarm_is_read_that_cloudwatch_would_refuse() -> None:
    assert all(isinstance(alarm, Alarm) and alarm.every in {1, 60} for alarm in ALARMS.values())
    assert {name for name, alarm in ALARMS.items() if alarm.missing == "breaching"} == {*SILENT, CALENDAR, *COPIES}
