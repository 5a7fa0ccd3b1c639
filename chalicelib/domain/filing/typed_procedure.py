"""A procedure as a coordinator types it, read whole: all that is wrong is told at once, each beside its field (FIL-1).

An evaluation that takes more than thirty business days needs the law that says so (TUO of Ley 27444, 39).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from typing import Literal

from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind, Requirement
from chalicelib.domain.typed import plain, tidy

LONGEST = {
    "tupa_code": 40,
    "title": 200,
    "description": 2000,
    "norm": 300,
    "requirements": 7000,
    "optional": 3500,
    "cost_note": 200,
    "answer_norm": 300,
    "keywords": 400,
}
"""Letters of each field, all lines of it together. What a refused form keeps takes all of them, with two bytes each."""
LONGEST_REQUIREMENT, LONGEST_KEYWORD = 500, 40
MOST_REQUIREMENTS, MOST_KEYWORDS = 30, 15
MOST_DAYS, LONGEST_WITHOUT_LAW = 365, 30
_MOST_CENTS = 99_999_999
_MONEY = re.compile(r"(?:s/\.? ?)?([0-9]{1,3}(?:[ ,][0-9]{3})+|[0-9]{1,6})(?:[.,]([0-9]{1,2}))?", re.IGNORECASE)

Answer = Literal["automatic", "positive", "negative", "term", "none"]
ANSWERS: tuple[Answer, ...] = ("automatic", "positive", "negative", "term", "none")
"""Approval at once; a term with either silence; a term alone, as exclusive services have it; nothing stated."""


@dataclass(frozen=True, slots=True)
class TypedProcedure:
    """What was typed; of lists one line each, of keywords one line with commas; in the order of the form."""

    kind: str = ""
    title: str = ""
    tupa_code: str = ""
    description: str = ""
    requirements: str = ""
    optional: str = ""
    cost: str = ""
    cost_note: str = ""
    reply: str = ""
    days: str = ""
    answer_norm: str = ""
    norm: str = ""
    office_id: str = ""
    keywords: str = ""


TYPED_FIELDS = tuple(field.name for field in fields(TypedProcedure))


def read_procedure(typed: TypedProcedure, before: Procedure, offices: Collection[str]) -> Procedure:
    """Return a procedure as it is to be; its office is one of those that are open, or the one it had.

    Raises:
        InvalidInput: all that is wrong, each with its field: `field_empty`, `field_choice`, `field_too_long`,
            `requirements_too_many`, `requirement_too_long`, `cost_invalid`, `answer_days_invalid`,
            `answer_norm_missing`, `office_unknown`, `keywords_too_many`, `keyword_too_long`.

    """
    problems: list[InvalidInput] = []

    def line(name: str, *, is_needed: bool = False) -> str:
        return collect(problems, lambda: _line(name, getattr(typed, name), is_needed=is_needed), "")

    kind = collect(problems, lambda: _kind(typed.kind), before.kind)
    title, code = line("title", is_needed=True), line("tupa_code")
    description = collect(problems, lambda: _paragraphs(typed.description), "")
    no_requirements: tuple[Requirement, ...] = ()
    needed = collect(problems, lambda: _requirements("requirements", typed.requirements), no_requirements)
    optional = collect(problems, lambda: _requirements("optional", typed.optional), no_requirements)
    cost_cents = collect(problems, lambda: _cents(typed.cost), None)
    cost_note = line("cost_note")
    answer_term = collect(problems, lambda: _answer_term(typed), before.answer_term)
    norm = line("norm", is_needed=True)
    office_id = collect(problems, lambda: _office(typed.office_id, before, offices), None)
    no_keywords: tuple[str, ...] = ()
    keywords = collect(problems, lambda: _keywords(typed.keywords), no_keywords)
    if problems:
        raise refusal_of(problems)
    return replace(
        before,
        kind=kind,
        code=code,
        title=title,
        description=description,
        norm=norm,
        requirements=(*needed, *optional),
        cost_cents=cost_cents,
        cost_note=cost_note,
        answer_term=answer_term,
        office_id=office_id,
        keywords=keywords,
    )


def typed_of(procedure: Procedure) -> TypedProcedure:
    """Return what a form shows of a procedure to be changed."""
    term = procedure.answer_term
    return TypedProcedure(
        kind=procedure.kind.value,
        title=procedure.title,
        tupa_code=procedure.code,
        description=procedure.description.replace("\n", "\n\n"),
        norm=procedure.norm,
        requirements="\n".join(one.text for one in procedure.requirements if not one.is_optional),
        optional="\n".join(one.text for one in procedure.requirements if one.is_optional),
        cost="" if procedure.cost_cents is None else f"{procedure.cost_cents // 100}.{procedure.cost_cents % 100:02}",
        cost_note=procedure.cost_note,
        reply=answer_of(term),
        days="" if not term.days else str(term.days),
        answer_norm=term.norm,
        office_id=procedure.office_id or "",
        keywords=", ".join(procedure.keywords),
    )


def answer_of(term: AnswerTerm) -> Answer:
    """Return which of `ANSWERS` a term is."""
    if term.is_automatic:
        return "automatic"
    return "none" if term.days is None else term.silence or "term"


def _kind(typed: str) -> ProcedureKind:
    try:
        return ProcedureKind(typed)
    except ValueError:
        raise InvalidInput("field_choice", "", field="kind") from None


def _line(name: str, typed: str, *, is_needed: bool) -> str:
    text = tidy(typed)
    if is_needed and not text:
        raise InvalidInput("field_empty", "", field=name)
    _check_length(name, text)
    return text


def _check_length(name: str, text: str) -> None:
    if len(text) > LONGEST[name]:
        raise InvalidInput("field_too_long", f"Escribe hasta {LONGEST[name]} letras: hay {len(text)}.", field=name)


def _paragraphs(typed: str) -> str:
    text = "\n".join(_lines("description", typed))
    if not text:
        raise InvalidInput("field_empty", "", field="description")
    return text


def _lines(name: str, typed: str) -> list[str]:
    """Return the lines that have something in them, tidied; the whole is measured before, since a line may be long."""
    _check_length(name, typed.strip())
    return [line for line in map(tidy, typed.splitlines()) if line]


def _requirements(name: str, typed: str) -> tuple[Requirement, ...]:
    lines = _lines(name, typed)
    if len(lines) > MOST_REQUIREMENTS:
        detail = f"Escribe hasta {MOST_REQUIREMENTS} requisitos, uno por línea: hay {len(lines)}."
        raise InvalidInput("requirements_too_many", detail, field=name)
    for at, line in enumerate(lines, 1):
        if len(line) > LONGEST_REQUIREMENT:
            detail = f"El requisito de la línea {at} tiene {len(line)} letras: escribe hasta {LONGEST_REQUIREMENT}."
            raise InvalidInput("requirement_too_long", detail, field=name)
    return tuple(Requirement(line, is_optional=name == "optional") for line in lines)


def _cents(typed: str) -> int | None:
    text = plain(typed)
    if not text:
        return None
    found = _MONEY.fullmatch(text)
    cents = _MOST_CENTS + 1
    if found is not None:
        cents = int(re.sub("[ ,]", "", found[1])) * 100 + int((found[2] or "0").ljust(2, "0"))
    if cents > _MOST_CENTS:
        raise InvalidInput("cost_invalid", "Escribe el costo en soles, como 35.90, o 0 si es gratuito.", field="cost")
    return cents


def _answer_term(typed: TypedProcedure) -> AnswerTerm:
    problems: list[InvalidInput] = []
    norm = collect(problems, lambda: _line("answer_norm", typed.answer_norm, is_needed=False), "")
    found = next((one for one in ANSWERS if one == typed.reply), None)
    if found is None:
        problems.insert(0, InvalidInput("field_choice", "", field="reply"))
    has_days = found in {"positive", "negative", "term"}
    days = collect(problems, lambda: _days(typed.days, is_needed=has_days), None) if found else None
    if found != "term" and days is not None and days > LONGEST_WITHOUT_LAW and not norm:
        detail = (
            f"Una evaluación de más de {LONGEST_WITHOUT_LAW} días hábiles necesita una ley o un decreto legislativo que"
            " lo diga (TUO de la Ley N° 27444, artículo 39): escribe cuál."
        )
        problems.append(InvalidInput("answer_norm_missing", detail, field="answer_norm"))
    if problems:
        raise refusal_of(problems)
    silence = found if found in {"positive", "negative"} else None
    return AnswerTerm(0 if found == "automatic" else days, silence, norm)


def _days(typed: str, *, is_needed: bool) -> int | None:
    text = plain(typed)
    if not is_needed:
        if text:
            detail = "Elegiste una opción sin plazo: borra los días, o elige otra."
            raise InvalidInput("answer_days_invalid", detail, field="days")
        return None
    days = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0
    if not 1 <= days <= MOST_DAYS:
        detail = f"Escribe el plazo en días hábiles, de 1 a {MOST_DAYS}."
        raise InvalidInput("answer_days_invalid", detail, field="days")
    return days


def _office(typed: str, before: Procedure, offices: Collection[str]) -> str | None:
    if typed and typed not in offices and typed != before.office_id:
        raise InvalidInput("office_unknown", "Elige una oficina de la lista.", field="office_id")
    return typed or None


def _keywords(typed: str) -> tuple[str, ...]:
    _check_length("keywords", typed.strip())
    words = {word.casefold(): word for word in map(tidy, re.split(r"[,;\n]", typed)) if word}
    checks: tuple[tuple[bool, str, Callable[[], str]], ...] = (
        (len(words) > MOST_KEYWORDS, "keywords_too_many", lambda: f"Escribe hasta {MOST_KEYWORDS} palabras clave."),
        (
            any(len(word) > LONGEST_KEYWORD for word in words),
            "keyword_too_long",
            lambda: f"Cada palabra clave tiene hasta {LONGEST_KEYWORD} letras. Sepáralas con comas.",
        ),
    )
    for is_wrong, code, detail in checks:
        if is_wrong:
            raise InvalidInput(code, detail(), field="keywords")
    return tuple(words.values())
