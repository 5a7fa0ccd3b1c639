"""Python's garbage collector, which rests until a process has given its first answer.

Until then nearly all that is made stays for good, and the collector would look through it again and again. What is
there after the first answer is never looked through again. A job may make much before it ends, so that it gets the
collector back before it begins.
"""

from __future__ import annotations

import gc


def rest_collector() -> None:
    """Look for no garbage from now on."""
    gc.disable()


def resume_collector() -> None:
    """Look for it again, among what is made from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
