"""What each state allows is so: an institution that is not active still answers for what it deposited."""

from __future__ import annotations

import pytest

from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution import InstitutionState
from tests.browser_requests import text_of
from tests.deposit_world import an_institution, put_institution
from tests.staff_world import Staff, csrf_of

STOPPED = [InstitutionState.INACTIVE, InstitutionState.CANCELLED]


@pytest.mark.parametrize("state", STOPPED)
def test_a_stopped_institution_reads_what_it_sent_and_deposits_and_consults_nothing(
    staff: Staff, state: InstitutionState
) -> None:
    world = staff.world
    notice_id = world.deposit().json_body["notice_id"]
    put_institution(world.container, an_institution(state=state))
    officer, coordinator = staff.browser(staff.member()), staff.browser(staff.member(StaffRole.COORDINATOR))

    for refused in (world.deposit(key="clave-2"), world.get("/v1/mailboxes/1-40000002")):
        assert (refused.status_code, refused.json_body["code"]) == (403, "institution_inactive")
    fields = {"document_type": "DNI", "document_number": "40000002", "reason": "Antes de notificar"}
    consulted = officer.post("/entidad/consultar", None, csrf=csrf_of(officer.get("/entidad/consultar")), **fields)
    assert "no está activa" in text_of(consulted)

    assert world.get(f"/v1/deposits/{notice_id}").status_code == 200
    assert world.get(f"/v1/deposits/{notice_id}/status").status_code == 200
    for browser, page in (
        *((officer, page) for page in ("/entidad", "/entidad/enviadas", f"/entidad/enviadas/{notice_id}")),
        *((officer, page) for page in ("/entidad/redactar", f"/entidad/enviadas/{notice_id}/suspender")),
        *(
            (coordinator, page)
            for page in ("/entidad/equipo", "/entidad/oficinas", "/entidad/procedimientos", "/entidad/claves")
        ),
        *((coordinator, page) for page in ("/entidad/institucion", "/entidad/convenio")),
    ):
        assert browser.get(page).status_code == 200, page


@pytest.mark.parametrize("state", STOPPED)
def test_nothing_of_a_holder_changes(staff: Staff, state: InstitutionState) -> None:
    world = staff.world
    notice_id = world.deposit().json_body["notice_id"]
    before = world.get(f"/v1/deposits/{notice_id}").json_body
    put_institution(world.container, an_institution(state=state))
    people = staff.people
    people.seed()
    token = people.accept_texts(people.token())
    listed = people.send("GET", "/v1/notices", token=token)
    assert [one["notice_id"] for one in listed.json_body["notices"]] == [notice_id]
    opened = people.send("POST", f"/v1/notices/{notice_id}/opening", {}, token=token)
    assert opened.status_code in {200, 201}
    after = world.get(f"/v1/deposits/{notice_id}").json_body
    assert after == before
