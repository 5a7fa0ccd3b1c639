"""What an institution sets of its portal, and the versioned texts that people agree to (WEB-3, REG-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of the institution's own; `address` is a path of the portal or a whole address."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm as the portal lists it: for reference, summed up in plain words."""

    title: str
    source: str
    summary: str


@dataclass(frozen=True, slots=True)
class Question:
    """One of the frequent questions; the answer is paragraphs."""

    question: str
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofDesk:
    """Where a person whom no registry could confirm shows who they are, and with what; each a sentence."""

    how: str
    person: str
    company: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Names, obligations of holders, help, colours, norms and questions."""

    name: str
    institution: str
    obligations: tuple[str, ...]
    help_phone: str
    help_email: str
    help_hours: str
    help_address: str
    proof_desk: ProofDesk
    security_contact: str | None
    """Whom to tell of a weakness, as `mailto:` or `https:`; None where `security.txt` tells nobody."""
    security_confirmed: date
    """The day on which somebody last saw that the contact is read."""
    text_colours: Mapping[str, str]
    """Custom properties `#rrggbb` of text, or of what white text stands on. `primary` is the header's too."""
    dark_text_colours: Mapping[str, str]
    """The same ones where the paper is dark."""
    mark_colours: Mapping[str, str]
    """Custom properties of what is never text."""
    links: tuple[PageLink, ...]
    norms_notice: str
    norms: tuple[Norm, ...]
    questions: tuple[Question, ...]
    institution_questions: tuple[Question, ...]
    """What those who work in institutions ask."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a legal text."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortalText:
    """A text that people agree to, in one version; `agreement` stands beside its checkbox."""

    name: str
    version: str
    since: date
    title: str
    notice: str
    """What to know about the text itself, such as that it is a template."""
    agreement: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class PortalTexts:
    """All that was ever published. `current` names the version in force of each text in `texts`."""

    texts: Mapping[tuple[str, str], PortalText]
    """By name and version."""
    current: Mapping[str, str]

    def text(self, name: str, version: str | None = None) -> PortalText:
        """Return a text as it is in force, or in a version that somebody agreed to.

        Raises:
            LookupError: it was never published.

        """
        return self.texts[name, self.current[name] if version is None else version]
