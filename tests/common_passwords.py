"""The list of common passwords as the package carries it."""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.access.known_passwords import read_common_passwords

PLACE = Path(__file__).parents[1] / "chalicelib" / "common_passwords" / "common.txt"
COMMON = read_common_passwords(PLACE.read_text("ascii"))
