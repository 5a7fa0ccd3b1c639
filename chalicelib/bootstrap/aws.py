"""AWS's clients: with short time-outs, since a function that waits helps nobody, and as few retries as each bears.

The secrets that one of them reads are here too, the pepper among them: a form that is only shown needs no store.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.config import Config as ClientConfig
from botocore.session import Session

from chalicelib.bootstrap import Container, made_once
from chalicelib.domain.access.pepper import Pepper, read_pepper
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import SecretTexts
from chalicelib.store import tables

_REST = timedelta(minutes=1)


@made_once
def connection(box: Container) -> tables.SharedConnection:
    """The connection that all tables share, bound to their names."""
    return tables.bind(box.config, session=aws_session(box))


@made_once
def aws_session(_: Container) -> Session:
    """The session of all clients, which reads each of botocore's data files once."""
    return Session()


def new_client(  # noqa: PLR0913 - each is one of a client's settings
    box: Container,
    service: str,
    *,
    retries: int,
    signature_version: str | None = None,
    connect_s: float = 1,
    read_s: float = 5,
) -> Any:
    """Make a client of a service, which waits so many seconds for a connection and for an answer."""
    return aws_session(box).create_client(
        service,
        config=ClientConfig(
            connect_timeout=connect_s,
            read_timeout=read_s,
            retries={"total_max_attempts": 1 + retries, "mode": "standard"},
            signature_version=signature_version,
        ),
    )


@made_once
def secret_texts(box: Container) -> SecretTexts:
    """Secrets by their ARN."""
    return SecretTexts(new_client(box, "secretsmanager", retries=3))


@made_once
def pepper(box: Container) -> Pepper:
    """What keyed hashes are made with, and those beside it; each of 32 bytes or more, or nothing is hashed."""
    return read_pepper(secret_texts(box).get(box.config.token_secret_arn))


@made_once
def _asked_in_vain(_: Container) -> list[datetime]:
    """When the pepper could not be had for a line of the log; empty, or the last time."""
    return []


def pepper_for_a_line(box: Container) -> Pepper | None:
    """Return the pepper, or None for a minute where it cannot be had: no refusal waits for its line again and again."""
    now, in_vain = box.clock(), _asked_in_vain(box)
    if in_vain and now - in_vain[0] < _REST:
        return None
    try:
        return pepper(box)
    except (Unavailable, ValueError):
        in_vain[:] = [now]
        return None
