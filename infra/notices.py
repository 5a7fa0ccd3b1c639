"""What the archive has to say of others' work in it: `THIRD-PARTY-NOTICES.txt`, with the text of every licence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from infra.licences import Carried, expression, rules
from infra.programs import PackageError
from infra.wheels import Wheel

_RULER = "=" * 100
_OPENING = (
    "Casilla is under the Apache License, version 2.0 (LICENSE). It comes with the following work of others, each\n"
    "under its own licence. No distribution is modified; the fonts are cut down to the letters that are used.\n"
)


def notices(wheels: Iterable[Wheel], carried: Iterable[Carried], root: Path) -> str:
    """Return the notices for what an archive is made of.

    Raises:
        PackageError: something comes without the text of its licence.

    """
    parts = [_part(one.name, one.version, expression(one.metadata), one.licences) for one in wheels]
    for one in carried:
        text = (root / one.folder / "LICENSE.txt").read_text(encoding="utf-8")
        parts.append(_part(one.name, one.version, one.licence, {f"{one.folder}/LICENSE.txt": text}))
    return "\n".join((_OPENING, *parts))


def _part(name: str, version: str, licence: str, texts: dict[str, str]) -> str:
    if not any(text.strip() for text in texts.values()):
        raise PackageError(f"{name} {version} comes without the text of its licence ({licence})")
    named = rules()["named"].get(name)
    reason = f"{named['reason']}\n" if named else ""
    written = [f"--- {file} ---\n\n{text.strip()}\n" for file, text in sorted(texts.items())]
    return "\n".join((f"{_RULER}\n{name} {version}\n{licence}\n{reason}", *written))
