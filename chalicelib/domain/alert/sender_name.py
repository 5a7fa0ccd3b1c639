"""How an SMS names the institution that sent a notice: whole, in the abbreviations people know, or by its acronym.

A word is never cut where there is room for one, and no `de la` hangs before the dots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import dropwhile, takewhile

from chalicelib.domain.alert.abbreviations import fold, shorten, without_fillers, without_nation
from chalicelib.domain.sender.gsm7 import gsm7_length, to_gsm7

NOBODY = "Una entidad"
"""What stands for a name that has no letter an SMS could carry."""

_DOTS = "..."
_ENDING = re.compile(r"(.+?)(?: - ?([^-()]+)| ?\(([^()]+)\))")
_OF_ONE_PLACE = re.compile(
    r"muni|gobierno reg|(?:direccion|gerencia) reg|hospital|corte sup|unidad de gestion|red de|sociedad de benef"
)
"""Kinds whose acronym only their neighbours know: the place says more."""
_KIND_ACRONYMS = {"ugel", "dre", "gre", "csj", "diresa", "geresa", "eps", "mp", "md", "ie", "gore"}
_ACRONYM_LETTERS = range(2, 16)
_SPELLED_AT_LEAST = 0.75
_JOINERS = {"de", "del", "la", "las", "los", "el", "y", "e", "en", "para", "su", "sus", "-"}
_COMMON = {
    *("nac", "reg", "prov", "dist", "gral", "dptal", "esp", "publ", "munic", "serv", "adm", "docente", "n.o"),
    *("san", "sta", "sto"),
}
_KIND, _SUBJECT, _NEXT, _PLACE, _REGION, _WORD, _COMMON_WORD = 4, 5, 4, 6, 4, 3, 1
_LONGEST_NAME = 400
_SPLIT_WORDS = 60


def sms_name(name: str) -> str:
    """Write a name with GSM-7's letters alone: no pictures, nothing invisible, one blank between words."""
    composed = unicodedata.normalize("NFC", name[:_LONGEST_NAME])
    written = "".join(letter for letter in composed if not _is_picture(letter))
    plain = " ".join(to_gsm7(" ".join(written.split())).split())
    return plain if any(letter.isalnum() for letter in plain) else NOBODY


def shorter_names(name: str) -> Iterator[str]:
    """Give ways to say an `sms_name` with fewer letters, the most faithful first; none of them is cut."""
    rest, acronym = split_acronym(name)
    if acronym is None:
        yield from _abbreviated(name)
    elif " " in acronym:
        yield acronym
        yield from _abbreviated(rest)
    elif _OF_ONE_PLACE.match(fold(rest)) or fold(acronym) in _KIND_ACRONYMS:
        yield from _abbreviated(rest)
    else:
        yield from _abbreviated(name)
        yield acronym


def split_acronym(name: str) -> tuple[str, str | None]:
    """Split `Superintendencia … - SUNAT`, `… (SUNAT)` or `… (UGEL VILLA EJEMPLO)`; None where the end is no acronym.

    Capitals after a dash may be a region or an office, so its letters have to come from the name, in order. What
    follows the first word repeats the name, or numbers it.
    """
    found = _ENDING.fullmatch(name)
    if found is None:
        return name, None
    rest, ending = found[1], (found[2] or found[3]).strip()
    words, known = fold(ending).split(), set(re.findall(r"\w+", fold(rest)))
    if not words or ending != ending.upper() or len(words[0]) not in _ACRONYM_LETTERS or words[0] in known:
        return name, None
    repeats = all(word in known or word in _JOINERS or word.isdigit() for word in words[1:])
    return (rest, ending) if repeats and _is_spelled(words[0], fold(rest)) else (name, None)


def cut_name(name: str, room: int) -> str:
    """Fit an `sms_name` into `room` septets by leaving out words from its middle: kind, subject and place stay."""
    rest, _ = split_acronym(name)
    said = without_nation(without_fillers(shorten(rest, hard=True))).replace('"', "").split()
    words = list(dropwhile(lambda word: fold(word) in _JOINERS, said))
    if not words:
        return NOBODY
    worth = _worth(words)
    kept = [
        (sum(worth[:head]) + sum(worth[tail:]), text)
        for head in range(1, min(len(words), _SPLIT_WORDS))
        for tail in range(max(head + 1, len(words) - _SPLIT_WORDS), len(words) + 1)
        if _septets(text := _around_dots(words[:head], words[tail:])) <= room
    ]
    return max(kept, key=lambda choice: (choice[0], len(choice[1])))[1] if kept else _cut_letters(words, room)


def _abbreviated(name: str) -> Iterator[str]:
    yield shorten(name)
    yield without_fillers(shorten(name))
    yield without_fillers(shorten(name, hard=True))
    yield without_nation(without_fillers(shorten(name, hard=True)))


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "CSM" and not letter.isspace() and to_gsm7(letter) == "?"


def _is_spelled(acronym: str, text: str) -> bool:
    at = spelled = 0
    for letter in acronym:
        if found := text.find(letter, at) + 1:
            at, spelled = found, spelled + 1
    return spelled >= _SPELLED_AT_LEAST * len(acronym)


def _worth(words: list[str]) -> list[int]:
    """Weigh each word: the kind of institution, what follows it, numbers and the place at the end say the most.

    What comes after a dash is a region or a part of the institution: of it the last word counts.
    """
    plain = [fold(word).strip(".,()") for word in words]
    main = len(list(takewhile(lambda word: word != "-", words)))
    worth = [_COMMON_WORD if word in _COMMON else _WORD for word in plain]
    for at in range(len(words)):
        if at >= main or plain[at] in _JOINERS:
            worth[at] = 0
    subject = [at for at in range(1, main) if plain[at] not in _COMMON | _JOINERS]
    for at, weight in zip(subject, (_SUBJECT, _NEXT), strict=False):
        worth[at] = weight
    numbers = [at for at, word in enumerate(plain) if any(map(str.isdigit, word))]
    for at in (*numbers, max(main - 1, 0)):
        worth[at] = _PLACE
    worth[-1] = max(worth[-1], _REGION)
    worth[0] = max(worth[0], _KIND)
    return worth


def _around_dots(head: list[str], tail: list[str]) -> str:
    while len(head) > 1 and fold(head[-1]) in _JOINERS:
        head = head[:-1]
    while tail and fold(tail[0]) in _JOINERS:
        tail = tail[1:]
    return " ".join([" ".join(head).rstrip(" .,-(") + _DOTS, *tail])


def _cut_letters(words: list[str], room: int) -> str:
    """Cut the first words, the only ones so long that no end of them fits."""
    text = " ".join(words)
    while text and _septets(text) > room - len(_DOTS):
        text = text[:-1]
    return text.rstrip(" .,-") + _DOTS


def _septets(text: str) -> int:
    return gsm7_length(text) or 0
