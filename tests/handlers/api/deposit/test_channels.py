"""A mailbox whose people cannot be alerted as the norm asks receives no deposit: told before it, and at it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.deadline import Regime
from chalicelib.domain.mailbox import Channel, MailboxUser, UserState
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.domain.sender.institution import AppliedNorm
from chalicelib.store.tables import MailboxItem
from tests.deposit_world import World, a_body, a_mailbox, a_user, an_institution, put_institution

E_MAIL_ALONE = AppliedNorm(Regime.DEPOSIT, "D.S. 001-2026-DEMO, art. 1", channels=(Channel.EMAIL,))
SMS_ALONE = AppliedNorm(Regime.DEPOSIT, "D.S. 001-2026-DEMO, art. 1", channels=(Channel.SMS,))
NOTHING = AppliedNorm(Regime.DEPOSIT, "D.S. 001-2026-DEMO, art. 1", channels=())
PATH = "/v1/mailboxes/1-40000002"


def keep(world: World, *users: MailboxUser, version: int = 2) -> None:
    mailbox_store(world.container).put(a_mailbox(users=users, version=version))


def apply(world: World, *norms: AppliedNorm, **overrides: Any) -> None:
    put_institution(world.container, an_institution(norms=norms, **overrides))


def told(world: World) -> tuple[bool, list[str], list[str]]:
    answer = world.get(PATH).json_body
    return answer["can_receive"], answer["missing_channels"], answer["regimes"]


USERS = {
    "nobody has a mobile": ([a_user(1, mobile=None), a_user(2, mobile=None)], ["sms"]),
    "only a pending user has one": ([a_user(1, mobile=None), a_user(2, state=UserState.PENDING)], ["sms"]),
    "only a disabled user has one": ([a_user(1, mobile=None), a_user(2, state=UserState.DISABLED)], ["sms"]),
    "nobody is active": ([a_user(1, state=UserState.DISABLED)], ["email", "sms"]),
    "nobody is there": ([], ["email", "sms"]),
}


@pytest.mark.parametrize("norms", [(), (AppliedNorm(Regime.DEPOSIT, "Norma"),)], ids=["no norm", "a norm"])
@pytest.mark.parametrize(("users", "missing"), USERS.values(), ids=USERS)
def test_what_is_missing_is_told_before_and_at_the_deposit(
    world: World, users: list[MailboxUser], missing: list[str], norms: tuple[AppliedNorm, ...]
) -> None:
    keep(world, *users)
    apply(world, *norms)

    assert told(world) == (False, missing, [])
    refused = world.deposit()
    assert (refused.status_code, refused.json_body["code"]) == (409, "recipient_channel_missing")
    assert refused.json_body["missing_channels"] == missing
    assert refused.json_body["field"] == "recipient.document_number"
    assert ("celular" in refused.json_body["detail"], "correo" in refused.json_body["detail"]) == (
        "sms" in missing,
        "email" in missing,
    )
    assert "otro medio del artículo 20" in refused.json_body["detail"]


@pytest.mark.parametrize(
    "users",
    [
        [a_user(1)],
        [a_user(1, mobile=None), a_user(2)],
        [a_user(1, mobile=None), a_user(2, state=UserState.DISABLED), a_user(3)],
    ],
)
def test_one_active_user_with_each_is_enough(world: World, users: list[MailboxUser]) -> None:
    keep(world, *users)

    assert told(world)[:2] == (True, [])
    assert world.deposit().status_code == 201


def test_the_norm_of_the_regime_says_what_is_needed(world: World) -> None:
    keep(world, a_user(1, mobile=None))
    apply(world, E_MAIL_ALONE)

    assert told(world) == (True, [], ["deposit"])
    assert world.deposit().status_code == 201
    refused = world.deposit(a_body(regime="acknowledgement"), key="clave-2")
    assert refused.json_body["code"] == "recipient_channel_missing"


def test_a_norm_that_asks_for_the_mobile_alone_or_for_nothing(world: World) -> None:
    apply(world, SMS_ALONE)
    assert world.deposit().status_code == 201
    keep(world, a_user(1, mobile=None))
    assert told(world) == (False, ["sms"], [])
    apply(world, NOTHING)
    keep(world, a_user(1, state=UserState.DISABLED), version=3)
    assert told(world) == (True, [], ["deposit"])
    assert world.deposit(key="clave-2").status_code == 201


def test_without_a_norm_for_the_own_regime_what_is_told_is_about_the_one_that_applies(world: World) -> None:
    """The acknowledgement rests on the Ley 31736, which asks for both channels, whatever is cited beside it."""
    keep(world, a_user(1, mobile=None))
    by_mail = AppliedNorm(Regime.ACKNOWLEDGEMENT, "Norma", channels=(Channel.EMAIL,))
    apply(world, by_mail, regime=Regime.DEPOSIT)

    assert told(world) == (False, ["sms"], [])
    assert world.deposit().json_body["code"] == "recipient_channel_missing"


def test_who_once_turned_sms_off_gets_them_again(world: World) -> None:
    mailbox = MailboxItem.get("1-40000002")
    mailbox.data["users"][0]["alerts_by_sms"] = False
    mailbox.save()

    deposited = world.deposit().json_body
    assert [alert["channel"] for alert in deposited["alerts"]] == ["email", "sms", "email"]
    batch = alert_batch_store(world.container).find(deposited["notice_id"])
    assert batch is not None
    assert [alert.alert_id for alert in batch.alerts] == ["u1.email", "u1.sms", "u2.email"]


def test_a_regime_without_norm_is_told_with_all_that_is_wrong_whatever_the_mailbox(world: World) -> None:
    keep(world, a_user(1, mobile=None))
    apply(world)

    spoilt = a_body(regime="immediate", case_file={"number": "E", "opened_on": "2026-03-10"})
    refused = world.deposit(spoilt).json_body
    assert {one["code"] for one in refused["errors"]} == {"regime_without_norm", "opened_in_future"}


@pytest.mark.parametrize(("countries", "missing"), [("PE", ["sms"]), ("PE,ES", [])])
def test_a_mobile_abroad_counts_where_sms_are_sent_to_it(
    world: World, countries: str, missing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(world.container), "sms_reach", SmsReach(frozenset(countries.split(","))))
    monkeypatch.setattr(world.container, "made", {})
    keep(world, a_user(1, mobile="+34612345678"))

    assert told(world)[:2] == (not missing, missing)
    assert world.deposit().status_code == (409 if missing else 201)


def test_where_no_sms_is_sent_none_is_planned_and_none_is_on_the_receipt(world: World) -> None:
    keep(world, a_user(1), a_user(2, mobile="+34612345678"))

    deposited = world.deposit().json_body

    batch = alert_batch_store(world.container).find(deposited["notice_id"])
    assert batch is not None
    assert [alert.alert_id.partition(".")[2] for alert in batch.alerts] == ["email", "sms", "email"]
