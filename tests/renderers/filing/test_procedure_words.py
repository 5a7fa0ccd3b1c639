"""A procedure in words: amounts, terms and what a version changed, as a person says them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from chalicelib.domain.filing.catalogue import entry_of
from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind
from chalicelib.domain.filing.typed_procedure import ANSWERS
from chalicelib.renderers.filing.procedure_words import (
    ANSWER_CHOICES,
    FIELD_WORDS,
    KIND_WORDS,
    change_words,
    cost_words,
    entry_facts,
    words_of_procedure,
)
from tests.catalogue_world import PROCEDURE, a_procedure

UNTOLD = {"institution_id", "procedure_id", "version", "changed_at", "changed_by"}


def test_every_kind_answer_and_field_has_its_words() -> None:
    assert set(KIND_WORDS) == set(ProcedureKind)
    assert tuple(ANSWER_CHOICES) == ANSWERS
    assert set(FIELD_WORDS) == {field.name for field in fields(Procedure)} - UNTOLD


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (None, "La entidad no lo indica."),
        (0, "Gratuito"),
        (5, "S/\xa00.05"),
        (3590, "S/\xa035.90"),
        (123456789, "S/\xa01,234,567.89"),
    ],
)
def test_a_cost_is_written_in_soles(cents: int | None, words: str) -> None:
    assert cost_words(cents) == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ((), ""),
        (("title",), "el nombre"),
        (("norm", "cost_cents"), "la base legal y el costo"),
        (("title", "norm", "forms"), "el nombre, la base legal y los formularios"),
        (("retired_at", "retired_reason"), "si se atiende"),
    ],
)
def test_what_a_version_changed_is_one_sentence(changed: tuple[str, ...], words: str) -> None:
    assert change_words(changed) == words


@pytest.mark.parametrize(
    ("cents", "term", "facts"),
    [
        (None, AnswerTerm(None, None, ""), ()),
        (0, AnswerTerm(0, None, ""), ("Gratuito", "Aprobación automática")),
        (100, AnswerTerm(1, None, ""), ("S/\xa01.00", "Respuesta en 1 día hábil")),
        (None, AnswerTerm(30, "negative", ""), ("Respuesta en 30 días hábiles",)),
    ],
)
def test_a_list_tells_what_is_stated_and_nothing_else(
    cents: int | None, term: AnswerTerm, facts: tuple[str, ...]
) -> None:
    assert entry_facts(entry_of(a_procedure(cost_cents=cents, answer_term=term))) == facts


def test_requirements_are_told_apart_by_whom_they_concern() -> None:
    words = words_of_procedure(PROCEDURE)
    assert [one.text for one in words.needed] == ["Solicitud con carácter de declaración jurada."]
    assert [one.text for one in words.optional] == ["Poder."]
    assert words.paragraphs == ("Para abrir un negocio al público.", "La pide quien lo conduce.")
