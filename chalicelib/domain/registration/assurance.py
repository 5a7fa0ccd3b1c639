"""How sure it is that who registers is who they say, and whether that opens a mailbox by itself (REG-11).

Names, a RUC and its district can be looked up by anybody: that they agree says that somebody exists, and nothing of who
types. So a level is decided by what was compared with whom, and `PUBLIC` opens nothing at any setting. Nor does a
claim of which something that was asked stayed unchecked. What falls short waits for somebody to look at a proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who says that a datum is right."""

    RENIEC = "reniec"
    SUNAT = "sunat"
    """The record of a RUC, which is public."""
    SUNAT_REPRESENTATIVES = "sunat_representatives"
    """The list of a company's representatives."""
    IDENTITY_PROVIDER = "identity_provider"
    """The person logged in there."""
    OPERATOR = "operator"
    """Somebody looked at a proof."""


class Level(StrEnum):
    """From the lowest to the highest, as `RANKS` has them."""

    PUBLIC = "public"
    """What agreed can be looked up, or something was not compared."""
    DOCUMENT = "document"
    """All that was asked agreed, also what stands on the person's document alone."""
    AUTHENTICATED = "authenticated"
    """The person logged in with an identity provider, and the rest agreed."""
    REVIEWED = "reviewed"
    """Somebody looked at a proof."""


RANKS = tuple(Level)
OPENING_LEVELS = RANKS[1:]
"""Those that may be set as enough to open a mailbox: public data never are."""

ON_THE_DOCUMENT = frozenset({"issue_date", "representative.issue_date"})
"""What a person's document shows and no list does."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Fields of a claim that agreed with one source; a company's representative's begin with `representative`."""

    source: Source
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assurance:
    """A level, what it rests on, and which fields that were asked nobody compared."""

    level: Level = Level.PUBLIC
    compared: tuple[Comparison, ...] = ()
    unchecked: tuple[str, ...] = ()


def assess(asked: Iterable[str], compared: tuple[Comparison, ...]) -> Assurance:
    """Decide the level of a claim, by the fields that it was asked for and by those that agreed."""
    agreed = {field for one in compared for field in one.fields}
    sources = {one.source for one in compared}
    unchecked = tuple(field for field in asked if field not in agreed)
    return Assurance(_level(agreed, sources, unchecked), compared, unchecked)


def opens_by_itself(assurance: Assurance | None, bar: Level) -> bool:
    """Tell whether a mailbox may be opened without anybody looking; nothing on record is not enough."""
    if assurance is None or assurance.unchecked or assurance.level not in OPENING_LEVELS:
        return False
    return RANKS.index(assurance.level) >= RANKS.index(bar)


def reviewed(assurance: Assurance | None) -> Assurance:
    """Note that somebody looked at a proof of all that nobody had compared."""
    found = assurance or Assurance()
    return Assurance(Level.REVIEWED, (*found.compared, Comparison(Source.OPERATOR, found.unchecked)))


def levels_told(assurance: Assurance) -> dict[str, str]:
    """Return the level and what it rests on, without any datum: `reniec: names, birth_date; …`."""
    compared = "; ".join(f"{one.source.value}: {', '.join(one.fields)}" for one in assurance.compared)
    return {"level": assurance.level.value, "compared": compared, "unchecked": ", ".join(assurance.unchecked)}


def _level(agreed: set[str], sources: set[Source], unchecked: tuple[str, ...]) -> Level:
    if unchecked:
        return Level.PUBLIC
    if Source.OPERATOR in sources:
        return Level.REVIEWED
    if Source.IDENTITY_PROVIDER in sources:
        return Level.AUTHENTICATED
    return Level.DOCUMENT if agreed & ON_THE_DOCUMENT else Level.PUBLIC
