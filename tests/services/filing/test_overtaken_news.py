"""What was overtaken while nothing could be sent is not told as if it were news; what overtook it is, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import alert_batch_store, channels, sending_tools, watching_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.filing import attend_tools, draft_tools, file_tools, filing_draft_store, tell_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilePart, with_file
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxState, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.services.alert.renew import renew
from chalicelib.services.alert.watch_addresses import watch_addresses
from chalicelib.services.filing.attend_filing import answer_filing, observe_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.filing_drafts import begin_to_correct, change_draft
from chalicelib.services.filing.read_filings import find_untold
from chalicelib.services.filing.tell_ends import tell_ends
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import AlertBatchItem, FilingItem
from tests.alert_world import refusing
from tests.deposit_world import Clock, a_frozen_mailbox, a_mailbox, an_institution, put_institution
from tests.filing_world import ANNEX_ID, MAILBOX_ID, a_session, an_attached, file_it, seed_filing
from tests.services.filing.test_tell_ends import BY, ends, run, subjects, sweep

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        put_institution(box, replace(an_institution(), digest_email="avisos@entidad.example"))
        yield box


@pytest.fixture
def observed(box: Container, clock: Clock) -> Filing:
    filed = file_it(box)
    settle_all(box, clock)
    return observe_filing(filed.filing_id, "Falta el plano", BY, tools=attend_tools(box))


def settle_all(box: Container, clock: Clock) -> None:
    clock.advance(minutes=10)
    sweep(box, clock)


def correct(box: Container, observed: Filing) -> Filing:
    draft = begin_to_correct(a_session(), observed, tools=draft_tools(box))
    attach = lambda it: with_file(it, FilePart.ANNEX, an_attached(ANNEX_ID), box.clock())  # noqa: E731
    change_draft(draft.draft_id, a_session(), attach, seen_version=1, store=filing_draft_store(box))
    return correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))


def batch(box: Container, filing: Filing, occasion: Occasion) -> AlertBatch:
    found = alert_batch_store(box).find(batch_id(filing.filing_id, occasion))
    assert found is not None
    return found


def came_to(box: Container, filing: Filing, occasion: Occasion) -> set[tuple[AlertState, str | None]]:
    return {(alert.state, alert.refusal) for alert in batch(box, filing, occasion).alerts}


@contextmanager
def closed(box: Container) -> Iterator[None]:
    """Have the providers take nothing."""
    refused = ("SendingPausedException", "Throttled")
    with (
        refusing(channels(box).mail._client, "SendEmail", refused[0]),  # noqa: SLF001 - the engine's own hooks
        refusing(channels(box).sms._client, "Publish", refused[1]),  # noqa: SLF001 - as above
    ):
        yield


def new_since(before: list[str]) -> Counter[str]:
    return Counter(subjects()) - Counter(before)


def test_what_was_corrected_meanwhile_is_no_more_asked_for(box: Container, observed: Filing, clock: Clock) -> None:
    before = subjects()
    with closed(box):
        settle_all(box, clock)
        clock.now = ends(observed)[0]
        run(box, clock)
        correct(box, observed)
        settle_all(box, clock)
    clock.advance(hours=3)
    settle_all(box, clock)

    assert new_since(before) == Counter({"Recibida": 2})
    for occasion in (Occasion.OBSERVED, Occasion.LAPSING):
        assert came_to(box, observed, occasion) == {(AlertState.CANCELLED, "filing_corrected")}


def test_the_receipt_of_a_correction_is_told_though_it_was_answered_meanwhile(
    box: Container, observed: Filing, clock: Clock
) -> None:
    before = subjects()
    with closed(box):
        correct(box, observed)
        settle_all(box, clock)
        answer_filing(observed.filing_id, "N-1", BY, tools=attend_tools(box))
    clock.advance(hours=3)
    settle_all(box, clock)

    assert new_since(before) == Counter({"Recibida": 2})
    assert came_to(box, observed, Occasion.OBSERVED) == {(AlertState.CANCELLED, "filing_corrected")}


def test_what_lapsed_meanwhile_is_told_as_that_alone(box: Container, observed: Filing, clock: Clock) -> None:
    before = subjects()
    with closed(box):
        settle_all(box, clock)
        clock.now = ends(observed)[0]
        run(box, clock)
        clock.now = ends(observed)[1] + timedelta(minutes=2)
        run(box, clock)
    clock.advance(hours=3)
    settle_all(box, clock)

    assert new_since(before) == Counter({"No presentada": 3})  # two users, and the institution
    for occasion in (Occasion.OBSERVED, Occasion.LAPSING):
        assert came_to(box, observed, occasion) == {(AlertState.CANCELLED, "too_late")}


def test_an_observation_told_late_but_in_time_is_told(box: Container, observed: Filing, clock: Clock) -> None:
    before = subjects()
    with closed(box):
        settle_all(box, clock)
        assert came_to(box, observed, Occasion.OBSERVED) == {
            (AlertState.REFUSED, "mail_unavailable"),
            (AlertState.REFUSED, "sms_throttled"),
        }
    clock.advance(hours=3)
    settle_all(box, clock)

    assert new_since(before) == Counter({"Observada": 2})


def test_a_receipt_is_told_however_late_and_whatever_followed(box: Container, clock: Clock) -> None:
    with closed(box):
        filed = file_it(box)
        settle_all(box, clock)
        observe_filing(filed.filing_id, "Falta el plano", BY, tools=attend_tools(box))
        settle_all(box, clock)
    clock.advance(hours=3)
    settle_all(box, clock)

    assert Counter(subjects()) == Counter({"Recibido": 2, "Observada": 2})


def put_mailbox(box: Container, mailbox: Mailbox) -> None:
    before = mailbox_store(box).find(MAILBOX_ID)
    assert before is not None
    mailbox_store(box).put(replace(mailbox, version=before.version + 1, health=before.health))


def test_of_a_frozen_mailbox_only_the_institution_is_told_until_it_thaws(
    box: Container, observed: Filing, clock: Clock
) -> None:
    settle_all(box, clock)
    put_mailbox(box, a_frozen_mailbox("40000002", clock()))
    before = subjects()
    clock.now = ends(observed)[0]
    run(box, clock)
    clock.now = ends(observed)[1] + timedelta(minutes=2)
    run(box, clock)
    settle_all(box, clock)
    assert new_since(before) == Counter({"No presentada": 1})
    assert came_to(box, observed, Occasion.LAPSED) == {(AlertState.WAITING, "mailbox_frozen")}

    put_mailbox(box, a_mailbox(users=(replace(a_mailbox().users[0], email="de.antes@ejemplo.pe"),)))
    clock.advance(hours=3)
    settle_all(box, clock)
    settle_all(box, clock)

    assert new_since(before) == Counter({"No presentada": 2})
    told = [alert.destination for alert in batch(box, observed, Occasion.LAPSED).alerts if alert.message_id]
    assert "de.antes@ejemplo.pe" in told
    assert not {one.email for one in a_mailbox().users} & set(told)


@pytest.mark.parametrize("state", [UserState.DISABLED, UserState.PENDING])
def test_where_no_user_is_active_it_is_kept_that_nobody_was_told(
    box: Container, observed: Filing, clock: Clock, state: UserState
) -> None:
    users = tuple(replace(user, state=state) for user in a_mailbox().users)
    put_mailbox(box, a_mailbox(state=MailboxState.DISABLED, users=users))
    before = subjects()
    clock.now = ends(observed)[1] + timedelta(minutes=2)

    assert run(box, clock)["filings_lapsed"] == 1
    assert run(box, clock) == Counter()
    assert batch(box, observed, Occasion.LAPSED).alerts == ()
    assert new_since(before) == Counter({"No presentada": 1})  # the institution


def leave_to(box: Container, *, state: UserState) -> None:
    """Have all users leave, and somebody else come."""
    put_mailbox(box, a_mailbox(users=(replace(a_mailbox().users[0], user_id="u9", email="n@ejemplo.pe", state=state),)))


def test_where_all_who_were_to_be_told_left_meanwhile_both_sides_see_that_nobody_was(
    box: Container, observed: Filing, clock: Clock
) -> None:
    with closed(box):
        settle_all(box, clock)
    assert find_untold(observed, batches=alert_batch_store(box)) == ()
    leave_to(box, state=UserState.PENDING)
    clock.advance(hours=3)
    settle_all(box, clock)

    assert came_to(box, observed, Occasion.OBSERVED) == {(AlertState.CANCELLED, "address_changed")}
    assert find_untold(observed, batches=alert_batch_store(box)) == (Occasion.OBSERVED,)


def test_who_came_is_told_in_place_of_who_left(box: Container, observed: Filing, clock: Clock) -> None:
    before = subjects()
    with closed(box):
        settle_all(box, clock)
    leave_to(box, state=UserState.ACTIVE)
    for _ in range(3):
        clock.advance(hours=3)
        settle_all(box, clock)

    assert new_since(before) == Counter({"Observada": 1})
    told = [alert for alert in batch(box, observed, Occasion.OBSERVED).alerts if alert.state is AlertState.ACCEPTED]
    assert [alert.user_id for alert in told] == ["u9", "u9"]
    assert find_untold(observed, batches=alert_batch_store(box)) == ()


def test_a_filing_whose_alerts_cannot_be_read_is_shown_all_the_same(box: Container, observed: Filing) -> None:
    item = AlertBatchItem.get(batch_id(observed.filing_id, Occasion.OBSERVED))
    item.deposited_at = "?"
    item.save()

    assert find_untold(observed, batches=alert_batch_store(box)) == ()


def learn(box: Container, sign: Sign, at_clock: Clock, number: int = 0) -> None:
    store = mailbox_store(box)
    mailbox = store.find(MAILBOX_ID)
    assert mailbox is not None
    user = mailbox.users[number]
    store.learn(
        mailbox, lambda known: known.with_sign(sign, at_clock()), AddressHealth(user.user_id, Channel.EMAIL, user.email)
    )


def by_stream(box: Container) -> int:
    return renew(MAILBOX_ID, sending_tools(box))["renewed"]


def by_night(box: Container) -> int:
    later = box.clock() + timedelta(minutes=5)
    return watch_addresses(watching_tools(box), list_until=later, until=later).renewed


@contextmanager
def refused_for_good(box: Container) -> Iterator[None]:
    with refusing(
        channels(box).mail._client,  # noqa: SLF001 - the engine's own hooks
        "SendEmail",
        "BadRequestException",
        message="Missing final '@domain'",
    ):
        yield


@pytest.mark.parametrize("ask", [by_stream, by_night])
def test_an_address_that_lives_again_is_told_once(
    box: Container, observed: Filing, clock: Clock, ask: Callable[[Container], int]
) -> None:
    with refused_for_good(box):
        settle_all(box, clock)
    before = subjects()
    clock.advance(minutes=5)
    assert ask(box) == 0, "the address is still dead"
    learn(box, Sign.PROVED, clock)

    assert ask(box) == 1
    assert ask(box) == 0
    settle_all(box, clock)
    assert new_since(before) == Counter({"Observada": 1})
    assert [one.alert_id for one in batch(box, observed, Occasion.OBSERVED).alerts if "renewal" in one.alert_id] == [
        "u1.email.renewal-1"
    ]


@pytest.mark.parametrize("ask", [by_stream, by_night])
def test_an_address_that_lives_again_is_not_told_what_was_overtaken(
    box: Container, observed: Filing, clock: Clock, ask: Callable[[Container], int]
) -> None:
    with refused_for_good(box):
        settle_all(box, clock)
    clock.advance(minutes=5)
    correct(box, observed)
    settle_all(box, clock)
    before = subjects()
    learn(box, Sign.PROVED, clock)

    assert ask(box) == 0
    settle_all(box, clock)
    assert new_since(before) == Counter()
    assert batch(box, observed, Occasion.OBSERVED).failed_since is None


def test_the_other_channel_is_tried_where_one_failed(box: Container, observed: Filing, clock: Clock) -> None:
    with refused_for_good(box):
        settle_all(box, clock)
    settle_all(box, clock)

    told = {one.alert_id: one.state for one in batch(box, observed, Occasion.OBSERVED).alerts}
    assert told == {
        "u1.email": AlertState.FAILED,
        "u2.email": AlertState.FAILED,
        "u1.sms": AlertState.ACCEPTED,
        "u1.sms.fallback": AlertState.ACCEPTED,
    }


def test_one_that_cannot_be_read_stops_no_other_and_is_due_as_long_as_it_is_so(
    box: Container, observed: Filing, clock: Clock
) -> None:
    broken = "2222-2222-2222"
    over = ends(observed)[1]
    for shard in SHARDS:  # also where it would come first
        FilingItem(f"{broken}{shard}", version=1, data={"holder": 7}, due_shard=shard, due_at=0).save()
    clock.now = over + timedelta(hours=2)

    for lapsed in (1, 0):
        counts, since = tell_ends(tell_tools(box), until=clock() + timedelta(minutes=4))
        assert (counts["filings_lapsed"], counts["missed"], counts["failed"]) == (lapsed, lapsed, len(SHARDS))
        assert since == datetime.fromtimestamp(0, UTC), "or nobody is woken by what waits"


def test_what_there_was_no_time_for_waits_since_it_was_due(box: Container, observed: Filing, clock: Clock) -> None:
    clock.now = ends(observed)[0] + timedelta(hours=2)

    counts, since = tell_ends(tell_tools(box), until=clock())

    assert (+counts, since) == (Counter({"left": 1}), ends(observed)[0])


def test_a_shard_that_cannot_be_read_stops_no_other_and_the_job_fails(
    box: Container, observed: Filing, clock: Clock
) -> None:
    clock.now = ends(observed)[1] + timedelta(minutes=2)
    own = shard_of_code(observed.filing_id)
    other = next(shard for shard in SHARDS if shard != own)
    client = connection(box).client

    failing = refusing(client, "Query", "InternalServerError", status=500, only=f'":shard": {{"S": "{other}"}}')
    with failing, pytest.raises(Unavailable):
        run(box, clock)
    assert came_to(box, observed, Occasion.LAPSED) == {(AlertState.ACCEPTED, None)}


def test_what_a_dead_sender_left_is_looked_at_before_it_is_sent_again(
    box: Container, observed: Filing, clock: Clock
) -> None:
    before = subjects()
    for _ in range(10):
        clock.advance(minutes=20)
        alert_batch_store(box).claim(batch_id(observed.filing_id, Occasion.OBSERVED), now=clock())  # and dies
    correct(box, observed)
    clock.advance(hours=8)
    settle_all(box, clock)

    assert new_since(before) == Counter({"Recibida": 2})
    assert came_to(box, observed, Occasion.OBSERVED) == {(AlertState.CANCELLED, "filing_corrected")}
