"""Eight at once about one filing: one takes it, one observation and one answer are kept; on an engine that isolates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.composition import composition_store, send_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.config import Config
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.institution.composition import Composition, changed
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.answer_by_notice import begin_answer_to
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing, take_filing
from chalicelib.services.institution.send_composition import Sender, send_composition
from chalicelib.store.tables import EventItem, NoticeItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.composition_world import a_composition, a_member
from tests.deposit_world import AUTHORITY, PDF, Clock
from tests.filing_world import file_it, seed_filing
from tests.officer_world import an_upload

pytestmark = pytest.mark.ministack

MANY = 8


@pytest.fixture
def racing(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        seed_filing(box)
        yield box


def take(filing: Filing, by: ByOfficerAct, box: Container) -> Filing:
    return take_filing(filing.filing_id, by, tools=attend_tools(box))


def observe(filing: Filing, by: ByOfficerAct, box: Container) -> Filing:
    return observe_filing(filing.filing_id, f"Falta, dice {by.member.actor}", by, tools=attend_tools(box))


@pytest.mark.parametrize(("deed", "kind"), [(take, "filing.taken"), (observe, "filing.observed")])
def test_of_eight_officers_one_does_it_and_the_log_says_so_once(
    racing: Container, deed: Callable[[Filing, ByOfficerAct, Container], Filing], kind: str
) -> None:
    filed = file_it(racing)
    people = [a_member(number, permissions=(Permission.ATTEND,)) for number in range(1, MANY + 1)]
    acts = [ByOfficerAct(one, Act.ATTEND, "192.0.2.9") for one in people]

    outcomes = at_once(MANY, lambda number: deed(filed, acts[number], racing))

    done = [one for one in outcomes if isinstance(one, Filing)]
    assert len(done) == 1, outcomes
    assert all(isinstance(one, (Filing, Conflict, Unavailable)) for one in outcomes), outcomes
    kept = filing_store(racing).find(filed.filing_id)
    assert kept == done[0]
    assert len([event for event in EventItem.scan() if event.type == kind]) == 1


def test_of_eight_who_deposit_one_answer_all_learn_of_one_notice(racing: Container) -> None:
    filed = file_it(racing)
    upload_store(racing).add(an_upload())
    files(racing).put_document(an_upload().object_key, PDF, "application/pdf")
    officer = a_member(permissions=(Permission.ATTEND, Permission.DEPOSIT))
    store, by = composition_store(racing), ByOfficerAct(officer, Act.ATTEND, "")
    begun = begin_answer_to(
        filed.filing_id, by, new_id=racing.chance.new_event_id, compositions=store, tools=attend_tools(racing)
    )
    whole = a_composition()
    parts = {name: getattr(whole, name) for name in ("recipient", "heading", "signers", "chosen_term", "files")}
    draft = changed(begun, racing.clock(), **parts)
    assert store.update(draft)

    def deposit(number: int) -> Composition:
        sender = Sender(officer, f"login-{number}", "")
        return send_composition(draft.composition_id, sender, seen_version=draft.version, tools=send_tools(racing))

    outcomes = at_once(MANY, deposit)

    told = {one.notice_id for one in outcomes if isinstance(one, Composition)}
    assert all(isinstance(one, (Composition, Conflict, Unavailable)) for one in outcomes), outcomes
    kept = filing_store(racing).find(filed.filing_id)
    assert kept is not None
    assert kept.answer is not None
    assert told == {kept.answer.notice_id} == {item.notice_id for item in NoticeItem.scan()}
    assert len([event for event in EventItem.scan() if event.type == "filing.answered"]) == 1
