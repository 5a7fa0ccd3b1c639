"""The country's calendar as the package has it, for tests that count days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import chalicelib
from chalicelib.domain.calendar import calendar_from_json

DOCUMENT: dict[str, Any] = json.loads(Path(chalicelib.__path__[0], "calendars", "PE.json").read_text("utf-8"))
PERU = calendar_from_json(DOCUMENT)
