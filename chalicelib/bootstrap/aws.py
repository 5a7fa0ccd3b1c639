"""AWS's clients: with short time-outs, since a function that waits helps nobody, and as few retries as each bears."""

from __future__ import annotations

from typing import Any

from botocore.config import Config as ClientConfig
from botocore.session import Session

from chalicelib.bootstrap import Container, made_once
from chalicelib.store import tables


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
