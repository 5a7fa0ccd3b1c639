"""AWS's clients: with short time-outs, since a function that waits helps nobody, and as few retries as each bears.

The secrets that one of them reads are here too, the pepper among them: a form that is only shown needs no store.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.config import Config as ClientConfig
from botocore.session import Session

from chalicelib.bootstrap import Container, made_once
from chalicelib.domain.access.pepper import Pepper, read_pepper
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import SecretText, SecretTexts
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
    """Secrets by their ARN; who reads one again has it already, and waits three seconds at most."""
    again = partial(new_client, box, "secretsmanager", retries=0, read_s=2)
    return SecretTexts(new_client(box, "secretsmanager", retries=3), box.clock, again=again)


@made_once
def pepper(box: Container) -> Pepper:
    """What keyed hashes are made with, and those beside it; each of 32 bytes or more, or nothing is hashed.

    It is looked at again where a request or job begins; what was made of another one is then made anew.

    Raises:
        Unavailable: `secret_unavailable` or `secret_malformed`.

    """
    found = secret_texts(box).get(box.config.token_secret_arn, _pepper)
    box.renewals.add(_renew_pepper)
    return found


def _renew_pepper(box: Container) -> None:
    known = box.made.get(pepper)
    if known is None:
        return
    try:
        found = secret_texts(box).get(box.config.token_secret_arn, _pepper)
    except Unavailable:
        found = None  # whoever needs it is told so
    if found is not known:  # those with the same first line are equal
        box.forget(pepper)


def _pepper(secret: SecretText) -> Pepper:
    return read_pepper(secret.text)


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
    except Unavailable:
        in_vain[:] = [now]
        return None
