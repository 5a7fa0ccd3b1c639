"""AWS's clients: with short time-outs, since a function that waits helps nobody, and as few retries as each bears."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config as ClientConfig

from chalicelib.bootstrap import Container, made_once
from chalicelib.store import tables


@made_once
def connection(box: Container) -> tables.SharedConnection:
    """The connection that all tables share, bound to their names."""
    return tables.bind(box.config)


@made_once
def aws_session(box: Container) -> boto3.Session:
    """The session of all other clients, on the tables' own, which reads botocore's data files once."""
    return boto3.Session(botocore_session=connection(box).session)


def new_client(box: Container, service: str, *, retries: int, signature_version: str | None = None) -> Any:
    """Make a client of a service."""
    factory: Any = aws_session(box).client  # its stubs know each service by a literal
    return factory(
        service,
        config=ClientConfig(
            connect_timeout=1,
            read_timeout=5,
            retries={"total_max_attempts": 1 + retries, "mode": "standard"},
            signature_version=signature_version,
        ),
    )
