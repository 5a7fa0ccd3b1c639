"""A procedure as typed: read whole, shown again as typed, and all that is wrong told at once beside its field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.procedure import AnswerTerm, ProcedureKind, Requirement
from chalicelib.domain.filing.procedure_changes import new_procedure
from chalicelib.domain.filing.typed_procedure import (
    LONGEST,
    MOST_KEYWORDS,
    MOST_REQUIREMENTS,
    TypedProcedure,
    read_procedure,
    typed_of,
)
from tests.catalogue_world import PROCEDURE, TYPED
from tests.deposit_world import INSTITUTION_ID, NOW

BEGUN = new_procedure(INSTITUTION_ID, "K7M3-P2QR-S4T5", NOW, "staff:s1")


def problems(**changes: str) -> list[tuple[str | None, str]]:
    """Return field and code of what is wrong with a procedure that was right but for some fields."""
    with pytest.raises(InvalidInput) as caught:
        read_procedure(replace(TYPED, **changes), BEGUN, {"OF-1"})
    return [(one.field, one.code) for one in caught.value.problems]


def test_what_is_typed_is_read_whole_and_tidied() -> None:
    typed = replace(
        TYPED,
        title="  Copia   certificada\u200b ",
        description="Uno.\r\n\r\n  Dos. ",
        requirements="Solicitud.\r\n\r\nPago.\n",
        optional="Si es por otro, el poder.",
        keywords="copias,  Expediente , copias; archivo",
        office_id="OF-1",
    )
    read = read_procedure(typed, BEGUN, {"OF-1"})
    assert (read.kind, read.title, read.description) == (ProcedureKind.EXCLUSIVE, "Copia certificada", "Uno.\nDos.")
    assert read.requirements == (
        Requirement("Solicitud."),
        Requirement("Pago."),
        Requirement("Si es por otro, el poder.", is_optional=True),
    )
    assert (read.cost_cents, read.answer_term) == (150, AnswerTerm(5, None, ""))
    assert (read.office_id, read.keywords) == ("OF-1", ("copias", "Expediente", "archivo"))
    assert (read.version, read.institution_id, read.changed_at) == (1, INSTITUTION_ID, NOW)


def test_a_form_shows_what_there_is_and_reading_it_again_changes_nothing() -> None:
    for one in (
        PROCEDURE,
        replace(PROCEDURE, cost_cents=None, answer_term=AnswerTerm(None, None, "")),
        replace(PROCEDURE, cost_cents=0, answer_term=AnswerTerm(0, None, "Ley N° 1")),
        replace(PROCEDURE, cost_cents=123456, answer_term=AnswerTerm(60, "negative", "Ley N° 2"), office_id="OF-1"),
    ):
        assert read_procedure(typed_of(one), one, {"OF-1"}) == one


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("", None),
        ("0", 0),
        ("35.9", 3590),
        ("35,90", 3590),
        ("S/ 1,234.50", 123450),
        ("s/.12", 1200),
        ("1 234", 123400),
        ("999999.99", 99_999_999),
    ],
)
def test_a_cost_is_read_as_people_write_it(typed: str, cents: int | None) -> None:
    assert read_procedure(replace(TYPED, cost=typed), BEGUN, ()).cost_cents == cents


@pytest.mark.parametrize("typed", ["gratis", "-1", "1.234", "12.345", "1e3", "1,000,000.00", "٣", "1" * 500])
def test_what_is_no_cost_is_refused(typed: str) -> None:
    assert problems(cost=typed) == [("cost", "cost_invalid")]


@pytest.mark.parametrize(
    ("answer", "days", "norm", "term"),
    [
        ("automatic", "", "", AnswerTerm(0, None, "")),
        ("none", "", "", AnswerTerm(None, None, "")),
        ("positive", "30", "", AnswerTerm(30, "positive", "")),
        ("negative", "45", "Ley N° 2", AnswerTerm(45, "negative", "Ley N° 2")),
        ("term", "1", "", AnswerTerm(1, None, "")),
        ("term", "60", "", AnswerTerm(60, None, "")),
    ],
)
def test_a_term_is_automatic_stated_or_not(answer: str, days: str, norm: str, term: AnswerTerm) -> None:
    read = read_procedure(replace(TYPED, reply=answer, days=days, answer_norm=norm), BEGUN, ()).answer_term
    assert read == term
    assert read.is_automatic is (answer == "automatic")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"reply": "", "days": ""}, [("reply", "field_choice")]),
        ({"reply": "quick", "days": "0"}, [("reply", "field_choice")]),
        ({"reply": "positive", "days": ""}, [("days", "answer_days_invalid")]),
        ({"reply": "positive", "days": "0"}, [("days", "answer_days_invalid")]),
        ({"reply": "positive", "days": "366"}, [("days", "answer_days_invalid")]),
        ({"reply": "positive", "days": "-3"}, [("days", "answer_days_invalid")]),
        ({"reply": "none", "days": "3"}, [("days", "answer_days_invalid")]),
        ({"reply": "negative", "days": "31"}, [("answer_norm", "answer_norm_missing")]),
        ({"kind": "otro"}, [("kind", "field_choice")]),
        ({"office_id": "OF-9"}, [("office_id", "office_unknown")]),
        ({"tupa_code": "x" * 41}, [("tupa_code", "field_too_long")]),
        ({"requirements": "\n".join("x" * (MOST_REQUIREMENTS + 1))}, [("requirements", "requirements_too_many")]),
        ({"optional": "x" * 501}, [("optional", "requirement_too_long")]),
        ({"requirements": "x" * 7001}, [("requirements", "field_too_long")]),
        ({"keywords": ",".join(map(str, range(MOST_KEYWORDS + 1)))}, [("keywords", "keywords_too_many")]),
        ({"keywords": "x" * 41}, [("keywords", "keyword_too_long")]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(changes: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert problems(**changes) == found


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_procedure(TypedProcedure(cost="x", keywords="y" * 500), BEGUN, ())
    assert [one.field for one in caught.value.problems] == [
        *("kind", "title", "description", "cost", "reply", "norm", "keywords")
    ]


@pytest.mark.parametrize("field", sorted(LONGEST))
def test_no_field_is_longer_than_it_may_be(field: str) -> None:
    assert (field, "field_too_long") in problems(**{field: "x" * (LONGEST[field] + 1)})


def test_an_office_that_was_closed_meanwhile_stays_where_it_was() -> None:
    before = replace(PROCEDURE, office_id="OF-1")
    assert read_procedure(typed_of(before), before, ()).office_id == "OF-1"
