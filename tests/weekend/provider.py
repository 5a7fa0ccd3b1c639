"""Who takes the messages: a token bucket, pauses, faults, answers that are lost, and reports of what became of them.

What it took is the ledger that everything is compared with.
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - a seed makes its chance the same each time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.faults.strike import ProcessDied
from tests.faults.wire import answer
from tests.weekend.plan import Plan
from tests.weekend.simulation import Process, Simulation

MAIL_RATE, SMS_RATE = 14, 20
_TAKES_S = {"sesv2": 0.1, "sns": 0.06}
NEVER_TAKEN, REFUSED, DEADLY = "bloqueada", "mal..escrita", "mortal"
"""What is in the address of a person whose messages are never taken, are refused for good, or kill their sender."""
REFUSED_NUMBER = "+5191"
_PATIENCE_S = 5.0
_LOST, _LOST_IN_STORM = 0.002, 0.3
_KILLS = 3


@dataclass(eq=False)
class Taken:
    """A message that went out. `run` is its sender's call; `was_answered` says whether an answer was given."""

    at: float
    destination: str
    message_id: str
    process: Process
    run: int
    was_answered: bool = False
    about: str = ""
    """Of an e-mail the key of its alerts, of an SMS what it says."""


@dataclass
class Provider:
    """SES and SNS as this account sees them."""

    simulation: Simulation
    plan: Plan
    chance: random.Random
    report: Callable[[str, dict[str, Any]], None]
    """Delivers a report, of an address."""
    kill: Callable[[Process], None]
    taken: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[float, str, Process]] = field(default_factory=list)
    """When who handed something over, by which service, whatever came of it."""
    came_to: Counter[str] = field(default_factory=Counter)
    unreported: Counter[str] = field(default_factory=Counter)
    """How many reports are under way, by notice; whoever delivers one counts it off."""
    _tokens: dict[str, float] = field(default_factory=lambda: {"sesv2": MAIL_RATE, "sns": SMS_RATE})
    _filled_at: dict[str, float] = field(default_factory=lambda: {"sesv2": 0.0, "sns": 0.0})
    _killed: Counter[str] = field(default_factory=Counter)

    def is_in(self, kind: str) -> bool:
        """Tell whether something fails now."""
        return any(
            window.kind == kind and window.seconds[0] <= self.simulation.elapsed < window.seconds[1]
            for window in self.plan.windows
        )

    def take_from_people(self) -> None:
        """Send somebody a code or a link, by the same account."""
        self.came_to["code" if self._has_room("sesv2", MAIL_RATE) else "code throttled"] += 1

    def hand_over(self, operation: str, request: AWSPreparedRequest, process: Process) -> AWSResponse:
        """Take a message, or not, and say so, or not."""
        service = operation.partition(".")[0]
        self.calls.append((self.simulation.elapsed, service, process))
        self.simulation.sleep(_TAKES_S[service])
        body: Any = request.body
        text = body.decode() if isinstance(body, bytes) else str(body)
        if service == "sns":
            fields = parse_qs(text)
            return self._sms(fields["PhoneNumber"][0], fields["Message"][0], process)
        fields = json.loads(text)
        tags = {tag["Name"]: [tag["Value"]] for tag in fields["EmailTags"]}
        return self._mail(fields["Destination"]["ToAddresses"][0], tags, process)

    def _mail(self, address: str, tags: dict[str, list[str]], process: Process) -> AWSResponse:
        refusals = (
            (self.is_in("mail paused"), 400, "SendingPausedException", "Email sending is disabled"),
            (self.is_in("mail down"), 503, "ServiceUnavailable", "down"),
            (not self._has_room("sesv2", MAIL_RATE), 429, "TooManyRequestsException", "Maximum sending rate exceeded."),
            (NEVER_TAKEN in address, 400, "MessageRejected", "Email address is not verified."),
            (REFUSED in address, 400, "BadRequestException", "Local address contains control or whitespace"),
        )
        for is_so, status, code, text in refusals:
            if is_so:
                return self._refuse("sesv2", status, code, text)
        is_lost, is_taken = self._draw_loss("mail uncertain")
        if is_taken:
            message = self._take(address, process, tags["notice_id"][0])
            if DEADLY in address and self._killed[address] < _KILLS:  # and no report of it ever comes
                self._killed[address] += 1
                self.kill(process)
                raise ProcessDied
            self._report_later(address, message.message_id, tags)
            if not is_lost:
                message.was_answered = True
                return answer(200, json.dumps({"MessageId": message.message_id}))
        return self._no_answer("sesv2")

    def _sms(self, number: str, said: str, process: Process) -> AWSResponse:
        if self.is_in("sms throttled") or not self._has_room("sns", SMS_RATE):
            return self._refuse("sns", 429, "Throttled", "Rate exceeded")
        if self.is_in("sms spent"):
            return self._refuse("sns", 403, "AuthorizationError", "No quota left for account")
        if number.startswith(REFUSED_NUMBER):
            return self._refuse("sns", 400, "InvalidParameter", "Invalid parameter: PhoneNumber")
        is_lost, is_taken = self._draw_loss("sms uncertain")
        if is_taken:
            message = self._take(number, process, said)
            if not is_lost:
                message.was_answered = True
                return answer(200, f"<R><PublishResult><MessageId>{message.message_id}</MessageId></PublishResult></R>")
        return self._no_answer("sns")

    def _has_room(self, service: str, rate: int) -> bool:
        now = self.simulation.elapsed
        tokens = min(rate, self._tokens[service] + rate * (now - self._filled_at[service]))
        self._filled_at[service] = now
        has_room = tokens >= 1
        self._tokens[service] = tokens - has_room
        return has_room

    def _refuse(self, service: str, status: int, code: str, text: str) -> AWSResponse:
        self.came_to[code] += 1
        if service == "sesv2":
            return answer(status, json.dumps({"message": text}), {"x-amzn-errortype": code})
        said = f"<ErrorResponse><Error><Code>{code}</Code><Message>{text}</Message></Error></ErrorResponse>"
        return answer(status, said)

    def _draw_loss(self, storm: str) -> tuple[bool, bool]:
        """Draw whether the answer is lost, and whether the message goes out."""
        is_lost = self.chance.random() < (_LOST_IN_STORM if self.is_in(storm) else _LOST)
        return is_lost, not is_lost or self.chance.random() < 1 / 2

    def _no_answer(self, service: str) -> AWSResponse:
        if self.chance.random() < 1 / 2:
            return self._refuse(service, 500, "InternalFailure", "broken")
        self.came_to["no answer"] += 1
        self.simulation.sleep(_PATIENCE_S)
        raise ReadTimeoutError(endpoint_url=f"https://{service}")

    def _take(self, destination: str, process: Process, about: str) -> Taken:
        self.came_to["taken"] += 1
        message_id = f"m{self.came_to['taken']:06}"
        message = Taken(self.simulation.elapsed, destination, message_id, process, process.run, about=about)
        self.taken[destination].append(message)
        return message

    def _report_later(self, address: str, message_id: str, tags: dict[str, list[str]]) -> None:
        """Draw what becomes of a message, and when that is told: early, late, twice, in any order, or not at all."""
        for kind, details in self._draw_fate():
            if self._happens(0.05):
                continue
            at = (self.simulation.clock() + timedelta(seconds=self.chance.uniform(0.1, 60))).isoformat()
            event = {
                "eventType": kind,
                "mail": {"timestamp": at, "messageId": message_id, "tags": tags},
                kind[0].lower() + kind[1:]: {"timestamp": at, **details},
            }
            for _ in range(2 if self._happens(0.05) else 1):
                self.unreported[tags["notice_id"][0]] += 1
                self.simulation.after(self._delay(), partial(self.report, address, event))

    def _draw_fate(self) -> Iterator[tuple[str, dict[str, Any]]]:
        may_be_rejected = self.simulation.elapsed > self.plan.rejects_after * 3600
        if self._happens(0.003) and may_be_rejected:
            yield "Reject", {"reason": "Bad content"}
            return
        if self._happens(0.03):
            yield "DeliveryDelay", {"delayType": "TransientCommunicationFailure"}
        if self._happens(self.plan.bounced):
            yield "Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}
        elif self._happens(self.plan.bounced):
            yield "Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
        else:
            yield "Delivery", {}
            if self._happens(0.01):
                yield "Complaint", {}

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share

    def _delay(self) -> float:
        """Draw how many seconds a report takes: some are quicker than who writes down that the message went."""
        latest = self.plan.reported_within * 3600
        begin, end = self.chance.choices(((0.02, 5), (5, 600), (600, latest)), (6, 3, 1))[0]
        return self.chance.uniform(begin, end)
