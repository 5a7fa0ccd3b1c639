"""Judges with one defect each, which the fuzzer has to see. A worker finds them by their names."""

from __future__ import annotations

import os
import signal
import time

from chalicelib.domain.errors import InvalidInput
from tests.fuzz.judge import check_refusal

_FEW = 200
_HELD: list[bytearray] = []


def is_chosen(content: bytes) -> bool:
    """Tell whether a file shows the defect: some do, as by chance."""
    return sum(content[:_FEW]) % 3 == 0


def sound(_content: bytes, _media_type: str) -> str:
    """Return a verdict within bounds."""
    return "fit"


def raises(content: bytes, _media_type: str) -> str:
    """Let an error pass that is no refusal."""
    return {False: "fit"}[is_chosen(content)]


def crashes(content: bytes, _media_type: str) -> str:
    """End as a library does that reads where it may not."""
    if is_chosen(content):
        os.kill(os.getpid(), signal.SIGSEGV)
    return "fit"


def computes_without_end(content: bytes, _media_type: str) -> str:
    """Use the processor for ever."""
    while is_chosen(content):
        pass
    return "fit"


def waits_without_end(content: bytes, _media_type: str) -> str:
    """Use nothing, for ever."""
    while is_chosen(content):
        time.sleep(1)
    return "fit"


def is_slow(content: bytes, _media_type: str) -> str:
    """Reach a verdict too late."""
    end = time.process_time() + 1.2
    while is_chosen(content) and time.process_time() < end:
        pass
    return "fit"


def grows(content: bytes, _media_type: str) -> str:
    """Take 96 MB and give them back."""
    return "fit" if not is_chosen(content) or bytearray(b"x") * (96 * 1024 * 1024) else ""


def takes_all(content: bytes, _media_type: str) -> str:
    """Take memory as long as there is any."""
    while is_chosen(content):
        _HELD.append(bytearray(b"x") * (16 * 1024 * 1024))
    return "fit"


def refuses_without_remedy(content: bytes, media_type: str) -> str:
    """Say what is wrong and not what to do."""
    if is_chosen(content):
        return check_refusal(InvalidInput("pdf_damaged", "El PDF está dañado.", field="file"), media_type)
    return "fit"
