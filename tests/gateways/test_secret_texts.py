"""Secrets are read again in time, by the clock that is given; what cannot be had or used ends nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import boto3
import pytest
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import pepper
from chalicelib.config import Config
from chalicelib.domain.access.pepper import MIN_PEPPER_BYTES, Pepper, every_pepper, read_pepper
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import GOOD_FOR, KEPT_FOR, TRIED_EVERY, SecretText, SecretTexts, SecretUnset
from tests.kept_secret import KeptSecret

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-ABCDEF"
SECOND = timedelta(seconds=1)
FIRST, NEXT = "a" * 32, "b" * 32
DOWN = ClientError({"Error": {"Code": "InternalServiceError", "Message": "secret"}}, "GetSecretValue")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 9, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def text_of(secret: SecretText) -> str:
    return secret.text


def pepper_of(secret: SecretText) -> Pepper:
    return read_pepper(secret.text)


def test_the_pepper_is_the_templates_secret_and_long_enough(aws: dict[str, str]) -> None:
    box = Container(Config.from_env(aws))

    assert len(pepper(box)) >= MIN_PEPPER_BYTES
    assert pepper(box) == pepper(Container(Config.from_env(aws)))
    assert box.chance.new_token() != box.chance.new_token()


def test_the_peppers_secret_may_hold_others_beside_it(aws: dict[str, str]) -> None:
    now, before = "n" * 64, "b" * 64
    arn = boto3.client("secretsmanager").create_secret(Name="rotated", SecretString=f"{now}\n{before}")["ARN"]

    found = pepper(Container(replace(Config.from_env(aws), token_secret_arn=arn)))

    assert (found, found.others) == (now.encode(), (before.encode(),))


def test_a_secret_is_read_once_in_five_minutes_and_a_change_is_known_after_them(clock: Clock) -> None:
    manager = KeptSecret(FIRST)
    secrets = SecretTexts(manager, clock)
    first = secrets.get(ARN, pepper_of)
    manager.put(NEXT)

    clock.now += GOOD_FOR - SECOND
    assert (secrets.get(ARN, pepper_of) is first, manager.asked) == (True, 1)
    clock.now += SECOND
    assert every_pepper(secrets.get(ARN, pepper_of)) == (NEXT.encode(),)
    assert (secrets.get(ARN, pepper_of) == NEXT.encode(), manager.asked) == (True, 2)


def test_who_asks_while_another_thread_reads_waits_for_what_it_finds(clock: Clock) -> None:
    reads, go_on = Event(), Event()

    class Slow(KeptSecret):
        def get_secret_value(self, **asked: Any) -> dict[str, str]:
            if self.asked:
                reads.set()
                assert go_on.wait(10)
            return super().get_secret_value(**asked)

    secrets = SecretTexts(Slow(FIRST), clock)
    first = secrets.get(ARN, pepper_of)
    clock.now += KEPT_FOR + SECOND
    with ThreadPoolExecutor(2) as threads:
        reader = threads.submit(secrets.get, ARN, pepper_of)
        assert reads.wait(10)
        other = threads.submit(secrets.get, ARN, pepper_of)
        wait([other], 0.2)
        go_on.set()
        assert (reader.result() is first, other.result() is first) == (True, True)


def test_what_was_read_again_and_is_the_same_is_the_same_object(clock: Clock) -> None:
    manager = KeptSecret(FIRST)
    secrets = SecretTexts(manager, clock)
    for text in (FIRST, NEXT, FIRST):
        manager.put(text)
        clock.now += GOOD_FOR
        found = secrets.get(ARN, pepper_of)
        assert found == text.encode()

        clock.now += GOOD_FOR
        assert secrets.get(ARN, pepper_of) is found


def malformed(manager: KeptSecret) -> None:
    manager.put(f"{NEXT}\nshort")


def down(manager: KeptSecret) -> None:
    manager.error = DOWN


@pytest.mark.parametrize(("harm", "line"), [(malformed, "secret malformed"), (down, "secret not read again")])
def test_what_cannot_be_had_or_used_leaves_the_former_in_use_for_twelve_hours_and_says_so_each_minute(
    clock: Clock, caplog: pytest.LogCaptureFixture, harm: Callable[[KeptSecret], None], line: str
) -> None:
    manager = KeptSecret(FIRST)
    secrets = SecretTexts(manager, clock)
    secrets.get(ARN, pepper_of)
    harm(manager)
    read_at = clock.now
    for elapsed in range(0, int(KEPT_FOR.total_seconds()), 20):
        clock.now = read_at + timedelta(seconds=elapsed)
        assert secrets.get(ARN, pepper_of) == FIRST.encode()
    minutes = (KEPT_FOR - GOOD_FOR) // TRIED_EVERY

    assert manager.asked == 1 + minutes
    assert [record.getMessage() for record in caplog.records] == [line] * minutes
    assert caplog.records[0].__dict__["item"] == "token-ABCDEF"
    assert caplog.records[0].__dict__["age_s"] == 300
    assert not [record for record in caplog.records if "secret" in str(record.__dict__.get("cause"))]
    clock.now = read_at + KEPT_FOR
    for _ in range(3):
        with pytest.raises(Unavailable, match="secret_unavailable"):
            secrets.get(ARN, pepper_of)
    assert manager.asked == 2 + minutes

    manager.error = None
    manager.put(NEXT)
    clock.now += TRIED_EVERY
    assert secrets.get(ARN, pepper_of) == NEXT.encode()


def test_the_former_is_in_use_again_after_the_mended_value_was_read(clock: Clock) -> None:
    manager = KeptSecret(FIRST)
    secrets = SecretTexts(manager, clock)
    secrets.get(ARN, pepper_of)
    malformed(manager)
    clock.now += GOOD_FOR
    assert secrets.get(ARN, pepper_of) == FIRST.encode()
    manager.put(f"{NEXT}\n{FIRST}")

    clock.now += TRIED_EVERY
    assert every_pepper(secrets.get(ARN, pepper_of)) == (NEXT.encode(), FIRST.encode())


def test_a_process_that_finds_a_malformed_secret_is_unavailable_and_not_in_error(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    manager = KeptSecret("short")

    with pytest.raises(Unavailable, match="secret_malformed"):
        SecretTexts(manager, clock).get(ARN, pepper_of)

    assert [record.getMessage() for record in caplog.records] == ["secret malformed"]
    assert "short" not in caplog.text


@pytest.mark.usefixtures("aws")
def test_a_secret_without_a_value_is_unset_and_asked_for_once_a_minute(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "chalicelib")
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="not-yet-set")["ARN"]
    secrets = SecretTexts(client, clock)
    for _ in range(3):
        with pytest.raises(SecretUnset, match="secret_unset"):
            secrets.get(arn, text_of)
    assert [record.getMessage() for record in caplog.records] == ["secret not set"]

    client.put_secret_value(SecretId=arn, SecretString="set")
    with pytest.raises(SecretUnset):
        secrets.get(arn, text_of)
    clock.now += TRIED_EVERY
    assert secrets.get(arn, text_of) == "set"


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_a_blank_value_is_none(clock: Clock, nothing: str) -> None:
    with pytest.raises(SecretUnset):
        SecretTexts(KeptSecret(nothing), clock).get(ARN, text_of)


@pytest.mark.usefixtures("aws")
def test_a_secret_that_cannot_be_read_is_unavailable_and_asked_for_again(clock: Clock) -> None:
    client = boto3.client("secretsmanager")
    deleted = client.create_secret(Name="deleted", SecretString="first")["ARN"]
    client.delete_secret(SecretId=deleted)
    deaf = boto3.client(
        "secretsmanager", endpoint_url="http://127.0.0.1:1", config=ClientConfig(retries={"total_max_attempts": 1})
    )
    for unreadable in (SecretTexts(client, clock), SecretTexts(deaf, clock)):
        with pytest.raises(Unavailable, match="secret_unavailable"):
            unreadable.get(deleted, text_of)

    manager = KeptSecret(FIRST)
    manager.error = DOWN
    secrets = SecretTexts(manager, clock)
    for _ in range(2):
        with pytest.raises(Unavailable, match="secret_unavailable"):
            secrets.get(ARN, text_of)
    assert manager.asked == 2


def test_who_reads_a_secret_again_does_so_by_the_client_that_waits_less(clock: Clock) -> None:
    first, again = KeptSecret(FIRST), KeptSecret(NEXT)
    made: list[KeptSecret] = []

    def make() -> KeptSecret:
        made.append(again)
        return again

    secrets = SecretTexts(first, clock, again=make)
    secrets.get(ARN, text_of)
    assert made == []
    for _ in range(2):
        clock.now += GOOD_FOR
        assert secrets.get(ARN, text_of) == NEXT
    assert (first.asked, again.asked, len(made)) == (1, 2, 1)


def test_a_secret_is_never_printed() -> None:
    assert "hidden" not in f"{SecretText('hidden', '1')} {SecretText('hidden')!r}"
