import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.alert_sending import Accepted, Deferred, Outcome, Refused, settle
from chalicelib.domain.alert.retry import MAX_ATTEMPTS, retry_delay_s
from tests.alert_world import a_batch, an_alert, states


def test_outcomes_settle_their_alerts_and_end_the_claim() -> None:
    batch = a_batch(alerts=(an_alert("u1"), an_alert("u2"), an_alert("u3")), attempts=1)
    outcomes: dict[str, Outcome] = {
        "u1.email": Accepted("m-1"),
        "u2.email": Refused("opted_out"),
        "u3.email": Deferred("throttled"),
    }
    settled = settle(batch, outcomes)
    assert states(settled) == [AlertState.ACCEPTED, AlertState.FAILED, AlertState.PENDING]
    assert [alert.error for alert in settled.alerts] == [None, "opted_out", "throttled"]
    assert settled.alerts[0].message_id == "m-1"
    assert settled.leased_until is None


def test_settled_alerts_stay_as_they_are() -> None:
    batch = a_batch(alerts=(an_alert(state=AlertState.BOUNCED),), attempts=MAX_ATTEMPTS)
    assert settle(batch, {"u1.email": Accepted("m-1")}) == batch


def test_the_last_attempt_leaves_nothing_pending() -> None:
    batch = a_batch(attempts=MAX_ATTEMPTS)
    assert states(settle(batch, {"u1.email": Deferred("throttled")})) == [AlertState.FAILED, AlertState.FAILED]


@pytest.mark.parametrize(("attempts", "delay"), [(1, 60), (2, 120), (9, 15_360)])
def test_delays_double_from_a_minute(attempts: int, delay: int) -> None:
    assert retry_delay_s(attempts) == delay


def test_all_attempts_together_take_eight_and_a_half_hours() -> None:
    assert sum(map(retry_delay_s, range(1, MAX_ATTEMPTS))) == 30_660
