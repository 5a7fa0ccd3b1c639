"""What each step of the end-to-end run holds by."""

from __future__ import annotations


def check(holds: bool, claim: str) -> None:
    """Go on where something holds.

    Raises:
        AssertionError: it does not.

    """
    if not holds:
        raise AssertionError(claim)
