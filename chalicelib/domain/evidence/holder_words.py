"""How a text names a holder: their number as people write it, and the words of their name (REC-5).

Texts are looked at folded: without case, accents and width, letter by letter, so that places in one are places in
the other. A masked word too many harms less than a name; what everybody's sentences are made of stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.domain.mailbox import DocumentType, Holder

_OF_A_TRADER, _OF_A_COMPANY = "10", "20"
"""What the RUC of a natural person, and of a legal one, begins with."""
_PARTICLES = frozenset(
    (
        *("de", "del", "la", "las", "los", "el", "y", "e", "i", "vda", "viuda", "san", "santa", "santo"),
        *("da", "das", "do", "dos", "di", "du", "van", "von", "der", "den", "mc", "mac"),
    )
)
"""Words inside names that are nobody's own."""
_EVERYDAY = frozenset(
    (
        *("al", "en", "es", "ha", "he", "le", "lo", "me", "mi", "ni", "no", "os"),
        *("se", "si", "su", "te", "tu", "un", "va", "ve", "ya", "yo"),
    )
)
"""Words of two letters that sentences are made of, and that surnames can be."""
_SHORTEST_OWN, _SHORTEST_INSIDE, _SHORTEST_CHAIN = 3, 4, 6
"""Letters: of a word that is masked by itself, of one that is also masked inside others, of several without a space."""
_SHORTEST_COMPANY = 4
_BETWEEN = r"[\W_]{0,6}"
_LEGAL_FORMS = "|".join(
    _BETWEEN.join(form.split() if " " in form else form)
    for form in (
        *("sociedad anonima cerrada simplificada", "sociedad anonima cerrada", "sociedad anonima abierta"),
        *("sociedad anonima", "sociedad comercial de responsabilidad limitada", "sociedad civil"),
        *("sociedad de responsabilidad limitada", "empresa individual de responsabilidad limitada"),
        *("sacs", "sac", "saa", "scrl", "srltda", "srl", "eirl", "sas", "sa", "ltda", "bic"),
    )
)
_PARTNERS = rf"(?:(?:y|e|and){_BETWEEN})?(?:asociados|asoc|cia|compania|hermanos|hnos|hijos)"
_ENDING = rf"(?:{_BETWEEN}(?:{_PARTNERS}|{_LEGAL_FORMS})(?![^\W_]))+"
_ENDS = re.compile(rf"(?<=[\W_])(?:{_PARTNERS}|{_LEGAL_FORMS})[\W_]*$")
_LOOSE = re.compile(r"[\d_@]|\.[a-z]\w{1,4}\b")
"""Words that people put together themselves: with digits, or as files and addresses are called."""

Span = tuple[int, int]


def cleaned(text: str) -> str:
    """Put letters and their accents together, and leave out signs that nobody sees."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if unicodedata.category(sign) not in {"Cf", "Mn"})


def folded(text: str) -> str:
    """Leave out case, accents and width, sign by sign."""
    return "".join(_folded_sign(sign) for sign in text)


def number_patterns(holder: Holder) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield numbers that tell who the holder is, and patterns of folded text that find them."""
    number = holder.document_number
    if holder.document_type is DocumentType.RUC and number.startswith(_OF_A_TRADER):
        yield number, _spaced(number)
        yield number[2:10], _spaced(number[2:10])
        return
    if holder.document_type is DocumentType.DNI:
        yield number, re.compile(rf"(?<!\d)1[\W_]{{0,2}}0[\W_]{{0,2}}{_spaced(number).pattern}[\W_]{{0,2}}\d(?!\d)")
    yield number, _spaced(number)
    bare = number.lstrip("0")
    if bare != number and len(bare) > _SHORTEST_INSIDE:
        yield number, re.compile(rf"(?<!\d){_spaced(bare).pattern}(?!\d)")


def name_spans(holder: Holder, text: str, *, is_loose: bool = False, in_full: bool = False) -> list[Span]:
    """Find the name, in any order; `is_loose` for what has no spaces of its own, as names of files.

    `in_full` finds only words of it that stand beside another one.
    """
    if _is_company(holder):
        return _company_spans(holder.name, text, is_loose=is_loose)
    words = re.findall(r"[^\W\d_]+", folded(cleaned(holder.name)))
    return _person_spans(words, text, is_loose=is_loose, in_full=in_full)


def _is_company(holder: Holder) -> bool:
    return holder.document_type is DocumentType.RUC and holder.document_number.startswith(_OF_A_COMPANY)


def _company_spans(name: str, text: str, *, is_loose: bool) -> list[Span]:
    core, before = folded(cleaned(name)).strip(), ""
    while core != before:
        core, before = _ENDS.sub("", core).strip(), core
    words = re.findall(r"[^\W_]+", core)
    if not words:
        return []
    has_own = any(word not in _PARTICLES for word in words)
    own = [rf"(?:{word})?" if has_own and word in _PARTICLES else word for word in words]
    letters = sum(len(word) for word in words)
    needs_ending = letters < _SHORTEST_COMPANY
    joint = rf"{_BETWEEN}(?:(?:y|e|and)(?![^\W_]){_BETWEEN})?"
    pattern = joint.join(own) + (_ENDING if needs_ending else f"(?:{_ENDING})?")
    plain = folded(text)
    loose = _loose_spans(plain, is_loose=is_loose)
    is_long = len(words) > 1 and letters > 2 * _SHORTEST_COMPANY
    return [
        match.span()
        for match in re.finditer(pattern, plain)
        if is_long
        or _stands_alone(text, *match.span())
        or (letters >= _SHORTEST_COMPANY and _is_within(match.span(), loose))
    ]


def _person_spans(words: list[str], text: str, *, is_loose: bool, in_full: bool) -> list[Span]:
    plain = folded(text)
    own = sorted({word for word in words if word not in _PARTICLES}, key=len, reverse=True)
    loose = _loose_spans(plain, is_loose=is_loose)
    sure: list[Span] = []
    weak: list[Span] = []
    for word in own:
        for match in re.finditer(re.escape(word), plain):
            span = match.span()
            if _stands_alone(text, *span):
                (sure if _is_sure(word, text[slice(*span)], is_loose=_is_within(span, loose)) else weak).append(span)
            elif len(word) >= _SHORTEST_INSIDE and _is_within(span, loose):
                sure.append(span)
    if in_full:
        sure, weak = [], [*sure, *weak]
    starts, ends = ({span[side] for span in (*sure, *weak)} for side in (0, 1))
    sure += [span for span in weak if _has_neighbour(span, starts, ends, plain)]
    return [*sure, *_whole_name(words, plain), *_chains(own, plain)]


def _is_sure(word: str, written: str, *, is_loose: bool) -> bool:
    """Tell whether a word by itself is taken for the name's: one of two letters only as names are written."""
    if len(word) >= _SHORTEST_OWN:
        return True
    return len(word) > 1 and word not in _EVERYDAY and (written[0].isupper() or is_loose)


def _whole_name(words: list[str], plain: str) -> list[Span]:
    """Find the name as it is registered, its particles too."""
    if not words or (len(words) == 1 and len(words[0]) < _SHORTEST_OWN):
        return []
    pattern = r"[\W_]+".join(words)
    return [match.span() for match in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", plain)]


def _chains(own: list[str], plain: str) -> list[Span]:
    """Find words of the name that are written together, wherever."""
    long = [re.escape(word) for word in own if len(word) >= _SHORTEST_OWN]
    found = re.finditer(f"(?:{'|'.join(long)}){{2,}}", plain) if long else ()
    return [match.span() for match in found if len(match[0]) >= _SHORTEST_CHAIN]


def _loose_spans(plain: str, *, is_loose: bool) -> list[Span]:
    words = re.finditer(r"\S+", plain)
    return [(0, len(plain))] if is_loose else [word.span() for word in words if _LOOSE.search(word[0])]


def _is_within(span: Span, others: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _has_neighbour(span: Span, starts: set[int], ends: set[int], plain: str) -> bool:
    """Tell whether another word of the name ends or begins at most three signs away, none of them a letter."""
    start, end = span
    return any(
        (start - gap in ends and not re.search(r"[^\W_]", plain[start - gap : start]))
        or (end + gap in starts and not re.search(r"[^\W_]", plain[end : end + gap]))
        for gap in range(4)
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    return _is_edge(text, start) and _is_edge(text, end)


def _is_edge(text: str, place: int) -> bool:
    """Tell whether a word begins or ends here: at no letter, or `RosaQuispe`, `RDQuispe`."""
    before, after, then = text[place - 1 : place] if place else "", text[place : place + 1], text[place + 1 : place + 2]
    if not before.isalpha() or not after.isalpha():
        return True
    return after.isupper() and (before.islower() or then.islower())


def _spaced(number: str) -> re.Pattern[str]:
    """Find a number with dots, dashes or spaces in it; between two letters only a dash or dot."""
    signs = number.lower()
    parts = [signs[:1]]
    for before, sign in pairwise(signs):
        parts.append(r"[-.]?" if before.isalpha() and sign.isalpha() else r"[\W_]{0,2}")
        parts.append(re.escape(sign))
    return re.compile("".join(parts))


def _folded_sign(sign: str) -> str:
    plain = unicodedata.normalize("NFKD", sign)[:1].lower()[:1] or sign
    return str(unicodedata.digit(plain)) if plain.isdigit() else plain
