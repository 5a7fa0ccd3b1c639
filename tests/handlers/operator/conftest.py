"""What tests of commands share: giving one as Lambda does."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.deposit_world import World

Give = Callable[[str], tuple[int, str]]


@pytest.fixture
def give(world: World) -> Give:
    """Give a command; return its exit code and what it says."""

    def command(line: str) -> tuple[int, str]:
        answer = world.client.lambda_.invoke("operator", {"command": line}).payload
        json.dumps(answer)
        return answer["exit"], answer["output"]

    return command
