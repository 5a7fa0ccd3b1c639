from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.config import REGISTRATION_LEVELS
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.assurance import (
    OPENING_LEVELS,
    RANKS,
    Assurance,
    Comparison,
    Level,
    Source,
    assess,
    opens_by_itself,
    reviewed,
)
from chalicelib.domain.registration.identity import (
    Outcome,
    PersonClaim,
    PersonRecord,
    Registry,
    RegistryResult,
    Representative,
    asked_fields,
    compare_company,
    compare_person,
    compare_representative,
    with_representative,
)
from tests.domain.registration.test_identity import CLAIM, COMPANY, COMPANY_RECORD, RECORD

FULL = replace(RECORD, birth_date=CLAIM.birth_date, sex=CLAIM.sex, issue_date=CLAIM.issue_date)
LISTED = Representative(document_type=DocumentType.DNI, number=CLAIM.number, name="MUÑECO EJEMPLO JOSE ANGEL")


def person_level(record: PersonRecord) -> Assurance:
    return assess(asked_fields(CLAIM), compare_person(CLAIM, record).compared)


def company_level(record: PersonRecord, *listed: Representative, is_asked: bool = True) -> Assurance:
    found = compare_representative(CLAIM, listed) if is_asked else None
    whole = with_representative(compare_company(COMPANY, COMPANY_RECORD), found, compare_person(CLAIM, record))
    assert whole.outcome is Outcome.MATCHED
    return assess(asked_fields(COMPANY), whole.compared)


def test_names_alone_are_public_and_leave_the_rest_unchecked() -> None:
    found = person_level(RECORD)

    assert (found.level, found.unchecked) == (Level.PUBLIC, ("birth_date", "sex", "issue_date"))


def test_all_that_was_asked_and_the_documents_own_date_among_it_is_the_documents_level() -> None:
    assert (person_level(FULL).level, person_level(FULL).unchecked) == (Level.DOCUMENT, ())


@pytest.mark.parametrize(
    ("untold", "record"),
    [
        ("birth_date", replace(FULL, birth_date=None)),
        ("sex", replace(FULL, sex=None)),
        ("issue_date", replace(FULL, issue_date=None)),
    ],
)
def test_one_field_that_nobody_compared_is_enough_to_open_nothing(untold: str, record: PersonRecord) -> None:
    found = person_level(record)

    assert (found.level, found.unchecked) == (Level.PUBLIC, (untold,))
    assert not any(opens_by_itself(found, bar) for bar in OPENING_LEVELS)


def test_a_company_is_as_sure_as_its_representative_where_sunat_lists_that_person() -> None:
    assert company_level(FULL, LISTED).level is Level.DOCUMENT
    assert company_level(RECORD, LISTED).unchecked == tuple(
        f"representative.{field}" for field in ("birth_date", "sex", "issue_date")
    )


@pytest.mark.parametrize(
    "listed",
    [
        (),
        (replace(LISTED, number="99000002"),),
        (replace(LISTED, document_type=DocumentType.CE),),
        (replace(LISTED, name="OTRO EJEMPLO JOSE ANGEL"),),
        (replace(LISTED, birth_date=date(1980, 3, 15)),),
    ],
)
def test_who_is_not_on_sunats_list_is_not_refused_and_opens_nothing(listed: tuple[Representative, ...]) -> None:
    found = company_level(FULL, *listed)

    assert (found.level, found.unchecked) == (Level.PUBLIC, ("representative",))


def test_where_the_list_cannot_be_asked_no_company_opens_by_itself() -> None:
    assert company_level(FULL, LISTED, is_asked=False).unchecked == ("representative",)


def test_a_companys_public_record_alone_is_public() -> None:
    bare = replace(COMPANY, representative=None, power=None)
    found = assess(asked_fields(bare), compare_company(bare, COMPANY_RECORD).compared)

    assert (found.level, found.unchecked) == (Level.PUBLIC, ("representative",))


def test_a_representative_whom_reniec_denies_is_refused_as_a_person_is() -> None:
    denied = compare_person(CLAIM, replace(FULL, given_names="OTRO"))
    whole = with_representative(
        compare_company(COMPANY, COMPANY_RECORD), compare_representative(CLAIM, [LISTED]), denied
    )

    assert whole == RegistryResult(Registry.RENIEC, Outcome.MISMATCHED)


def test_an_identity_provider_is_above_the_document_and_only_with_nothing_left_unchecked() -> None:
    logged_in = Comparison(Source.IDENTITY_PROVIDER, ("names",))

    assert assess(("names",), (logged_in,)).level is Level.AUTHENTICATED
    assert assess(("names", "issue_date"), (logged_in,)).level is Level.PUBLIC


def test_a_review_is_the_highest_and_covers_what_nobody_compared() -> None:
    found = reviewed(person_level(RECORD))

    assert (found.level, found.unchecked) == (Level.REVIEWED, ())
    assert found.compared[-1] == Comparison(Source.OPERATOR, ("birth_date", "sex", "issue_date"))
    assert reviewed(None).level is Level.REVIEWED


def test_each_level_opens_at_its_own_bar_and_below_and_public_at_none() -> None:
    opened = {(level, bar) for level, bar in itertools.product(RANKS, RANKS) if opens_by_itself(Assurance(level), bar)}

    assert opened == {
        (level, bar) for level in OPENING_LEVELS for bar in RANKS if RANKS.index(level) >= RANKS.index(bar)
    }


@pytest.mark.parametrize("bar", RANKS)
def test_a_registration_of_before_opens_nothing_by_itself(bar: Level) -> None:
    assert not opens_by_itself(None, bar)


def test_the_levels_that_can_be_set_are_those_that_may_open() -> None:
    assert tuple(level.value for level in OPENING_LEVELS) == REGISTRATION_LEVELS


def test_who_was_authenticated_is_compared_with_nothing_and_has_the_registrys_name() -> None:
    at = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
    claim = PersonClaim(
        document_type=DocumentType.DNI, number="99000002", paternal_surname="", given_names="", authenticated_at=at
    )
    record = PersonRecord(
        first_surname="FICTICIO", second_surname="SUPUESTO", given_names="JOSE", birth_date=date(1990, 3, 15)
    )
    result = compare_person(claim, record)
    found = assess(asked_fields(claim), result.compared)

    assert (result.outcome, result.registered_name) == (Outcome.MATCHED, "JOSE FICTICIO SUPUESTO")
    assert (found.level, found.unchecked) == (Level.AUTHENTICATED, ())
    assert [opens_by_itself(found, bar) for bar in OPENING_LEVELS] == [True, True, False]
    assert compare_person(claim, replace(record, is_deceased=True)).outcome is Outcome.DECEASED
    assert compare_person(claim, replace(record, is_restricted=True)).outcome is Outcome.RESTRICTED
    unvouched = replace(claim, authenticated_at=None)
    assert compare_person(unvouched, record).outcome is Outcome.MISMATCHED
