"""The runbook as its reader meets it: entries of alarms, blocks that are typed into a shell, commands in the text."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from chalicelib.handlers.operator.commands import COMMANDS

RUNBOOK = (Path(__file__).parents[1] / "docs" / "runbook.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"^### (\w+)\n(.+?)(?=\n#|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))


def blocks_of(text: str) -> list[str]:
    """Return what a text has typed into a shell, block by block."""
    return [dedent(block) for block in re.findall(r"^ *```sh\n(.+?)^ *```", text, re.MULTILINE | re.DOTALL)]


BLOCKS = blocks_of(RUNBOOK)
FUNCTIONS = frozenset(name for block in BLOCKS for name in re.findall(r"^(\w+)\(\) \{", block, re.MULTILINE))
"""What the blocks define."""
COMMAND_WORDS = FUNCTIONS | {"aws", "make", "openssl"}
_ALONE = {"all_jobs", "doors", "is_quiet"}
"""What takes nothing, and is a command all the same."""
_OPERATION = 3
"""Words of an operation without options: `aws`, the service, its name."""
_OPERATORS = {tuple(command.name.split()) for command in COMMANDS}


def inline_commands(text: str) -> list[str]:
    """Return what can be typed as it stands in a text: its blocks are no part of it.

    What is only named is none: a command of the operator without `operator`, an operation of AWS without options.
    """
    without = re.sub(r"^ *```.+?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without))
    return [span for span in spans if span.split()[0] in COMMAND_WORDS and not _is_named(span.split())]


def named_commands(text: str) -> list[str]:
    """Return the operator's commands that a text names without `operator`, as they stand there."""
    without = re.sub(r"^ *```.+?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without))
    return [span for span in spans if tuple(span.split()[:2]) in _OPERATORS]


def named_operations(text: str) -> list[str]:
    """Return the operations of AWS that a text names without saying how they are called."""
    without = re.sub(r"^ *```.+?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", without))
    return [span for span in spans if re.fullmatch(r"aws [a-z0-9-]+ [a-z0-9-]+", span)]


def _is_named(words: list[str]) -> bool:
    if len(words) == 1:
        return words[0] not in _ALONE
    return tuple(words[:2]) in _OPERATORS or (words[0] == "aws" and len(words) == _OPERATION)
