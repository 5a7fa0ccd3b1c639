"""Which passwords are easy to guess: those that consist of nothing but predictable pieces.

Pieces are listed words and names, sequences, dates, short runs. A listed word counts with a year, digits or signs at
its ends, in leet, backwards, repeated, with an article or a cheer before it. Two names, or words of our own, count
together, with `y` or `de` between them too; so do a name, a surname and one more, and sequences however many. So
`Peru2026!`, `C0ntraseña1`, `Liverpool1` and `VivaEcuador25` are predictable. Three words that don't belong together
are not.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from chalicelib.domain.access.folding import fold
from chalicelib.domain.access.guessed_words import AFFIXES, GUESSED_WORDS
from chalicelib.domain.access.known_passwords import CommonPasswords

_LEET = (
    str.maketrans("01345789@$!|+", "oieastbgasilt"),
    str.maketrans("0134567892@$!|+€£", "oleasgtbgzasiltel"),
)
_EDGES = re.compile(r"([^a-zñ]*)(.*?)([^a-zñ]*)", re.DOTALL)
_RUNS = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]+")
_DATES = (
    re.compile(r"(0?[1-9]|[12]\d|3[01])(0?[1-9]|1[0-2])((19|20)\d\d|\d\d)"),
    re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"),
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "01234567890123456789",
)
_AT_ENDS = string.digits + string.punctuation + " "
_FEW_KINDS = 4
_SHORT_LETTERS = 2
_SHORT_DIGITS = 4
_SHORT_SYMBOLS = 3
_FEW_RUNS = 3
_WORDS_TOGETHER = 2
_JOINTS = ("dela", "del", "de", "la", "y", "e")
_LONGEST_LEET_AT_AN_END = 3
_SHORTEST_BACKWARDS = 5
_LONGEST_WORDS = 60
_MOST_AFFIXES = 4


def is_predictable(text: str, common: CommonPasswords) -> bool:
    """Tell whether a password, normalised, is easy to guess."""
    folded = fold(text)
    inner = folded.strip(_AT_ENDS)
    if len(set(folded)) < _FEW_KINDS or (len(set(inner)) < _FEW_KINDS and len(inner) > len(folded) // 2):
        return True
    return any(_is_made_of_predictable_runs(form, common) for form in _forms(_once(folded)))


def _forms(folded: str) -> Iterator[str]:
    """Yield what may be meant: as it is typed, and read as leet, with more or less of its ends."""
    yield folded
    edges = _EDGES.fullmatch(folded)
    before, inner, after = edges.groups() if edges else ("", folded, "")
    for leet in _LEET:
        yield folded.translate(leet)
        for kept in range(min(len(after), _LONGEST_LEET_AT_AN_END) + 1):
            meant = inner.translate(leet) + after[:kept].translate(leet) + after[kept:]
            yield before + meant
            if before:
                yield before.translate(leet) + meant


def _is_made_of_predictable_runs(form: str, common: CommonPasswords) -> bool:
    if form in common.words or form.strip(_AT_ENDS) in common.words:
        return True
    letters = re.findall(r"[a-z]+", form)
    digits = re.findall(r"[0-9]+", form)
    if len(letters) > 1 and _go_together(letters, common):
        return all(_is_predictable_run(run, common) for run in digits)
    runs = _RUNS.findall(form)
    return len(runs) <= _FEW_RUNS and all(_is_predictable_run(run, common) for run in runs)


def _go_together(letters: list[str], common: CommonPasswords) -> bool:
    """Tell whether parts that something stands between are one word, the same, names, or all of them sequences."""
    whole = "".join(letters)
    if whole in GUESSED_WORDS or _is_sequence(whole) or _are_names(letters, common):
        return True
    if len(set(letters)) == 1:
        return _is_common(letters[0], common)
    return all(_is_pattern(run) for run in letters)


def _is_pattern(run: str) -> bool:
    return (len(run) > _SHORT_LETTERS and _is_sequence(run)) or (len(run) > 1 and len(set(run)) == 1)


def _are_names(letters: list[str], common: CommonPasswords) -> bool:
    named = [run for run in letters if run not in _JOINTS]
    is_person = len(named) == _WORDS_TOGETHER or common.names.issuperset(named[:_WORDS_TOGETHER])
    return (
        len(named) in (_WORDS_TOGETHER, _WORDS_TOGETHER + 1)
        and is_person
        and all(_is_name(run, common) for run in named)
    )


def _is_name(run: str, common: CommonPasswords) -> bool:
    return run in common.names or run in GUESSED_WORDS


def _is_predictable_run(run: str, common: CommonPasswords) -> bool:
    if len(set(run)) == 1 or _is_sequence(run):
        return True
    if run.isdigit():
        once = _once(run)
        return len(once) <= _SHORT_DIGITS or _is_there_and_back(once) or any(date.fullmatch(run) for date in _DATES)
    if run.isalpha():
        return len(run) <= _SHORT_LETTERS or _is_common(run, common)
    return len(run) <= _SHORT_SYMBOLS


def _is_common(run: str, common: CommonPasswords) -> bool:
    """Tell whether it is a listed word, in whatever dress, or two that go together."""
    run = _once(re.sub(r"(.)\1{2,}", r"\1", run))
    if len(run) > _LONGEST_WORDS:
        return False
    words = {run, *_without_affixes(run)}
    if any(_is_listed(word, common) or _is_sequence(word) for word in words):
        return True
    return any(_are_names(parts, common) for word in words for parts in _name_first(word, common))


def _name_first(word: str, common: CommonPasswords) -> Iterator[list[str]]:
    """Yield how a word can be cut in two or three after a name, with `y` and the like between them left out."""
    for first, rest in _cuts(word, common):
        yield [first, rest]
        if len(first) > _SHORT_LETTERS and first in common.names:
            for second, third in _cuts(rest, common):
                if min(len(second), len(third)) > _SHORT_LETTERS:
                    yield [first, second, third]


def _cuts(word: str, common: CommonPasswords) -> Iterator[tuple[str, str]]:
    for at in range(1, len(word)):
        if _is_name(word[:at], common):
            rest = word[at:]
            yield word[:at], rest
            yield from ((word[:at], rest.removeprefix(joint)) for joint in _JOINTS if rest.startswith(joint))


def _is_listed(word: str, common: CommonPasswords) -> bool:
    if len(word) >= _SHORTEST_BACKWARDS and (word[::-1] in common.words or word[::-1] in GUESSED_WORDS):
        return True
    return any(one in common.words or one in GUESSED_WORDS for one in (word, word.removesuffix("s")))


def _without_affixes(run: str) -> Iterator[str]:
    """Yield what is left when articles, cheers and clubs' initials are taken off, one after the other."""
    left = run
    for _ in range(_MOST_AFFIXES):
        fitting = (one for one in AFFIXES if left.startswith(one) and len(left) > len(one) + _SHORT_LETTERS)
        left = left.removeprefix(next(fitting, left))
        if not left:
            return
        yield left


def _once(run: str) -> str:
    """Return what a text is a repetition of, or the text: `asdasdasd` → `asd`."""
    return run[: (run + run).find(run, 1)] if run else run


def _is_there_and_back(run: str) -> bool:
    return run == run[::-1] and _is_sequence(run[: len(run) // 2])


def _is_sequence(run: str) -> bool:
    return len(run) > 1 and any(run in row or run in row[::-1] for row in _ROWS)
