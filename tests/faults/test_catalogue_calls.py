"""Whatever goes wrong at any call of publishing a procedure, pressed again it ends: each version once, one event."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.filing.catalogue import entry_of
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.services.filing.manage_procedures import (
    ProcedureTools,
    SentForm,
    add_form,
    add_procedure,
    change_procedure,
    retire_procedure,
)
from chalicelib.services.operator_act import OperatorAct
from tests.catalogue_world import PROCEDURE
from tests.deposit_world import INSTITUTION_ID, PDF
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike

_FAULTS = (*DEATHS, *LOST_ANSWERS, *LATE_EFFECTS, *REFUSALS)
_MOST_PRESSED = 4


def tools_of(box: Container) -> ProcedureTools:
    return ProcedureTools(procedure_store(box), OperatorAct("staff:s1", "Prueba", box.clock, box.chance.new_event_id))


def present(box: Container) -> Procedure:
    found = procedure_store(box).find(INSTITUTION_ID, PROCEDURE.procedure_id)
    assert found is not None
    return found


def _add(box: Container) -> None:
    add_procedure(PROCEDURE, tools_of(box))


def _change(box: Container) -> None:
    """Give it another name, which asks for the others', on the version that was shown."""
    change_procedure(present(box), replace(present(box), title="Otra licencia"), 1, tools_of(box))


def _add_form(box: Container) -> None:
    sent = SentForm("solicitud.pdf", PDF, "Solicitud")
    with suppress(InvalidInput):  # that it is there already is said, and is as wanted
        add_form(present(box), sent, 2, files=files(box), tools=tools_of(box))


def _retire(box: Container) -> None:
    retire_procedure(present(box), 3, tools_of(box))


_DEEDS = (_add, _change, _add_form, _retire)


def walk(lab: Lab, box: Container, *, pressed: int) -> list[str]:
    """Do all deeds, each pressed until it is taken; return what never was."""
    left = []
    for deed in _DEEDS:
        for _ in range(pressed):
            lab.clock.advance(seconds=10)
            with suppress(ProcessDied, CasillaError), using(box), lab.wire.running("deed", deed.__name__):
                deed(box)
                break
        else:
            left.append(deed.__name__)
    return left


def wrong_after(lab: Lab, *strikes: Strike) -> list[str]:
    lab.reset()
    box = lab.process("catalogue")
    lab.wire.strikes = list(strikes)
    left = walk(lab, box, pressed=_MOST_PRESSED)
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    with using(box):
        store, now = procedure_store(box), present(box)
        versions = store.list_versions(INSTITUTION_ID, PROCEDURE.procedure_id, limit=9)
        listed = store.list_for_institution(INSTITUTION_ID)
        events = event_store(box).list_for_subject(f"institution#{INSTITUTION_ID}")
    told = sorted(event.data["version"] for event in events if event.type.value.startswith("procedure."))
    wrong = {
        "not struck: the call never came": not has_struck,
        f"never taken {left}": bool(left),
        f"versions {[one.version for one in versions]}": [one.version for one in versions] != [4, 3, 2, 1],
        f"events {told}": told != ["1", "2", "3", "4"],
        "the list is not of the present one": listed != (entry_of(now),),
        "the present one is not the last": now != versions[0] or not now.is_retired or len(now.forms) != 1,
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{met}]" for what, is_so in wrong.items() if is_so]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[], tuple[Call, ...]]:
    @cache
    def found() -> tuple[Call, ...]:
        lab.reset()
        lab.wire.strikes = []
        walk(lab, lab.process("catalogue"), pressed=1)
        return each_call(tuple(lab.wire.attempts))

    return found


def test_without_a_fault_each_deed_is_one_version(lab: Lab) -> None:
    assert wrong_after(lab) == []


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
def test_any_fault_at_any_call_leaves_each_version_once_with_its_event(
    lab: Lab, calls: Callable[[], tuple[Call, ...]], fault: Fault
) -> None:
    struck = [call for call in calls() if can_strike(fault, call)]
    wrong = [one for call in struck for one in wrong_after(lab, Strike(fault, call.label, call.siblings))]
    assert wrong == []
