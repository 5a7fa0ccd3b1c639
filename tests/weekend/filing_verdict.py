"""What must hold of what people were told of filings, by the provider's ledger and the filings' own facts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.filing_news import HOLDERS, Occasion, batch_id
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.sender.gsm7 import to_gsm7
from chalicelib.renderers.alert.filing_letters import SMS_TEXTS
from tests.cloud import Engine
from tests.weekend.days import Alteration
from tests.weekend.filing_days import THERE, FilingDays, filing_days
from tests.weekend.filing_plan import Course
from tests.weekend.plan import Plan
from tests.weekend.provider import Taken
from tests.weekend.verdict import Verdict

_STATES = {
    Occasion.OBSERVED: {FilingState.OBSERVED},
    Occasion.LAPSING: {FilingState.OBSERVED},
    Occasion.LAPSED: {FilingState.NOT_FILED},
    Occasion.LAPSED_THERE: {FilingState.NOT_FILED},
    Occasion.CORRECTED: {FilingState.CORRECTED, FilingState.ANSWERED, FilingState.IN_EVALUATION},
}
"""As which a filing has to stand at the instant at which somebody is told; a receipt is true for ever."""


@dataclass(frozen=True)
class Told:
    """What became of a week."""

    complaints: tuple[str, ...]
    messages: dict[str, int]
    """By occasion, those that count: one for each place."""
    cancelled: dict[str, int]
    doubles: dict[str, int]
    deaths: int
    missed: int


@dataclass
class FilingVerdict:
    """Judges filing by filing; `complaints` begin with what is wrong."""

    passing: FilingDays
    complaints: list[str] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._excuses = Verdict(self.passing.days)

    @property
    def doubles(self) -> dict[str, int]:
        """Messages that went twice, by why they may have."""
        return dict(self._excuses.doubles)

    def judge(self) -> None:
        """Judge all."""
        for filing_id, (course, mailbox) in self.passing.filings.items():
            filing = self.passing.find(filing_id)
            places = [(user.email, user.mobile) for user in mailbox.users]
            for occasion in Occasion:
                is_there = occasion is Occasion.LAPSED_THERE
                for email, mobile in [(THERE, None)] if is_there else places:
                    self._judge(filing, course, occasion, self._mails(filing, occasion, email), email)
                    if mobile is not None:
                        self._judge(filing, course, occasion, self._texts(occasion, mobile), mobile)
            self.complaints += self._at_rest(filing)
            self.complaints += self._noted(filing, course)

    def _mails(self, filing: Filing, occasion: Occasion, email: str) -> list[Taken]:
        key = batch_id(filing.filing_id, occasion)
        return [one for one in self.passing.days.provider.taken[email] if one.about == key]

    def _texts(self, occasion: Occasion, mobile: str) -> list[Taken]:
        return [one for one in self.passing.days.provider.taken[mobile] if _says(one.about) is occasion]

    def _judge(self, filing: Filing, course: Course, occasion: Occasion, taken: list[Taken], place: str) -> None:
        name = f"{occasion} of «{course.name}» to {place}"
        is_wanted = occasion in course.told
        self.messages[occasion.value] += bool(taken)
        if is_wanted and not taken:
            self.complaints.append(f"lost: {name}")
        if taken and not is_wanted:
            self.complaints.append(f"told though it was overtaken: {name}")
        self.complaints += [f"{what}: {name}" for what in self._excuses.doubled(taken)]
        for one in taken:
            at = self.passing.days.simulation.start + timedelta(seconds=one.at)
            if _state_at(filing, at) not in _STATES.get(occasion, set(FilingState)):
                self.complaints.append(f"late, as if it were news: {name}, {at:%d %H:%M}")

    def _at_rest(self, filing: Filing) -> Iterator[str]:
        for occasion in Occasion:
            batch = alert_batch_store(self.passing.days.desk).find(batch_id(filing.filing_id, occasion))
            for alert in () if batch is None else batch.alerts:
                self.cancelled[alert.refusal or ""] += alert.refusal is not None
                if alert.is_open:
                    yield f"waits at rest: {occasion} of {filing.filing_id}"

    def _noted(self, filing: Filing, course: Course) -> Iterator[str]:
        log = event_store(self.passing.days.desk).list_for_subject(f"filing#{filing.filing_id}", limit=90)
        kinds = Counter(event.type.value for event in log)
        if kinds["filing.lapse_told"] != (Occasion.LAPSED in course.told):
            yield f"the log tells a lapse {kinds['filing.lapse_told']} times: «{course.name}»"
        if kinds["filing.reminded"] > 1:
            yield f"reminded of twice: «{course.name}»"


def _state_at(filing: Filing, at: datetime) -> FilingState:
    """Tell its state at an instant of the past, from what had happened by then."""
    observation = filing.observation if filing.observation and filing.observation.at <= at else None
    correction = filing.correction if filing.correction and filing.correction.at <= at else None
    answer = filing.answer if filing.answer and filing.answer.at <= at else None
    lapse_at = filing.told.lapse_at if filing.told.lapse_at and filing.told.lapse_at <= at else None
    told = replace(filing.told, lapse_at=lapse_at)
    return replace(filing, observation=observation, correction=correction, answer=answer, told=told).state_at(at)


def _words(occasion: Occasion) -> str:
    """Return words that an SMS of an occasion has, and no other's."""
    if occasion is Occasion.LAPSED:
        return "no presentada"
    return max(re.split(r"\$\w+", to_gsm7(SMS_TEXTS[occasion][0])), key=len)


def _says(text: str) -> Occasion | None:
    return next((occasion for occasion in HOLDERS if _words(occasion) in text), None)


def told(engine: Engine, plan: Plan, alter: Alteration | None = None, *, each: int = 2) -> Told:
    """Let a week pass and judge it; so many filings take each course."""
    with filing_days(engine, plan, alter, each=each) as passing:
        passing.run()
        verdict = FilingVerdict(passing)
        verdict.judge()
        died = passing.days.platform.deaths
        deaths = sum(count for cause, count in died.items() if not cause.startswith("thrown away"))
        missed = sum(_missed(line.text) for line in passing.days.log.lines)
        return Told(
            tuple(verdict.complaints), dict(verdict.messages), dict(verdict.cancelled), verdict.doubles, deaths, missed
        )


def _missed(line: str) -> int:
    return int(json.loads(line).get("missed", 0))
