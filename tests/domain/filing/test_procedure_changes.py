"""Rules of a catalogue: names are told apart, forms are added once, what is retired says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.catalogue import entry_of
from chalicelib.domain.filing.procedure import FormFile
from chalicelib.domain.filing.procedure_changes import (
    MOST_FORMS,
    MOST_PROCEDURES,
    changed_fields,
    find_form,
    next_version,
    require_own_name,
    require_room,
    retire,
    take_up,
    with_form,
    without_form,
)
from tests.catalogue_world import PROCEDURE, a_procedure
from tests.deposit_world import NOW

FORM = FormFile("f.pdf", "Solicitud", "a" * 64, 900, "procedures/x/a")


def test_a_version_counts_from_the_one_before_and_says_by_whom() -> None:
    after = next_version(PROCEDURE, NOW + timedelta(days=1), "staff:s2")
    assert (after.version, after.changed_by) == (2, "staff:s2")
    assert changed_fields(PROCEDURE, after) == ()
    assert changed_fields(PROCEDURE, replace(after, title="Otra", cost_cents=None)) == ("title", "cost_cents")
    assert "title" in changed_fields(None, PROCEDURE)
    assert "retired_at" not in changed_fields(None, PROCEDURE)


def test_a_retired_procedure_says_since_when_and_why_and_is_retired_once() -> None:
    retired = retire(PROCEDURE, "La ordenanza lo eliminó", NOW)
    assert retired.is_retired
    assert (retired.retired_at, retired.retired_reason) == (NOW, "La ordenanza lo eliminó")
    assert retire(retired, "Otro", NOW + timedelta(days=1)) == retired
    assert take_up(retired) == PROCEDURE
    assert take_up(PROCEDURE) == PROCEDURE


@pytest.mark.parametrize("title", ["licencia de FUNCIONAMIENTO", "Licencia  de funciónamiento"])
def test_no_two_that_are_attended_to_have_one_title(title: str) -> None:
    there = entry_of(PROCEDURE)
    other = a_procedure(procedure_id="X", title=title, code="PA-13")
    with pytest.raises(Conflict, match="procedure_title_taken"):
        require_own_name(other, [there])
    require_own_name(other, [replace(there, retired_at=NOW)])
    require_own_name(PROCEDURE, [there])


def test_no_two_that_are_attended_to_have_one_code_but_none_is_no_code() -> None:
    other = a_procedure(procedure_id="X", title="Otra")
    with pytest.raises(Conflict, match="procedure_code_taken"):
        require_own_name(other, [entry_of(PROCEDURE)])
    require_own_name(replace(other, code=""), [entry_of(a_procedure(code=""))])


def test_a_catalogue_is_full_at_some_hundreds() -> None:
    entries = [entry_of(PROCEDURE)] * MOST_PROCEDURES
    require_room(entries[1:])
    with pytest.raises(Conflict, match="procedures_full"):
        require_room(entries)


def test_a_form_is_added_once_and_taken_out() -> None:
    having = with_form(PROCEDURE, replace(FORM, title="  Solicitud  simple "))
    assert [one.title for one in having.forms] == ["Solicitud simple"]
    assert find_form(having, FORM.sha256).name == "f.pdf"
    with pytest.raises(InvalidInput, match="form_there_already"):
        with_form(having, FORM)
    assert without_form(having, FORM.sha256) == PROCEDURE
    assert without_form(PROCEDURE, FORM.sha256) == PROCEDURE
    with pytest.raises(NotFound, match="form_unknown"):
        find_form(PROCEDURE, FORM.sha256)
    for title in ("", " ", "x" * 121):
        with pytest.raises(InvalidInput, match="form_title_invalid"):
            with_form(PROCEDURE, replace(FORM, title=title))
    full = a_procedure(forms=tuple(replace(FORM, sha256=str(n)) for n in range(MOST_FORMS)))
    with pytest.raises(Conflict, match="forms_full"):
        with_form(full, FORM)
