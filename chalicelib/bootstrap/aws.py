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
    return tables.bind(box.config)


@made_once
def aws_session(box: Container) -> Session:
    """The session of all clients, which reads each of botocore's data files once."""
    return connection(box).session


def new_client(box: Container, service: str, *, retries: int, signature_version: str | None = None) -> Any:
    """Make a client of a service."""
    return aws_session(box).create_client(
        service,
        config=ClientConfig(
            connect_timeout=1,
            read_timeout=5,
            retries={"total_max_attempts": 1 + retries, "mode": "standard"},
            signature_version=signature_version,
        ),
    )
