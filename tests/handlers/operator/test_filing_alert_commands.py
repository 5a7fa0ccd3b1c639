"""What was given up of a filing is on the operators' list under a name that their commands take."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap.alert import alert_batch_store, channels
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.filing_news import Occasion, batch_id, filing_of, parse_key
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.filing import Filing
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import World
from tests.filing_world import file_it, seed_filing
from tests.handlers.operator.conftest import Give
from tests.handlers.operator.test_alert_commands import WHO, sweep


@pytest.fixture
def given_up(world: World, moto_engine: Engine) -> Filing:
    """File while nothing goes out, and let 72 hours pass."""
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    seed_filing(world.container)
    filed = file_it(world.container)
    mail, sms = channels(world.container).mail._client, channels(world.container).sms._client  # noqa: SLF001
    with refusing(mail, "SendEmail", "SendingPausedException"), refusing(sms, "Publish", "Throttled"):
        world.clock.advance(minutes=2)
        sweep(world)
        world.clock.advance(hours=72)
        assert sweep(world)["gave_up"] == 3
    world.clock.advance(minutes=1)
    return filed


def test_it_is_listed_shown_and_sent_again_once(world: World, given_up: Filing, give: Give) -> None:
    key = batch_id(given_up.filing_id, Occasion.FILED)
    assert key in give("alerts list")[1]
    code, shown = give(f"alerts show {key}")
    assert code == 0
    assert f"De la presentación N.º {given_up.number}: que se recibió" in shown
    assert f"alerts resend {key} " in shown

    assert give(f"alerts resend {key.lower()} {WHO}")[0] == 0
    assert "no se puede leer" not in give("alerts list")[1]
    assert key not in give("alerts list")[1]
    world.clock.advance(minutes=5)
    assert sweep(world)["sent"] == 3
    assert sweep(world)["sent"] == 0
    batch = alert_batch_store(world.container).find(key)
    assert batch is not None
    assert {alert.state for alert in batch.alerts} == {AlertState.ACCEPTED}
    log = [one.type.value for one in event_store(world.container).list_for_subject(f"filing#{given_up.filing_id}")]
    assert log.count("alert.resent") == 1


def test_all_of_the_list_is_sent_again(world: World, given_up: Filing, give: Give) -> None:
    assert give(f"alerts resend --all {WHO}")[0] == 0
    world.clock.advance(minutes=5)
    assert sweep(world)["sent"] == 3
    assert given_up.filing_id not in give("alerts list")[1]


@pytest.mark.parametrize("text", ["2345-6789-ABCD_filed", "AS3B-3MEJ-C22A_nothing", "AS3B-3MEJ-C22A_", "_filed", "_"])
def test_what_no_list_says_is_no_name(text: str, give: Give) -> None:
    with pytest.raises(InvalidInput):
        parse_key(text)
    code, said = give(f"alerts show {text}")
    assert code != 0
    assert text in said


@pytest.mark.parametrize("occasion", Occasion)
def test_a_name_is_read_as_it_is_written(occasion: Occasion) -> None:
    key = batch_id("AS3B-3MEJ-C22A", occasion)
    assert parse_key(f" {key} ") == key
    assert filing_of(key) == "AS3B-3MEJ-C22A"
    assert filing_of("AS3B-3MEJ-C22A") is None
