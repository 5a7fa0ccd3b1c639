from datetime import timedelta

from chalicelib.domain.alert.retry import LEASE, delay_after_loss, delay_after_refusal


def test_losses_wait_seven_minutes_doubling_to_four_hours() -> None:
    minutes = [delay_after_loss(losses) // timedelta(minutes=1) for losses in (1, 2, 3, 4, 5, 6, 7, 8, 1000)]
    assert minutes == [7, 14, 28, 56, 112, 224, 240, 240, 240]
    assert delay_after_loss(1) > LEASE


def test_refusals_wait_a_minute_doubling_to_half_an_hour_less_a_fifth_by_chance() -> None:
    for refusals, whole in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (10**6, 30)]:
        delays = [delay_after_refusal(refusals, f"N{n}/u1.email") / timedelta(minutes=1) for n in range(300)]
        assert 0.8 * whole <= min(delays) < 0.82 * whole
        assert 0.98 * whole < max(delays) <= whole


def test_the_same_alert_waits_the_same_and_another_time_otherwise() -> None:
    assert delay_after_refusal(6, "a") == delay_after_refusal(6, "a") != delay_after_refusal(7, "a")
