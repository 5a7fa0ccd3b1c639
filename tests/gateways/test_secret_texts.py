from __future__ import annotations

from dataclasses import replace

import boto3
import pytest
from botocore.config import Config as ClientConfig

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import pepper
from chalicelib.config import Config
from chalicelib.domain.access.pepper import MIN_PEPPER_BYTES
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import SecretTexts


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


@pytest.mark.usefixtures("aws")
def test_a_secret_is_asked_for_once_a_process() -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="asked-once", SecretString="first")["ARN"]
    secrets = SecretTexts(client)

    assert secrets.get(arn) == "first"
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    assert secrets.get(arn) == "first"


@pytest.mark.usefixtures("aws")
def test_a_secret_that_cannot_be_read_is_unavailable_and_asked_for_again() -> None:
    client = boto3.client("secretsmanager")
    deaf = boto3.client(
        "secretsmanager", endpoint_url="http://127.0.0.1:1", config=ClientConfig(retries={"total_max_attempts": 1})
    )

    for unreadable in (SecretTexts(client), SecretTexts(deaf)):
        with pytest.raises(Unavailable, match="secret_unavailable"):
            unreadable.get("arn:aws:secretsmanager:us-east-1:123456789012:secret:absent-ABCDEF")
