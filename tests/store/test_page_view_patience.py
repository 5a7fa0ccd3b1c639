"""A table that hangs delays a page by a second at most."""

from __future__ import annotations

import socket
import time
from dataclasses import fields

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.page import page_view
from chalicelib.config import Config
from chalicelib.domain.errors import Unavailable


def test_a_table_that_never_answers_is_left_alone_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        named = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.getsockname()[1]}", "AWS_DEFAULT_REGION": "us-east-1"}
        for name, value in {**named, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
            monkeypatch.setenv(name, value)
        required = {
            field.name.upper(): field.name for field in fields(Config) if field.default is field.default_factory
        }
        view = page_view(Container(Config.from_env(required)))
        begun = time.monotonic()

        with pytest.raises(Unavailable, match="outages_unread"):
            view.read()

    assert 0.4 < time.monotonic() - begun < 3  # half a second, on however busy a machine
