"""`/v1/filings`: an institution's system reads what people filed with it, and attends to it, as its officers do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.bootstrap.filing import attend_tools, filing_store
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing, take_filing
from chalicelib.store.codec import to_data
from chalicelib.store.filing.filing_month_store import position_in_month
from chalicelib.store.tables import EventItem, FilingItem
from tests.composition_world import a_member
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    NOW,
    World,
    _der,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.filer_world import publish
from tests.filing_world import a_filing, file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_office, put_office

OTHER, OTHER_KEY = "otra", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
MONTH = "/v1/filings?month=2026-03"
REASON = "Corresponde a la sede del sur"


@pytest.fixture
def filed(world: World) -> Filing:
    """Return a filing a minute and more after it was made."""
    seed_filing(world.container)
    made = file_it(world.container)
    world.clock.advance(minutes=2)
    return made


def deed(world: World, filing: Filing, name: str, **said: Any) -> HTTPResponse:
    body = json.dumps(said).encode()
    return world.send(world.signed("POST", f"/v1/filings/{filing.filing_id}/{name}", body))


def kept(world: World, filing: Filing) -> Filing:
    found = filing_store(world.container).find(filing.filing_id)
    assert found is not None
    return found


def events(kind: str) -> list[EventItem]:
    return [event for event in EventItem.scan() if event.type == kind]


def refused(answer: HTTPResponse, status: int, code: str, field: str | None = None) -> str:
    told = answer.json_body
    assert (answer.status_code, told["code"], told.get("field")) == (status, code, field), told
    return str(told["detail"])


def officer() -> ByOfficerAct:
    member = a_member(1, permissions=(Permission.ATTEND, Permission.DEPOSIT))
    return ByOfficerAct(member, Act.ATTEND, "192.0.2.9")


def another_institution(world: World) -> dict[str, Any]:
    """Have a second institution; return how it signs."""
    put_institution(world.container, an_institution(institution_id=OTHER, name="Otra Entidad"))
    put_key(world.container, a_signing_key(institution_id=OTHER, public_key=_der(OTHER_KEY)))
    return {"keyid": f"{OTHER}:{KEY_ID}", "private_key": OTHER_KEY}


def test_one_filing_is_told_with_all_its_facts_and_clocks(world: World, filed: Filing) -> None:
    answer = world.get(f"/v1/filings/{filed.filing_id}")

    told = answer.json_body
    assert answer.status_code == 200
    assert (told["number"], told["state"], told["subject"]) == (filed.number, "filed", filed.subject)
    assert (told["procedure"]["id"], told["procedure"]["version"]) == ("P2345678", 3)
    assert told["sender"]["document_number"] == "40000002"
    assert told["represented"] is None
    assert told["office"] == {"id": OFFICE_ID, "name": "Oficina Desconcentrada Norte"}
    assert told["received_at"] == "2026-03-09T20:15:30Z"
    assert (told["legal_date"], told["term_starts"]) == ("2026-03-09", "2026-03-10")
    assert told["attended_from"] == "2026-03-10T13:00:00Z"
    assert [one["sha256"] for one in told["documents"]] == [one.sha256 for one in filed.documents]
    assert told["receipt"]["sha256"] == filed.receipt_sha256
    assert told["clocks"]["observable_until"] == told["observable_until"] == "2026-03-12T04:59:59Z"
    assert told["clocks"]["correctable_until"] is None
    assert told["attended_by"] is told["observation"] is told["correction"] is told["answer"] is None


def test_the_term_of_its_procedure_is_a_clock(world: World, filed: Filing) -> None:
    publish(world.container, procedure_id="P2345678", version=1)
    frozen = replace(filed.procedure, version=1)
    box = world.container
    made = replace(filed, version=2, procedure=frozen)
    event = Event(f"filing#{filed.filing_id}", EventType.FILING_TAKEN, NOW, "e-1", "staff:s1")
    assert filing_store(box).change(made, event)

    assert world.get(f"/v1/filings/{filed.filing_id}").json_body["clocks"]["answer_until"] == "2026-03-12T04:59:59Z"


def test_its_documents_and_receipts_are_given_by_links_that_end(world: World, filed: Filing) -> None:
    told = world.get(f"/v1/filings/{filed.filing_id}").json_body
    links = [*(one["link"] for one in told["documents"]), told["links"]["receipt"]]
    got = []
    for link in links:
        answer = world.get(link.removeprefix(world.container.config.api_base_url))
        assert answer.status_code == 303
        location = str(answer.headers["Location"])
        assert "Expires" in location
        assert location.split("?", maxsplit=1)[0].rpartition("/")[2] not in {"", "cargo"}
        got.append(location)
    keys = [*(one.object_key for one in filed.documents), filed.receipt_key]
    assert all(key in location for key, location in zip(keys, got, strict=True))
    for name in ("document-3", "document-0", "document-01", "correction-receipt", "cargo", "x", "document-" + "9" * 40):
        refused(world.get(f"/v1/filings/{filed.filing_id}/{name}"), 404, "file_not_found")


def test_a_month_lists_the_institutions_own_and_no_draft(world: World, filed: Filing) -> None:
    page = world.get(MONTH).json_body
    assert page["next_cursor"] is None
    [told] = page["filings"]
    assert told == {
        name: value for name, value in world.get(f"/v1/filings/{filed.filing_id}").json_body.items() if name != "clocks"
    }
    assert world.get("/v1/filings?month=2026-02").json_body == {"filings": [], "next_cursor": None}


def test_the_last_minute_is_not_listed_yet(world: World) -> None:
    seed_filing(world.container)
    file_it(world.container)
    world.clock.advance(seconds=59)
    assert world.get(MONTH).json_body["filings"] == []
    world.clock.advance(seconds=2)
    assert len(world.get(MONTH).json_body["filings"]) == 1


def test_a_page_is_walked_by_its_cursor_in_the_order_of_arrival(world: World) -> None:
    at = [NOW + timedelta(seconds=second) for second in (0, 0, 1, 2, 5)]
    made = [_stored(world, number, instant) for number, instant in enumerate(at)]
    world.clock.advance(hours=1)
    for limit in (1, 2, 5, 100):
        found: list[str] = []
        address = f"/v1/filings?limit={limit}&month=2026-03"
        while True:
            page = world.get(address).json_body
            found += [one["filing_id"] for one in page["filings"]]
            if page["next_cursor"] is None:
                break
            assert len(page["filings"]) == limit
            address = f"/v1/filings?cursor={page['next_cursor']}&limit={limit}&month=2026-03"
        assert found == [one.filing_id for one in made]


def test_a_month_is_the_countrys(world: World) -> None:
    """31 March at 20:00 in Lima is April in UTC, and so is 1 April; each is in its own month once."""
    borders = [datetime(2026, 4, 1, 5, tzinfo=UTC) + timedelta(seconds=s) for s in (-90_000, -18_000, -1, 0, 90_000)]
    made = [_stored(world, number, instant) for number, instant in enumerate(borders)]
    world.clock.advance(days=60)
    for limit in (1, 2, 100):
        for month, own in (("2026-03", made[:3]), ("2026-04", made[3:]), ("2026-05", [])):
            assert _walked(world, month, limit) == [one.filing_id for one in own]


def _walked(world: World, month: str, limit: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = world.get(f"/v1/filings?{cursor}limit={limit}&month={month}").json_body
        found += [one["filing_id"] for one in page["filings"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"cursor={page['next_cursor']}&"


def _stored(world: World, number: int, at: datetime) -> Filing:
    made = a_filing(
        filing_id=code_from_number(31 * (number + 1)),
        number=f"2026-{number + 1:06d}",
        dates=replace(a_filing().dates, received_at=at),
    )
    filing_store(world.container)
    month = f"{INSTITUTION_ID}#{at:%Y-%m}"
    FilingItem(
        made.filing_id, version=1, data=to_data(made), mailbox_id=made.mailbox_id, filed_key=position_in_month(made),
        inbox=f"{INSTITUTION_ID}#{OFFICE_ID}#filed", month=month,
    ).save()  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("month=2026-13", "month_invalid", "month"),
        ("month=2026-3", "month_invalid", "month"),
        ("limit=5", "month_invalid", "month"),
        ("limit=0&month=2026-03", "limit_invalid", "limit"),
        ("limit=101&month=2026-03", "limit_invalid", "limit"),
        ("limit=x&month=2026-03", "limit_invalid", "limit"),
        ("cursor=x&month=2026-03", "cursor_invalid", "cursor"),
        ("month=2026-03&office=norte", "query_unknown", "office"),
    ],
)
def test_a_wrong_query_is_told(world: World, query: str, code: str, field: str) -> None:
    refused(world.get(f"/v1/filings?{query}"), 422, code, field)


def test_another_institutions_filing_is_not_there(world: World, filed: Filing) -> None:
    signing = another_institution(world)
    put_office(world.container, an_office(institution_id=OTHER))
    own = f"/v1/filings/{filed.filing_id}"
    for path in (own, f"{own}/document-1", f"{own}/receipt"):
        refused(world.get(path, **signing), 404, "filing_not_found")
    for name, said in DEEDS.items():
        body = json.dumps(said).encode()
        refused(world.send(world.signed("POST", f"{own}/{name}", body, **signing)), 404, "filing_not_found")
    assert world.get(MONTH, **signing).json_body["filings"] == []
    assert kept(world, filed) == filed


DEEDS: dict[str, dict[str, str]] = {
    "evaluation": {},
    "derivation": {"office": OFFICE_ID, "reason": REASON},
    "observation": {"observation": "Falta el plano"},
}


@pytest.mark.parametrize("filing_id", ["2345-6789-2345", "x", "draft", "count%23entidad-demo%232026", "c" * 32])
def test_what_is_no_filing_is_not_there(world: World, filed: Filing, filing_id: str) -> None:
    """Also a draft's id, which is no filing's."""
    assert filed.draft_id == "c" * 32
    refused(world.get(f"/v1/filings/{filing_id}"), 404, "filing_not_found")
    refused(world.send(world.signed("POST", f"/v1/filings/{filing_id}/evaluation", b"{}")), 404, "filing_not_found")


def test_the_system_takes_it_once_and_is_named_so(world: World, filed: Filing) -> None:
    answer = deed(world, filed, "evaluation")
    assert answer.status_code == 200, answer.json_body
    assert answer.json_body["state"] == "in_evaluation"
    assert answer.json_body["attended_by"] == {
        "kind": "system",
        "name": "el sistema de la entidad",
        "since": "2026-03-09T20:17:30Z",
    }
    again = deed(world, filed, "evaluation")
    assert again.json_body == answer.json_body
    [event] = events("filing.taken")
    assert event.actor == f"institution:{INSTITUTION_ID}:{KEY_ID}"
    assert kept(world, filed).version == filed.version + 1


def test_what_an_officer_attends_to_is_told_with_whom(world: World, filed: Filing) -> None:
    by = officer()
    take_filing(filed.filing_id, by, tools=attend_tools(world.container))
    for name, said in DEEDS.items():
        put_office(world.container, an_office(office_id="sur", name="Oficina Sur"))
        body = {**said, **({"office": "sur"} if name == "derivation" else {})}
        assert by.member.name in refused(deed(world, filed, name, **body), 409, "filing_taken")
    told = world.get(f"/v1/filings/{filed.filing_id}").json_body
    assert (told["attended_by"]["kind"], told["attended_by"]["name"]) == ("staff", by.member.name)


def test_an_officer_is_told_that_the_system_attends_to_it(world: World, filed: Filing) -> None:
    deed(world, filed, "evaluation")
    with pytest.raises(Conflict) as refusal:
        take_filing(filed.filing_id, officer(), tools=attend_tools(world.container))
    assert "el sistema de la entidad" in refusal.value.detail


def test_it_is_derived_once_and_asked_again_it_is_the_same(world: World, filed: Filing) -> None:
    put_office(world.container, an_office(office_id="sur", name="Oficina Sur"))
    said = {"office": "sur", "reason": REASON}
    first, again = deed(world, filed, "derivation", **said), deed(world, filed, "derivation", **said)
    assert first.status_code == 200, first.json_body
    assert first.json_body == again.json_body
    assert first.json_body["office"] == {"id": "sur", "name": "Oficina Sur"}
    assert first.json_body["moves"][-1]["reason"] == REASON
    assert len(events("filing.derived")) == 1
    refused(deed(world, filed, "derivation", office="sur", reason="Otra"), 409, "filing_there_already", "office")
    refused(deed(world, filed, "derivation", office="nada", reason=REASON), 422, "office_unknown", "office")
    refused(deed(world, filed, "derivation", office=OFFICE_ID, reason=" "), 422, "reason_missing", "reason")
    refused(deed(world, filed, "derivation", office=OFFICE_ID, reason="x" * 301), 422, "reason_too_long", "reason")


def test_it_is_observed_once_and_in_time_alone(world: World, filed: Filing) -> None:
    first = deed(world, filed, "observation", observation="Falta el plano\nFirme la solicitud")
    assert first.status_code == 200, first.json_body
    assert first.json_body["state"] == "observed"
    assert first.json_body["observation"]["text"] == "Falta el plano\nFirme la solicitud"
    assert first.json_body["clocks"]["correctable_until"] == first.json_body["observation"]["until"]
    assert (
        deed(world, filed, "observation", observation="Falta el plano\nFirme la solicitud").json_body == first.json_body
    )
    detail = refused(deed(world, filed, "observation", observation="Falta la firma"), 409, "filing_observed_already")
    assert "el sistema de la entidad" in detail
    assert len(events("filing.observed")) == 1


def test_a_late_observation_is_impossible(world: World, filed: Filing) -> None:
    world.clock.now = filed.observable_until + timedelta(seconds=1)
    refused(deed(world, filed, "observation", observation="Falta el plano"), 409, "observation_too_late")
    world.clock.now = filed.observable_until
    assert deed(world, filed, "observation", observation="Falta el plano").status_code == 200


def test_what_an_officer_observed_first_is_told(world: World, filed: Filing) -> None:
    by = officer()
    observe_filing(filed.filing_id, "Falta el plano", by, tools=attend_tools(world.container))
    detail = refused(deed(world, filed, "observation", observation="Falta el plano"), 409, "filing_observed_already")
    assert by.member.name in detail


def test_what_lapsed_is_told_as_not_filed_by_the_clock_alone(world: World, filed: Filing) -> None:
    told = deed(world, filed, "observation", observation="Falta el plano").json_body
    world.clock.now = datetime.fromisoformat(told["observation"]["until"]) + timedelta(seconds=1)
    assert world.get(f"/v1/filings/{filed.filing_id}").json_body["state"] == FilingState.NOT_FILED.value
    refused(deed(world, filed, "evaluation"), 409, "filing_ended")


def test_a_deposited_notice_is_linked_as_the_answer(world: World, filed: Filing) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    first = deed(world, filed, "answer", notice_id=notice_id)
    assert first.status_code == 200, first.json_body
    assert (first.json_body["state"], first.json_body["answer"]["notice_id"]) == ("answered", notice_id)
    assert deed(world, filed, "answer", notice_id=notice_id.lower()).json_body == first.json_body
    other = world.deposit(key="clave-2").json_body["notice_id"]
    assert notice_id in refused(deed(world, filed, "answer", notice_id=other), 409, "filing_answered_already")
    assert len(events("filing.answered")) == 1


@pytest.mark.parametrize("notice_id", ["2345-6789-2345", "x"])
def test_a_notice_that_is_not_there_answers_nothing(world: World, filed: Filing, notice_id: str) -> None:
    refused(deed(world, filed, "answer", notice_id=notice_id), 422, "notice_unknown", "notice_id")
    assert kept(world, filed) == filed


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        ("rejection", b"{}", (404, "deed_unknown")),
        ("document-1", b"{}", (404, "deed_unknown")),
        ("evaluation", b"[]", (422, "body_not_json")),
        ("evaluation", b"\xff", (422, "body_not_utf8")),
        ("evaluation", b'{"a": 1}', (422, "field_unknown")),
        ("observation", b"{}", (422, "field_missing")),
        ("observation", b'{"observation": 7}', (422, "field_type")),
        ("observation", b'{"observation": " \\u0000 "}', (422, "observation_missing")),
        ("observation", b'{"observation": "\\ud800"}', (422, "field_control_characters")),
        ("observation", json.dumps({"observation": "x" * 2001}).encode(), (422, "observation_too_long")),
        ("derivation", b'{"office": "", "reason": "x"}', (422, "field_empty")),
        ("answer", json.dumps({"notice_id": "x" * 101}).encode(), (422, "field_too_long")),
    ],
)
def test_a_wrong_deed_is_told_and_does_nothing(
    world: World, filed: Filing, name: str, body: bytes, refusal: tuple[int, str]
) -> None:
    answer = world.send(world.signed("POST", f"/v1/filings/{filed.filing_id}/{name}", body))
    assert (answer.status_code, answer.json_body["code"]) == refusal, answer.json_body
    assert kept(world, filed) == filed


def test_a_body_that_is_too_large_is_refused(world: World, filed: Filing) -> None:
    body = json.dumps({"observation": "x" * 70_000}).encode()
    answer = world.send(world.signed("POST", f"/v1/filings/{filed.filing_id}/observation", body))
    assert (answer.status_code, answer.json_body["code"]) == (413, "request_too_large")


def test_all_that_is_wrong_is_told_at_once(world: World, filed: Filing) -> None:
    answer = deed(world, filed, "derivation", office=7, reason=8, x=1)
    assert {one["field"] for one in answer.json_body["errors"]} == {"office", "reason", "x"}


def test_every_door_asks_for_a_signature_that_was_not_used(world: World, filed: Filing) -> None:
    own = f"/v1/filings/{filed.filing_id}"
    for method, path, body in (
        ("GET", MONTH, b""),
        ("GET", own, b""),
        ("GET", f"{own}/document-1", b""),
        ("POST", f"{own}/evaluation", b"{}"),
    ):
        unsigned = world.client.http.request(method, path, headers={"content-type": "application/json"}, body=body)
        assert unsigned.status_code == 401, path
        assert world.send(world.signed(method, path, body, nonce=f"{method}-{len(path)}-nonce-once")).status_code < 400
        other = world.signed(method, path, body, nonce=f"{method}-{len(path)}-nonce-once")
        world.clock.advance(seconds=1)
        reused = world.signed(method, path, body, nonce=f"{method}-{len(path)}-nonce-once")
        assert other.headers != reused.headers
        refused(world.send(reused), 401, "nonce_reused")
    spoiled = world.signed("POST", f"{own}/observation", b'{"observation": "Falta el plano"}')
    spoiled.body = b'{"observation": "Falta la firma"}'
    assert world.send(spoiled).status_code == 401
    assert kept(world, filed).observation is None


def test_an_inactive_institution_reads_and_attends(world: World, filed: Filing) -> None:
    """It goes on receiving, and what it received has its terms."""
    put_institution(world.container, an_institution(state=InstitutionState.INACTIVE))
    assert len(world.get(MONTH).json_body["filings"]) == 1
    assert deed(world, filed, "evaluation").status_code == 200


def test_no_line_of_the_log_names_anybody(world: World, filed: Filing, lines: Any) -> None:
    world.get(MONTH)
    world.get(f"/v1/filings/{filed.filing_id}/document-1")
    deed(world, filed, "observation", observation="Falta el plano")
    deed(world, filed, "observation", observation="Falta la firma")
    written = json.dumps([str(line) for line in lines], ensure_ascii=False)
    assert "/v1/filings" in written
    for secret in ("40000002", "QUISPE", "Usuaria", "Falta", "solicitud.pdf", filed.subject):
        assert secret not in written
