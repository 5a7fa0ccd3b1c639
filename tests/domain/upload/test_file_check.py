"""File checks: ids, keys and the type that a name says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.errors import MOST_TOLD, InvalidInput, refusal_of
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import (
    OUTCOME_LIFETIME,
    check_id_of,
    check_key,
    is_check_id,
    is_check_key,
    media_type_of,
    read_check_key,
    visitor_of,
    waits_until,
)
from chalicelib.domain.upload.upload import EXTENSIONS, FileProblem, is_upload_id, problems_of, staging_key
from tests.upload_world import NOW

CHECK_ID = check_id_of("ab" * 32, NOW)


def test_problems_are_told_as_far_as_an_answer_can_tell_them() -> None:
    many = refusal_of([InvalidInput("pdf_damaged", f"Falta la fuente {number}.") for number in range(70)])
    told = problems_of(many)
    assert len(told) == MOST_TOLD
    assert told[-1].detail == "Falta la fuente 49. Hay 20 problemas más."
    assert problems_of(InvalidInput("pdf_damaged", "Falta.", field="main")) == (
        FileProblem("pdf_damaged", "Falta.", "main"),
    )


def test_an_id_says_until_when_its_outcome_may_come() -> None:
    assert is_check_id(CHECK_ID)
    assert not is_upload_id(CHECK_ID)
    assert waits_until(CHECK_ID) == NOW.replace(microsecond=0) + OUTCOME_LIFETIME
    assert check_id_of("ab" * 32, NOW + timedelta(seconds=1)) != CHECK_ID


@pytest.mark.parametrize("owner", ["entidad-demo", "a0", visitor_of("f" * 64)])
@pytest.mark.parametrize("role", FileRole)
def test_a_key_says_whose_check_it_is(owner: str, role: FileRole) -> None:
    key = check_key(owner, role, CHECK_ID)
    place = read_check_key(f"{key}/año.pdf" if owner.startswith("visitor.") else key)

    assert is_check_key(key)
    assert place is not None
    assert (place.owner, place.role, place.check_id) == (owner, role, CHECK_ID)


def test_no_upload_s_key_is_a_check_s() -> None:
    assert not is_check_key(staging_key("checks", "a" * 32))


@pytest.mark.parametrize(("kind", "endings"), EXTENSIONS.items())
def test_a_name_says_its_type_as_a_deposit_wants_it(kind: str, endings: frozenset[str]) -> None:
    for ending in endings:
        assert media_type_of(f"a.{ending.upper()}") == kind


@pytest.mark.parametrize("name", ["a", "a.exe", "", "pdf"])
def test_a_name_that_says_none_has_a_type_that_nothing_is(name: str) -> None:
    assert media_type_of(name) not in EXTENSIONS
