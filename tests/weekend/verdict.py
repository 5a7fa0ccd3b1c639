"""What must hold of every alert at rest, by the provider's ledger and not by what the code says of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from chalicelib.bootstrap.alert import PROCESSES, alert_batch_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert import Alert, AlertState, ReportKind
from chalicelib.domain.alert.delivery_report import REPORTED
from chalicelib.domain.alert.retry import delay_after_loss
from chalicelib.domain.event import Event, EventType
from chalicelib.gateways.way_out import share
from chalicelib.store.shards import SHARDS
from tests.weekend.days import Days
from tests.weekend.engine import items_of, partition
from tests.weekend.provider import MAIL_RATE, NEVER_TAKEN, REFUSED, REFUSED_NUMBER, SMS_RATE, Taken

_RATES = {"sesv2": MAIL_RATE, "sns": SMS_RATE}
_ROUNDING_S = 0.001
_SOONEST_AGAIN_S = delay_after_loss(1).total_seconds() - 60
"""How soon a message may go again of whose outcome nobody knows: the delay begins with the claim, the sending later."""
_STRONG = {
    "Complaint": AlertState.COMPLAINED,
    "Bounce": AlertState.BOUNCED,
    "Delivery": AlertState.DELIVERED,
    "DeliveryDelay": AlertState.DELAYED,
}


@dataclass
class Verdict:
    """Judges notice by notice; `complaints` begin with what is wrong."""

    days: Days
    complaints: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    doubles: Counter[str] = field(default_factory=Counter)
    """By why a message went out again."""
    events: Counter[str] = field(default_factory=Counter)

    def close(self, notice_id: str) -> None:
        """Judge a notice that is at rest, and take it out of the engine."""
        self._judge(notice_id)
        config = self.days.config
        items_of(config.alerts_table).pop(partition(notice_id), None)
        items_of(config.events_table).pop(partition(f"notice#{notice_id}"), None)

    def finish(self) -> None:
        """Judge the rest, the list and the pace."""
        days = self.days
        for notice_id in [*days.truth.deposited]:
            if notice_id not in days.closed:
                if notice_id not in days.truth.given_up and not days.is_at_rest(notice_id):
                    self.complaints.append(f"waits at rest: {notice_id}")
                self._judge(notice_id)
        store = alert_batch_store(days.new_box())
        listed = {notice for shard in SHARDS for _, notice in store.given_up(shard)}
        self.complaints += [f"not on the list: {notice}" for notice in days.truth.given_up.keys() - listed]
        self.complaints += [f"on the list for nothing: {notice}" for notice in listed - days.truth.given_up.keys()]
        if len(days.truth.deposited) != days.notices:
            self.complaints.append("notices were not looked at")
        self.complaints += self._too_fast()

    def _judge(self, notice_id: str) -> None:
        batch = alert_batch_store(self.days.desk).find(notice_id)
        if batch is None:
            self.complaints.append(f"lost: the batch of {notice_id}")
            return
        log = event_store(self.days.desk).list_for_subject(f"notice#{notice_id}")
        self.events.update(event.type.value for event in log)
        for alert in batch.alerts:
            self.states[alert.state.value] += 1
            name = f"{alert.alert_id} of {notice_id}, {alert.state}"
            self.complaints += [f"{complaint}: {name}" for complaint in self._of(alert, log)]

    def _of(self, alert: Alert, log: tuple[Event, ...]) -> Iterator[str]:
        taken = self.days.provider.taken[alert.destination]
        is_refused = REFUSED in alert.destination or alert.destination.startswith(REFUSED_NUMBER)
        told = self.days.platform.told[alert.destination]
        if alert.is_open:
            yield "waits at rest"
        if is_refused is not (alert.state is AlertState.FAILED):
            yield "refused for good"
        if not taken and not is_refused and NEVER_TAKEN not in alert.destination:
            yield "lost"
        if NEVER_TAKEN in alert.destination and alert.state is not AlertState.GAVE_UP:
            yield "not given up"
        if alert.state is AlertState.GAVE_UP and taken and not any(kind == "Reject" for kind, _ in told):
            yield "given up"
        yield from self.doubled(taken)
        yield from self._logged(alert, taken, log)
        yield from _reported(alert, told)

    def doubled(self, taken: list[Taken]) -> Iterator[str]:
        """Compare each message but the last with why it may have been sent again."""
        for message, again in pairwise(taken):
            excuse = self._excuse(message)
            self.doubles[excuse or "nothing"] += 1
            if excuse is None:
                yield "doubled"
            elif again.at - message.at < _SOONEST_AGAIN_S:
                yield "doubled too soon"

    def _excuse(self, message: Taken) -> str | None:
        """Tell why nobody may know of a message."""
        if not message.was_answered:
            return "death" if self._died(message) else "lost answer"
        if self._died(message):
            return "death"
        return "unwritten" if message.run in self.days.platform.unwritten else None

    def _died(self, message: Taken) -> bool:
        died_in = self.days.platform.died_in.get(message.process)
        kept_it = message.run in self.days.platform.unwritten
        return died_in is not None and (died_in == message.run or (kept_it and died_in > message.run))

    def _logged(self, alert: Alert, taken: list[Taken], log: tuple[Event, ...]) -> Iterator[str]:
        of_alert = [event for event in log if event.data.get("alert_id") == alert.alert_id]
        logged = Counter(event.data["message_id"] for event in of_alert if event.type is EventType.ALERT_SENT)
        known = {message.message_id for message in taken}
        if logged.keys() - known:
            yield "in the log, and never sent"
        if any(count > 1 for count in logged.values()):
            yield "twice in the log"
        for message in taken:
            is_told = message.was_answered and not self._died(message)
            if is_told and not logged[message.message_id]:
                yield "not in the log"
        kinds = {event.type for event in of_alert}
        if alert.state is AlertState.FAILED and EventType.ALERT_FAILED not in kinds:
            yield "not in the log, though refused"
        if alert.sending is AlertState.GAVE_UP and EventType.ALERT_GAVE_UP not in kinds:
            yield "not in the log, though given up"

    def _too_fast(self) -> Iterator[str]:
        calls = self.days.provider.calls
        for service, rate in _RATES.items():
            instants: dict[object, list[float]] = {}
            for at, called, process in calls:
                if called == service:
                    instants.setdefault(process, []).append(at)
            least = 1 / share(rate, PROCESSES) - _ROUNDING_S
            if any(later - sooner < least for each in instants.values() for sooner, later in pairwise(each)):
                yield f"too fast: a process's share of {service}"
            if fastest(self.days, service) > rate:
                yield f"too fast: all together on {service}"


def fastest(days: Days, service: str) -> int:
    """Return the most messages that were handed over within a second, whatever came of them."""
    instants = sorted(at for at, called, _ in days.provider.calls if called == service)
    most = begin = 0
    for end, at in enumerate(instants):
        while at - instants[begin] >= 1:
            begin += 1
        most = max(most, end - begin + 1)
    return most


def _reported(alert: Alert, told: set[tuple[str, str]]) -> Iterator[str]:
    known = {(report.kind, report.message_id) for report in alert.reports}
    for kind, message in told:
        kinds = {ReportKind.BOUNCED, ReportKind.RETURNED} if kind == "Bounce" else {REPORTED[kind]}
        if not {(each, message) for each in kinds} & known:
            yield f"report forgotten, {kind}"
    if ("Complaint" in {kind for kind, _ in told}) is not (alert.state is AlertState.COMPLAINED):
        yield "complaint without effect"
    if "Delivery" in {kind for kind, _ in told} and alert.state not in _STRONG.values():
        yield "delivered, and taken for undelivered"
