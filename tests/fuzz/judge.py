"""What is expected of the inspection of any file: a verdict, and a refusal that a person can act on."""

from __future__ import annotations

import hashlib
import re

from chalicelib.domain.errors import CasillaError, InvalidInput, TooLarge
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.upload.upload import EXTENSIONS, PDF, DeclaredFile
from chalicelib.services.upload.inspect_file import inspect_file

LONGEST_DETAIL = 2000
MOST_PROBLEMS = 20
"""As many a refusal lists; it counts the others."""
MOST_FACTS = 100
LONGEST_FACT = 500
_CODE = re.compile(r"[a-z][a-z0-9_]{2,60}")
_QUOTED = re.compile("«[^»]*»?")
_TO_DO = re.compile(
    r"\b(?:[Ee]nvíe|[Gg]enere|[Cc]orrija|[Dd]ivid|[Rr]edúzca|[Cc]onviérta|[Cc]onvierta|[Gg]uárde|[Gg]uarde|[Qq]uít"
    r"|[Qq]uite|[Rr]ompa|[Cc]alcúle|[Áá]br|[Ee]xport|[Rr]eemplace|[Cc]ambie"
    r"|[Bb]orre|[Bb]órre|[Ee]scriba|[Ee]scríba|[Pp]egue|[Pp]onga|[Uu]se|[Pp]ida|[Dd]eje|[Hh]aga|[Tt]ome)"
)
_HARMS = re.compile(r"\b(?:imprima|imprímalo|guarde|guárdelo|vuelva a guardar|ábralo y)\b", re.IGNORECASE)
"""What whoever holds a signed PDF is never told."""


class Unfit(Exception):
    """A verdict that nobody could act on."""


def judge(content: bytes, media_type: str) -> str:
    """Return the verdict: `accepted` or the code of the refusal.

    Raises:
        Unfit: a refusal without a code, a detail or a remedy, or one that nobody reads; facts that cannot be kept.

    """
    try:
        facts = inspect_file(content, declared(content, media_type), role=FileRole.ANNEX, field="file")
    except (InvalidInput, TooLarge) as refusal:
        return check_refusal(refusal, media_type)
    _check_facts(facts)
    return "accepted"


def check_refusal(refusal: InvalidInput | TooLarge, media_type: str) -> str:
    """Return the code of a refusal that a person can act on. Raises `Unfit`."""
    for problem in (refusal, *refusal.problems):
        _check_problem(problem, media_type)
    if len(refusal.problems) > MOST_PROBLEMS:
        raise Unfit(f"{len(refusal.problems)} problems are listed")
    return refusal.code


def declared(content: bytes, media_type: str) -> DeclaredFile:
    """Return what its sender would say of a file."""
    name = f"documento.{min(EXTENSIONS[media_type])}"
    return DeclaredFile(name, media_type, hashlib.sha256(content).hexdigest(), len(content))


def _check_problem(problem: CasillaError, media_type: str) -> None:
    said = _QUOTED.sub("", problem.detail)
    faults = {
        "no code": not _CODE.fullmatch(problem.code),
        f"a detail of {len(problem.detail)} characters": not 0 < len(problem.detail) <= LONGEST_DETAIL,
        "a detail that cannot be shown": not problem.detail.isprintable(),
        "a detail that is no sentence": not problem.detail.endswith("."),
        "nothing to do": not _TO_DO.search(said),
        "a remedy that harms": media_type == PDF and _HARMS.search(said) is not None,
        "no field": not problem.field,
    }
    if found := [fault for fault, is_there in faults.items() if is_there]:
        raise Unfit(f"{problem.code!r} has {', '.join(found)}: {problem.detail[:300]!r}")


def _check_facts(facts: FileFacts) -> None:
    texts = [one.field for one in facts.signatures]
    texts += [text for one in facts.attachments for text in (one.filename, one.media_type, one.relationship)]
    if len(facts.signatures) + len(facts.attachments) > MOST_FACTS:
        raise Unfit(f"{len(facts.signatures)} signatures and {len(facts.attachments)} attachments are told")
    for text in texts:
        if len(text) > LONGEST_FACT or not text.isprintable():
            raise Unfit(f"a fact that cannot be shown: {text[:300]!r}, of {len(text)} characters")
