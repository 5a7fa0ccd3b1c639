"""Scripts that only format what is typed into a form field: Acrobat's own functions with literal arguments.

The functions are those that form editors write for fields of numbers, dates, times and the like ("Acrobat Forms
Plug-In" of Adobe's JavaScript API reference). They act while someone types, and reach nothing outside the field.
What computes one field from others is none of them: it would change what the notice says.
"""

from __future__ import annotations

import re

_NAMES = (
    "AFNumber_Format|AFNumber_Keystroke|AFPercent_Format|AFPercent_Keystroke"
    "|AFDate_Format|AFDate_FormatEx|AFDate_Keystroke|AFDate_KeystrokeEx"
    "|AFTime_Format|AFTime_FormatEx|AFTime_Keystroke|AFTime_KeystrokeEx"
    "|AFSpecial_Format|AFSpecial_Keystroke|AFSpecial_KeystrokeEx|AFRange_Validate"
)
_LITERAL = (
    r"(?:[+-]?\d{1,15}(?:\.\d{0,15})?|true|false|null"
    r"|\"(?:[^\"\\\r\n]|\\[^\r\n]){0,200}+\"|'(?:[^'\\\r\n]|\\[^\r\n]){0,200}+')"
)
_CALL = (
    rf"(?:{_NAMES})\s{{0,9}}\(\s{{0,9}}(?:{_LITERAL}\s{{0,9}}(?:,\s{{0,9}}{_LITERAL}\s{{0,9}}){{0,9}})?\)\s{{0,9}};?"
)
_FORMATTING = re.compile(rf"\s{{0,99}}(?:{_CALL}\s{{0,99}}){{1,4}}+", re.ASCII)
_LONGEST = 4096


def only_formats(script: str) -> bool:
    """Tell whether a script does nothing but format its own field."""
    return len(script) <= _LONGEST and _FORMATTING.fullmatch(script) is not None
