"""What a person agreed to: which text, in which version, when and from where (REG-1, REG-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text that the person accepted, in which version, when and from which address."""

    text: str
    version: str
    accepted_at: datetime
    origin: str
