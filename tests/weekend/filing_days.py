"""Filings in simulated days: what people and officers do at their hours, by the app's own services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from chalicelib.bootstrap.filing import attend_tools, filing_draft_store, filing_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import correct
from chalicelib.domain.filing.filing import Correction, Filer, Filing, number_of
from chalicelib.domain.filing.filing_draft import filed
from chalicelib.domain.filing.observation import observable_until
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.filing.telling import plan_of
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.services.filing.attend_filing import ByOfficerAct, answer_filing, observe_filing
from chalicelib.store.filing.filing_store import FilingCommit
from tests.cloud import Engine
from tests.composition_world import a_member
from tests.deposit_world import a_mailbox, a_user, an_institution, put_institution
from tests.filing_world import a_document, a_draft, a_filing, a_session
from tests.officer_world import an_office, put_office
from tests.weekend.days import Alteration, Days, days
from tests.weekend.filing_plan import COURSES, Course
from tests.weekend.plan import Plan

THERE = "avisos@entidad.example"
_INSTITUTION = replace(an_institution(), digest_email=THERE)
_BY = ByOfficerAct(a_member(), Act.DEPOSIT, "192.0.2.9")


@dataclass
class FilingDays:
    """Days in which people file; `filings` are by id, with the course that each takes and whom it concerns.

    `each` is how many take each course, some minutes apart.
    """

    days: Days
    each: int
    filings: dict[str, tuple[Course, Mailbox]] = field(default_factory=dict)

    def run(self) -> None:
        """Let them pass."""
        put_institution(self.days.desk, _INSTITUTION)
        put_office(self.days.desk, an_office())
        for course in COURSES:
            for number in range(self.each):
                self._at(course.filed + number / 60, partial(self._file, course, number))
        self._at(0, self.days.platform.remind)
        self.days.run()

    def _at(self, hours: float, do: object) -> None:
        self.days.simulation.at(3600 * hours, do)  # type: ignore[arg-type]  # what is done returns nothing that counts

    def find(self, filing_id: str) -> Filing:
        found = filing_store(self.days.desk).find(filing_id)
        assert found is not None
        return found

    def _file(self, course: Course, number: int) -> None:
        desk, count = self.days.desk, len(self.filings) + 1
        filing_id, now = self._code(), self.days.simulation.clock()
        mailbox = a_mailbox(f"4{count:07}", users=tuple(self._user(each) for each in range(1, 2 + count % 3)))
        mailbox_store(desk).put(mailbox)
        draft = a_draft(f"{count:032x}", a_session(mailbox_id=mailbox.mailbox_id))
        assert filing_draft_store(desk).add(draft)
        calendar = desk.calendar
        dates = receiving_of(_INSTITUTION, an_office(), calendar).settle(now)
        filing = a_filing(
            filing_id=filing_id,
            number=number_of(2026, count),
            verification_code=self._code(),
            draft_id=draft.draft_id,
            mailbox_id=mailbox.mailbox_id,
            dates=dates,
            observable_until=observable_until(dates, calendar),
            receipt_sha256=f"{count:064x}",
        )
        event = self._event(filing, EventType.FILING_FILED)
        alerts = plan_of(Occasion.FILED, filing, mailbox, _INSTITUTION, now, calendar=calendar)
        commit = FilingCommit(filing, filed(draft, filing_id, now), 2026, count, event, (), alerts)
        filing_store(desk).commit(commit)
        self.filings[filing_id] = course, mailbox
        self._tell(event, alerts.notice_id)
        for hour, do in (
            (course.observed, self._observe),
            (course.corrected, self._correct),
            (course.answered, self._answer),
        ):
            if hour is not None:
                self._at(hour + number / 60, partial(do, filing_id))

    def _observe(self, filing_id: str) -> None:
        made = observe_filing(filing_id, "Falta el plano", _BY, tools=attend_tools(self.days.desk))
        self._tell(self._event(made, EventType.FILING_OBSERVED), f"{filing_id}_{Occasion.OBSERVED}")

    def _correct(self, filing_id: str) -> None:
        desk, now, before = self.days.desk, self.days.simulation.clock(), self.find(filing_id)
        dates = receiving_of(_INSTITUTION, an_office(), desk.calendar).settle(now)
        correction = Correction(self._code(), self._code(), Filer("u1", "Usuaria"), (a_document(),), dates)
        made = correct(before, correction)
        event = self._event(made, EventType.FILING_CORRECTED)
        mailbox = self.filings[filing_id][1]
        alerts = plan_of(Occasion.CORRECTED, made, mailbox, _INSTITUTION, now, calendar=desk.calendar)
        assert filing_store(desk).change(made, event, (alerts,))
        self._tell(event, alerts.notice_id)

    def _answer(self, filing_id: str) -> None:
        answer_filing(filing_id, f"N-{filing_id}", _BY, tools=attend_tools(self.days.desk))

    def _tell(self, event: Event, batch_key: str) -> None:
        """Have the stream bring what was just written."""
        self.days.truth.deposit(batch_key)
        self.days.platform.deposited(event, {"subject": {"S": event.subject}, "type": {"S": event.type.value}})

    def _event(self, filing: Filing, kind: EventType) -> Event:
        return Event(
            f"filing#{filing.filing_id}", kind, self.days.simulation.clock(), self.days.new_id(), "user", data={}
        )

    def _code(self) -> str:
        return self.days.new_code()

    def _user(self, number: int) -> MailboxUser:
        self.days.users += 1
        mobile = f"+5190{self.days.users:07}" if self.days.users % 2 else None
        return replace(a_user(number), email=f"persona{self.days.users}@ejemplo.pe", mobile=mobile)


@contextmanager
def filing_days(engine: Engine, plan: Plan, alter: Alteration | None = None, *, each: int) -> Iterator[FilingDays]:
    """Open an engine for days with filings that are still to pass."""
    with days(engine, plan, alter) as passing:
        yield FilingDays(passing, each)
