"""A refusal that carries all that is wrong: of the first problem's kind, and no longer than an answer may be."""

from __future__ import annotations

from chalicelib.domain.errors import (
    MOST_TOLD,
    MOST_TOLD_BYTES,
    InvalidInput,
    NotReady,
    TooLarge,
    collect,
    refusal_of,
    refusals,
    told_problems,
)


def wrong(number: int, detail: str = "Corríjalo.") -> InvalidInput:
    return InvalidInput(f"code_{number}", detail, field=f"annexes[{number}]")


def refuse(error: InvalidInput) -> None:
    raise error


def test_a_refusal_is_of_the_kind_of_its_first_problem() -> None:
    large = TooLarge("file_too_large", "Divídalo.", field="main")
    assert type(refusal_of([large, wrong(1)])) is TooLarge
    assert type(refusal_of([wrong(1), large])) is InvalidInput
    assert refusal_of([NotReady("upload_not_checked", "Espere.", retry_after=5)]).retry_after == 5


def test_what_a_check_found_in_several_places_is_collected_flat() -> None:
    both = refusal_of([wrong(1), wrong(2)])
    problems: list[InvalidInput] = []

    assert collect(problems, lambda: refuse(both), None) is None
    assert [one.code for one in problems] == ["code_1", "code_2"]
    assert [one.code for one in refusals(lambda: refuse(both), lambda: refuse(wrong(3)))] == [
        "code_1",
        "code_2",
        "code_3",
    ]


def test_all_problems_are_told_up_to_fifty() -> None:
    refusal = refusal_of([wrong(number) for number in range(MOST_TOLD)])

    assert told_problems(refusal) == refusal.problems


def test_of_more_the_last_says_how_many_are_left_out() -> None:
    refusal = refusal_of([wrong(number) for number in range(420)])

    told = told_problems(refusal)

    assert [one.code for one in told] == [f"code_{number}" for number in range(MOST_TOLD)]
    assert told[-1].detail == "Corríjalo. Hay 370 problemas más."
    assert refusal.problems[MOST_TOLD - 1].detail == "Corríjalo."


def test_long_texts_are_told_as_far_as_there_is_room() -> None:
    told = told_problems(refusal_of([wrong(number, "ñ" * 1_000) for number in range(20)]))

    assert 1 < len(told) < 20
    assert sum(len(one.detail.encode()) for one in told) <= MOST_TOLD_BYTES + 100
    assert told[-1].detail.endswith(f"Hay {20 - len(told)} problemas más.")


def test_the_first_problem_is_always_told() -> None:
    told = told_problems(refusal_of([wrong(1, "x" * 2 * MOST_TOLD_BYTES), wrong(2)]))

    assert [one.code for one in told] == ["code_1"]
    assert told[0].detail.endswith("Hay 1 problema más.")


def test_a_refusal_of_one_thing_has_no_list() -> None:
    assert told_problems(wrong(1)) == ()
