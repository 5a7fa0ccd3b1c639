"""Filings after a restore: each damage is found, no number is given twice, what was lost is found and brought back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import (
    attend_tools,
    draft_tools,
    file_tools,
    filing_draft_store,
    filing_store,
    tell_tools,
)
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilePart, with_file
from chalicelib.domain.institution.permission import Act
from chalicelib.services.filing.attend_filing import ByOfficerAct, answer_filing, observe_filing, take_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.filing_drafts import begin_to_correct, change_draft
from chalicelib.services.filing.tell_ends import tell_ends
from infra.restore.bring_back import bring_back
from infra.restore.filing_damage import FILING_CHECKS
from infra.restore.leaps import FAR, leap
from infra.restore.places import CannotRestore, Places, restored_names, under_new_names, with_restored_tables
from infra.restore.restore_tables import restore_tables
from tests.cloud import Engine
from tests.composition_world import a_member
from tests.deposit_world import INSTITUTION_ID, NOW, World
from tests.filing_world import ANNEX_ID, a_draft, a_session, an_attached, file_it, seed_filing
from tests.kept_container import kept_container
from tests.restore_world import RestoreWorld, Snapshot, add_accounts

Plant = Callable[[RestoreWorld], object]
PREFIX = "casilla-r1"
SECOND, THIRD = "d" * 32, "e" * 32
YEAR = "2026"


@cache
def kept() -> list[Snapshot]:
    """Return where the world is kept once it was made."""
    return []


@pytest.fixture
def world(aws: dict[str, str], moto_engine: Engine, tmp_path: Path) -> Iterator[RestoreWorld]:
    """Yield a notice, a filing that was observed, corrected and answered by it, and one that was only filed."""
    container, clock = kept_container(aws)
    with using(container):
        inner = World(container, Client(app), clock)
        made = RestoreWorld(inner, moto_engine, aws, tmp_path)
        if kept():
            made.put_back(kept()[0])
        else:
            inner.seed()
            seed_filing(container)
            add_accounts(inner)
            first = file_it(container)
            clock.advance(minutes=5)
            by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
            told = observe_filing(first.filing_id, "Falta el plano", by, tools=attend_tools(container))
            begun = begin_to_correct(a_session(), told, tools=draft_tools(container))
            add = lambda it: with_file(it, FilePart.ANNEX, an_attached(ANNEX_ID), clock.now)  # noqa: E731
            store = filing_draft_store(container)
            change_draft(begun.draft_id, a_session(), add, seen_version=1, store=store)
            correct_filing(begun.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(container))
            notice_id = inner.deposit().json_body["notice_id"]
            answer_filing(first.filing_id, notice_id, by, tools=attend_tools(container))
            store.add(a_draft(SECOND))
            file_it(container, draft_id=SECOND)
            store.add(a_draft(THIRD))
            kept().append(made.snapshot())
        clock.now = NOW + timedelta(minutes=10)
        yield made
        for name in restored_names(PREFIX).values():
            if name in made.dynamodb.list_tables()["TableNames"]:
                made.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
                made.dynamodb.delete_table(TableName=name)


def filings(world: RestoreWorld) -> list[dict[str, Any]]:
    """Return the items of filings, the answered one first."""
    found = [item for item in world.items("filings") if "data" in item]
    return sorted(found, key=lambda item: str(json.loads(item["data"]["S"])["number"]))


def id_of(world: RestoreWorld, place: int = 0) -> str:
    return str(filings(world)[place]["filing_id"]["S"])


def is_key(start: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: str(item["filing_id"]["S"]).startswith(start)


def alter(world: RestoreWorld, place: int, **data: Any) -> None:
    item = filings(world)[place]
    world.put("filings", {**item, "data": {"S": json.dumps({**json.loads(item["data"]["S"]), **data})}})


def say(world: RestoreWorld, filing_id: str, kind: EventType, **data: str) -> None:
    event_store(world.world.container).add(
        Event(f"filing#{filing_id}", kind, NOW, f"e-{kind}-{filing_id}", "user:u1", data=data)
    )


def unsay(world: RestoreWorld, kind: EventType) -> None:
    gone = next(item for item in world.items("events") if item["type"]["S"] == kind.value)
    world.drop("events", lambda item: bool(item == gone))


def reopen(world: RestoreWorld) -> None:
    item = next(one for one in world.items("compositions") if one["composition_id"]["S"] == f"filing#{SECOND}")
    data = {**json.loads(item["data"]["S"]), "state": "open", "filing_id": None}
    world.put("compositions", {**item, "state": {"S": "open"}, "data": {"S": json.dumps(data)}})


def lose(world: RestoreWorld) -> None:
    """Take the second filing away, as a table of an earlier instant has it."""
    gone = id_of(world, 1)
    world.drop("filings", lambda item: bool(item["filing_id"]["S"] == gone))


def lead_nowhere(world: RestoreWorld) -> None:
    world.put("filings", {"filing_id": {"S": "code#2222-3333-4444"}, "leads_to": {"S": "GONE"}})


def count(world: RestoreWorld, last: int) -> None:
    world.put("filings", {"filing_id": {"S": f"count#{INSTITUTION_ID}#{YEAR}"}, "last": {"N": str(last)}})


def link(world: RestoreWorld) -> None:
    told = {"SS": [f"{id_of(world, 1)}#1-40000002"]}
    world.put("filings", {"filing_id": {"S": "answer#2222-3333-4444"}, "answers": told})


def same_number(world: RestoreWorld) -> None:
    alter(world, 1, number=json.loads(filings(world)[0]["data"]["S"])["number"])


OF_ONE_LOST = {"lead_without_filing", "draft_without_filing", "alerts_without_filing", "event_without_filing"}
PLANTED: dict[str, tuple[Plant, set[str]]] = {
    "filing_without_lead": (lambda w: w.drop("filings", is_key("number#")), set()),
    "lead_without_filing": (lead_nowhere, set()),
    "filing_number_twice": (same_number, {"filing_without_lead", "filing_number_gap"}),
    "filing_count_behind": (lambda w: count(w, 1), set()),
    "filing_number_gap": (lambda w: count(w, 3), set()),
    "filing_with_open_draft": (reopen, set()),
    "draft_filed_twice": (
        lambda w: alter(w, 1, draft_id=json.loads(filings(w)[0]["data"]["S"])["draft_id"]),
        set(),
    ),
    "draft_without_filing": (lose, OF_ONE_LOST | {"filing_number_gap"}),
    "filing_without_alerts": (lambda w: w.drop("alerts", lambda i: id_of(w, 1) in i["notice_id"]["S"]), set()),
    "alerts_without_filing": (lose, OF_ONE_LOST | {"filing_number_gap"}),
    "filing_without_event": (lambda w: unsay(w, EventType.FILING_FILED), set()),
    "event_without_filing": (lambda w: say(w, "GONE", EventType.FILING_FILED, receipt_sha256="0"), set()),
    "correction_without_event": (lambda w: unsay(w, EventType.FILING_CORRECTED), set()),
    "event_without_correction": (
        lambda w: say(w, id_of(w, 1), EventType.FILING_CORRECTED, receipt_sha256="0"),
        set(),
    ),
    "answer_without_event": (lambda w: unsay(w, EventType.FILING_ANSWERED), set()),
    "event_without_answer": (lambda w: say(w, id_of(w, 1), EventType.FILING_ANSWERED, notice_id="GONE"), set()),
    "answer_without_notice": (
        lambda w: w.drop("notices"),
        {"record_without_notice", "alerts_without_notice", "event_without_notice"},
    ),
    "answer_without_link": (lambda w: w.drop("filings", is_key("answer#")), set()),
    "link_without_answer": (link, set()),
    "filing_without_mailbox": (
        lambda w: w.drop("mailboxes"),
        {"notice_without_mailbox", "account_without_mailbox"},
    ),
    "filing_without_institution": (
        lambda w: w.drop("institutions", lambda i: i["item"]["S"] == "profile"),
        {"notice_without_institution"},
    ),
    "filing_receipt_differs": (
        lambda w: alter(w, 1, receipt_sha256="0" * 64),
        {"filing_without_lead", "object_wrong_hash"},
    ),
}
"""How each kind comes about, and what else it leaves."""
LOST = {"filing_committed", "filing_unknown"}
"""Those that have a test of their own below."""


def test_every_kind_is_planted() -> None:
    assert PLANTED.keys() | LOST == {check.kind for check in FILING_CHECKS}


def test_where_nothing_is_damaged_nothing_is_found(world: RestoreWorld) -> None:
    checked = world.check()

    assert checked.is_clean, checked.text


@pytest.mark.parametrize("kind", PLANTED)
def test_each_damage_is_found_and_only_it(world: RestoreWorld, kind: str) -> None:
    plant, others = PLANTED[kind]
    plant(world)

    checked = world.check()

    found = {one.kind for one in checked.findings} - {"tables_apart"}
    assert found == {kind} | others, checked.text


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_or_a_receipt_that_is_gone_or_changed_is_found(world: RestoreWorld, place: int) -> None:
    data = json.loads(filings(world)[0]["data"]["S"])
    key = data["documents"][place]["object_key"]
    world.s3.delete_object(Bucket=world.places.documents, Key=key)
    receipts = world.s3.list_objects_v2(Bucket=world.places.documents, Prefix="filings/")["Contents"]
    world.s3.put_object(Bucket=world.places.documents, Key=receipts[place]["Key"], Body=b"other")

    found = {(one.kind, one.thing) for one in world.check().findings}

    assert found == {("object_missing", key), ("object_wrong_hash", receipts[place]["Key"])}


def restore(world: RestoreWorld) -> Places:
    target = under_new_names(world.places, PREFIX)
    now = world.world.clock()
    restore_tables(
        world.places,
        target,
        to=now,
        dynamodb=world.dynamodb,
        now=now,
        pause=lambda _: None,
        say=lambda _: None,
    )
    return target


class TestLost:
    def test_no_number_is_given_twice_whatever_the_old_tables_gave_meanwhile(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        target = restore(world)
        meanwhile = file_it(world.world.container, draft_id=THIRD)
        after = self.filed_there(aws, world)

        assert (meanwhile.number, after.number) == (f"{YEAR}-000003", f"{YEAR}-{FAR + 3:06d}")
        text = world.check(target, before=world.places).text
        assert f"{INSTITUTION_ID} {YEAR}: de 3 a {FAR + 2}" in text
        assert "filing_number_gap" not in text

    def test_a_restore_that_goes_on_leaps_once(self, world: RestoreWorld) -> None:
        target = restore(world)

        assert leap(target, to=NOW, now=NOW, dynamodb=world.dynamodb) == 0
        own = f"count#{INSTITUTION_ID}#{YEAR}"
        [count] = [item for item in world.items("filings", target) if item["filing_id"]["S"] == own]
        assert count["last"]["N"] == str(FAR + 2)

    def test_an_institution_that_nobody_filed_with_leaps_too(self, world: RestoreWorld) -> None:
        world.drop("filings", is_key("count#"))
        target = restore(world)

        [count] = [item for item in world.items("filings", target) if is_key("count#")(item)]
        assert count["last"]["N"] == str(FAR)

    def test_an_answer_that_was_lost_comes_back_with_the_filing_that_it_answers(self, world: RestoreWorld) -> None:
        target = restore(world)
        notice_id, filing_id = (
            world.world.deposit(key="clave-3", nonce="nonce-de-otra-vez-0001").json_body["notice_id"],
            id_of(world, 1),
        )
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        answer_filing(filing_id, notice_id, by, tools=attend_tools(world.world.container))
        told: list[str] = []

        bring_back([notice_id], source=world.places, target=target, dynamodb=world.dynamodb, say=told.append)

        assert told == [f"{notice_id}: traída", f"{filing_id}: traída, que {notice_id} responde"]
        assert world.check(target, before=world.places).is_clean

    def test_a_correction_that_was_lost_is_found_by_its_receipt(self, world: RestoreWorld) -> None:
        container, clock = world.world.container, world.world.clock
        target = restore(world)
        clock.advance(minutes=1)
        by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
        told = observe_filing(id_of(world, 1), "Falta la firma", by, tools=attend_tools(container))
        begun = begin_to_correct(a_session(), told, tools=draft_tools(container))
        add = lambda it: with_file(it, FilePart.ANNEX, an_attached(ANNEX_ID), clock.now)  # noqa: E731
        change_draft(begun.draft_id, a_session(), add, seen_version=1, store=filing_draft_store(container))
        correct_filing(begun.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(container))

        [found] = world.check(target, before=world.places).findings
        assert (found.kind, found.thing) == ("filing_committed", told.filing_id)
        bring_back([found.thing], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)

        checked = world.check(target, before=world.places)
        assert checked.is_clean, checked.text

    def test_what_was_lost_comes_back_though_its_end_was_told_meanwhile(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        container, by, filing_id = world.world.container, ByOfficerAct(a_member(), Act.DEPOSIT, ""), id_of(world, 1)
        told = observe_filing(filing_id, "Falta la firma", by, tools=attend_tools(container))
        begun = begin_to_correct(a_session(), told, tools=draft_tools(container))
        add = lambda it: with_file(it, FilePart.ANNEX, an_attached(ANNEX_ID), NOW)  # noqa: E731
        change_draft(begun.draft_id, a_session(), add, seen_version=1, store=filing_draft_store(container))
        target = restore(world)
        correct_filing(begun.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(container))
        with self.over(aws, at=NOW + timedelta(days=7)) as restored:
            told_ends, _ = tell_ends(tell_tools(restored), until=NOW + timedelta(days=9))
            bring_back([filing_id], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)
            found = filing_store(restored).find(filing_id)

        assert found is not None
        assert found.correction is not None
        assert (told_ends["filings_lapsed"], found.version) == (1, 4)  # after the version that says so
        assert world.check(target, before=world.places).is_clean

    def test_an_answer_comes_back_with_its_notice_though_an_officer_took_the_filing_meanwhile(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        by, filing_id = ByOfficerAct(a_member(), Act.DEPOSIT, ""), id_of(world, 1)
        target = restore(world)
        notice_id = world.world.deposit(key="clave-3", nonce="nonce-de-otra-vez-0001").json_body["notice_id"]
        answer_filing(filing_id, notice_id, by, tools=attend_tools(world.world.container))
        with self.over(aws) as restored:
            take_filing(filing_id, by, tools=attend_tools(restored))
            bring_back([notice_id], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)
            found = filing_store(restored).find(filing_id)

        assert found is not None
        assert found.answer is not None
        assert found.answer.notice_id == notice_id

    def test_what_happened_otherwise_over_the_restored_tables_is_told(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        by, filing_id = ByOfficerAct(a_member(), Act.DEPOSIT, ""), id_of(world, 1)
        target = restore(world)
        observe_filing(filing_id, "Falta la firma", by, tools=attend_tools(world.world.container))
        with self.over(aws) as restored:
            observe_filing(filing_id, "Falta el sello", by, tools=attend_tools(restored))
            with pytest.raises(CannotRestore, match="se contradice"):
                bring_back([filing_id], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)
            found = filing_store(restored).find(filing_id)

        assert found is not None
        assert found.observation is not None
        assert found.observation.text == "Falta el sello"

    def test_who_filed_again_since_the_draft_was_open_again_is_found(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        target = restore(world)
        lost = file_it(world.world.container, draft_id=THIRD)
        with self.over(aws) as restored:
            again = file_it(restored, draft_id=THIRD)
        bring_back([lost.filing_id], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)

        [found] = world.check(target, before=world.places).findings
        assert (found.kind, found.thing) == ("draft_filed_twice", THIRD)
        assert set(found.about.split()) == {lost.filing_id, again.filing_id}

    @contextmanager
    def over(self, aws: dict[str, str], *, at: datetime = NOW + timedelta(minutes=20)) -> Iterator[Container]:
        container, clock = kept_container(with_restored_tables(aws, PREFIX))
        clock.now = at
        with using(container):
            yield container

    def test_what_the_old_tables_have_is_found_by_its_receipt_and_brought_back_whole(
        self, world: RestoreWorld, aws: dict[str, str]
    ) -> None:
        target = restore(world)
        lost = file_it(world.world.container, draft_id=THIRD)

        [found] = world.check(target, before=world.places).findings
        assert (found.kind, found.thing) == ("filing_committed", lost.filing_id)
        told: list[str] = []
        for _ in range(2):
            bring_back([lost.filing_id], source=world.places, target=target, dynamodb=world.dynamodb, say=told.append)

        assert told == [f"{lost.filing_id}: traída", f"{lost.filing_id}: ya estaba"]
        checked = world.check(target, before=world.places)
        assert checked.is_clean, checked.text
        container, _ = kept_container(with_restored_tables(aws, PREFIX))
        with using(container):
            assert filing_store(container).find_by_number(INSTITUTION_ID, lost.number) == lost

    def test_where_the_old_tables_are_gone_the_person_is_to_be_told(self, world: RestoreWorld) -> None:
        target = restore(world)
        lost = file_it(world.world.container, draft_id=THIRD)

        [found] = world.check(target).findings

        assert (found.kind, found.thing) == ("filing_unknown", lost.filing_id)
        assert f"{INSTITUTION_ID} {lost.number}" in found.about

    def test_a_receipt_of_which_nothing_came_is_no_damage(self, world: RestoreWorld) -> None:
        target = restore(world)
        lost = file_it(world.world.container, draft_id=THIRD)
        world.drop("filings", lambda item: bool(item["filing_id"]["S"] == lost.filing_id))

        checked = world.check(target, before=world.places)

        assert checked.is_clean, checked.text
        assert "Intentos de presentación que las tablas de antes tampoco tienen: 1." in checked.text

    def test_a_number_that_somebody_else_has_is_not_brought_back_over(self, world: RestoreWorld) -> None:
        target = restore(world)
        lost = file_it(world.world.container, draft_id=THIRD)
        key = {"filing_id": {"S": f"number#{INSTITUTION_ID}#{lost.number}"}}
        world.put("filings", {**key, "leads_to": {"S": id_of(world)}}, target)

        with pytest.raises(CannotRestore, match="algo de ella ya es de otra"):
            bring_back(
                [lost.filing_id], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None
            )

    @staticmethod
    def filed_there(aws: dict[str, str], world: RestoreWorld) -> Filing:
        """File the same draft over the restored tables, where it is open."""
        container, clock = kept_container(with_restored_tables(aws, PREFIX))
        clock.now = world.world.clock()
        with using(container):
            return file_it(container, draft_id=THIRD)
