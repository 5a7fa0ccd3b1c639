"""An unexpected error as the log may show it: its kinds and where it arose, never its text, which may name people."""

from __future__ import annotations

import traceback
from pathlib import Path


def describe_fault(error: BaseException) -> dict[str, str]:
    """Return `error`, its kind and those of its causes, and `at`, the frames from the outermost inwards."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": " < ".join(_kinds(error)),
        "at": " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames),
    }


def _kinds(error: BaseException) -> list[str]:
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return kinds
