"""Eight officers at once about one filing: one takes it, one observation is kept; on an engine that isolates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.config import Config
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing, take_filing
from chalicelib.store.tables import EventItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.composition_world import a_member
from tests.deposit_world import AUTHORITY, Clock
from tests.filing_world import file_it, seed_filing

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
