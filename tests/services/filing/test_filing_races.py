"""Eight at once: one filing of one draft; of eight drafts, eight numbers in a row; on an engine that isolates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import draft_tools, filing_draft_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilingDraftState
from chalicelib.domain.mailbox import MailboxFrozen
from chalicelib.services.filing.filing_drafts import discard_draft
from chalicelib.store.tables import EventItem, FilingItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, NOW, Clock, a_frozen_mailbox
from tests.filing_world import DRAFT_ID, a_draft, a_session, file_it, seed_filing

pytestmark = pytest.mark.ministack

MANY = 8
IDS = [f"{number:032x}" for number in range(MANY)]


@pytest.fixture
def racing(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        seed_filing(box)
        yield box


def filings_kept() -> list[FilingItem]:
    return [item for item in FilingItem.scan() if item.data is not None]


def numbers_taken() -> list[str]:
    return sorted(item.filing_id for item in FilingItem.scan() if item.filing_id.startswith("number#"))


def test_eight_windows_with_one_draft_make_one_filing(racing: Container) -> None:
    outcomes = at_once(MANY, lambda _: file_it(racing))

    told = {outcome.filing_id for outcome in outcomes if isinstance(outcome, Filing)}
    assert len([one for one in outcomes if isinstance(one, Filing)]) == MANY, outcomes
    assert told == {item.filing_id for item in filings_kept()}
    assert len(told) == 1
    assert [item.last for item in FilingItem.scan() if item.last is not None] == [1]
    assert len([event for event in EventItem.scan() if event.type == "filing.filed"]) == 1


def test_eight_drafts_at_once_get_eight_numbers_in_a_row(racing: Container) -> None:
    for draft_id in IDS:
        filing_draft_store(racing).add(a_draft(draft_id))

    outcomes = at_once(MANY, lambda number: file_it(racing, draft_id=IDS[number]))

    numbers = sorted(outcome.number for outcome in outcomes if isinstance(outcome, Filing))
    assert numbers == [f"2026-{number:06d}" for number in range(1, MANY + 1)], outcomes
    kept = filings_kept()
    assert sorted(item.data["number"] for item in kept) == numbers
    assert len(numbers_taken()) == MANY
    assert [item.last for item in FilingItem.scan() if item.last is not None] == [MANY]


def test_each_of_them_has_a_receipt_with_its_own_number(racing: Container) -> None:
    for draft_id in IDS:
        filing_draft_store(racing).add(a_draft(draft_id))

    outcomes = at_once(MANY, lambda number: file_it(racing, draft_id=IDS[number]))

    keys = {outcome.receipt_key: outcome for outcome in outcomes if isinstance(outcome, Filing)}
    assert len(keys) == MANY
    for key, filing in keys.items():
        reference = f"N.º {filing.number}, código de verificación {filing.verification_code}"
        assert reference.encode().hex().upper().encode() in files(racing).get_document(key)


def test_what_is_filed_while_it_is_discarded_is_one_or_the_other(racing: Container) -> None:
    def act(number: int) -> object:
        if number % 2:
            return discard_draft(DRAFT_ID, a_session(), seen_version=1, tools=draft_tools(racing))
        return file_it(racing)

    outcomes = at_once(MANY, act)

    draft = filing_draft_store(racing).find(DRAFT_ID)
    assert draft is not None
    is_filed = draft.state is FilingDraftState.FILED
    assert len(filings_kept()) == is_filed
    assert any(isinstance(one, Filing) for one in outcomes) is is_filed
    refused = {one.code for one in outcomes if isinstance(one, CasillaError)}
    assert refused <= {"draft_closed", "draft_changed"}


def test_nothing_is_filed_once_the_mailbox_froze_even_in_between(racing: Container) -> None:
    def act(number: int) -> object:
        if number == 0:
            mailbox_store(racing).put(a_frozen_mailbox("40000002", NOW))
            return None
        return file_it(racing)

    outcomes = at_once(MANY, act)

    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert all(isinstance(one, MailboxFrozen) for one in refused), outcomes
    assert len(filings_kept()) == any(isinstance(one, Filing) for one in outcomes)
