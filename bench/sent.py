"""The console's list of what was sent: hops and calls, CPU over its floor, growth; and what counting asks of a key.

The floor is what no page can leave out: its own calls by one bare client, the newest fifty of what eight shards tell,
put by Jinja2 into the page's own table with the values as they are stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader

from bench.bursts import Burst
from bench.call_ledger import Action, figures_of
from bench.figures import Figure, alternate
from bench.list_floor import bare_client
from bench.world import BenchWorld, bench_world, calls_of, event_of, show
from chalicelib.bootstrap.institution import count_tools, staff_tools
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.activity import Activity, Happened
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_session import StaffSession
from chalicelib.handlers.cookies import STAFF_COOKIE
from chalicelib.services.institution.count_activity import count_activity
from chalicelib.store.institution.staff_item import staff_item
from chalicelib.store.institution.staff_session_store import cookie_of
from chalicelib.store.institution.staff_store import StaffChange
from chalicelib.store.sender.institution_store import PROFILE
from chalicelib.store.sender.office_item import OFFICE
from chalicelib.store.shards import SHARDS
from tests.deposit_world import INSTITUTION_ID, SignedCall

_ROUNDS, _BATCH, _ROWS, _OF_A_SHARD = 11, 15, 50, 16
_FEW, _FULL, _MANY = 10, 100, 100_000
_NUMBER = "40000100"
_AT_ONCE = 30


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield hops and calls, then the ratio over the floor with a full page."""
    member, cookie, session_id = an_officer(world)
    notice_id = world.deposit()
    yield from figures_of(actions(cookie, notice_id))
    world.stub.stand_sent(2 * _FULL, notice_id)
    ours, floor = partial(show, page_event("/entidad/enviadas", cookie)), SentFloor(session_id, member)
    if not ours().count("<tr") == floor.page().count("<tr") == _ROWS + 1:
        raise AssertionError(floor.page())
    taken = alternate(lambda count: [ours] * count, lambda count: [floor.page] * count, rounds=_ROUNDS, batch=_BATCH)
    name = f"sent page of {_ROWS} ÷ its own calls and table"
    yield Figure(name, taken.ratio, "x", 1.4)
    yield Figure(f"{name}: ours CPU", taken.ours * 1e3, "ms")
    yield Figure(f"{name}: floor CPU", taken.floor * 1e3, "ms")


def growth() -> Iterator[Figure]:
    """Yield what a page costs among 100,000 notices of a month over the same among few, over a stub of its own.

    Among 10 there is no full page: calls and partitions are compared with those, units with 100.
    """
    with bench_world() as world:
        yield from _growth(world)


def _growth(world: BenchWorld) -> Iterator[Figure]:
    _, cookie, _ = an_officer(world)
    notice_id = world.deposit()
    page = partial(show, page_event("/entidad/enviadas", cookie))
    few = _spent(page, world, _FEW, notice_id)
    full = _spent(page, world, _FULL - _FEW, notice_id)
    many = _spent(page, world, _MANY - _FULL, notice_id)
    for kind, count, before in (("calls", _FEW, few), ("read", _FULL, full), ("partitions", _FEW, few)):
        word = "read units" if kind == "read" else kind
        yield Figure(f"sent page among 100,000 ÷ among {count}: {word}", many[kind] / before[kind], "x", 1.1)
    yield Figure("sent page: read units", many["read"], "units")
    yield from counted(world).measure(world)
    yield from counted_together(world).measure(world)


def _spent(page: partial[str], world: BenchWorld, count: int, notice_id: str) -> dict[str, float]:
    """Return what a page costs once there are so many more notices, and how many partitions it reads."""
    world.stub.stand_sent(count, notice_id)
    page()
    world.stub.partitions()
    spent = calls_of(page, world)
    lists = [one for one in world.stub.partitions() if one.of.endswith("by_sender_shard")]
    return {**spent, "partitions": len(lists)}


def actions(cookie: str, notice_id: str) -> Iterator[Action]:
    """Yield every action, ready to run, warmed up so that nothing is loaded inside."""
    for action in (sent_page(cookie), sent_notice(cookie, notice_id), unreached(cookie), panel(cookie)):
        action.run()
        yield action


def sent_page(cookie: str) -> Action:
    """List what was sent this month."""
    event = page_event("/entidad/enviadas", cookie)
    return Action("sent page", lambda: show(event), hops=3, calls=11)


def sent_notice(cookie: str, notice_id: str) -> Action:
    """Show one notice with its story."""
    event = page_event(f"/entidad/enviadas/{notice_id}", cookie, "/entidad/enviadas/{notice_id}", notice_id=notice_id)
    return Action("sent notice", lambda: show(event), hops=2, calls=4)


def unreached(cookie: str) -> Action:
    """Show the work list of alerts that failed, while nothing is in it."""
    event = page_event("/entidad/alertas-fallidas", cookie)
    return Action("failed alerts, none", lambda: show(event), hops=2, calls=2)


def panel(cookie: str) -> Action:
    """Show the panel."""
    event = page_event("/entidad", cookie)
    return Action("panel", lambda: show(event), hops=2, calls=9)


def counted(world: BenchWorld, count: int = 200) -> Burst:
    """Deposits of one sender, counted one by one: as if the stream brought each alone."""
    tools = count_tools(world.container)
    notices = [world.deposit() for _ in range(count)]
    things = [Happened(Activity.DEPOSITED, notice_id, world.signer.clock.now) for notice_id in notices]
    works = [partial(count_activity, [thing], tools=tools) for thing in things]
    return Burst("counted alone, of one sender", 1000, works)


def counted_together(world: BenchWorld, count: int = 40) -> Burst:
    """Count them as the stream brings them where there are many: in so many pieces of thirty."""
    tools = count_tools(world.container)
    notices = iter([world.deposit() for _ in range(count * _AT_ONCE)])
    now = world.signer.clock.now
    works = []
    for _ in range(count):
        things = [Happened(Activity.DEPOSITED, next(notices), now) for _ in range(_AT_ONCE)]
        works.append(partial(count_activity, things, tools=tools))
    return Burst(f"counted by {_AT_ONCE}, of one sender", 1000 // _AT_ONCE, works)


def page_event(path: str, cookie: str, resource: str = "", **parameters: str) -> dict[str, Any]:
    """Write a browser's request for a page of the console."""
    headers = {"accept": "text/html", "cookie": f"{STAFF_COOKIE}={cookie}"}
    return event_of(SignedCall("GET", path, headers, b""), resource, parameters)


def an_officer(world: BenchWorld) -> tuple[StaffMember, str, str]:
    """Keep somebody who is inside; return them, their cookie and the public name of their session."""
    tools, now = staff_tools(world.container), world.signer.clock.now
    member = StaffMember(
        "s1",
        INSTITUTION_ID,
        _NUMBER,
        "Persona de Ejemplo",
        "persona@entidad.example",
        StaffRole.OFFICER,
        StaffState.ACTIVE,
        permissions=tuple(Permission),
    )
    secret = tools.new_secret()
    session_id = tools.sessions.session_id(secret)
    names = (session_id, session_id, member.staff_id, member.institution_id, member.document_number)
    session = StaffSession(*names, opened_at=now, seen_at=now, proven_at=now)
    is_there = tools.staff.find(INSTITUTION_ID, _NUMBER) is not None
    event = Event(f"staff#{member.staff_id}", EventType.STAFF_LOGGED_IN, now, tools.new_event_id(), member.actor)
    tools.staff.commit(StaffChange(event=event, member=None if is_there else member, opened=(session, secret)), now=now)
    return member, cookie_of(secret, member), session_id


def _table() -> Any:
    """Return the page's own table, alone."""
    environment = Environment(autoescape=True, loader=PackageLoader("chalicelib.renderers", "templates/pages"))
    return environment.get_template("institution/_sent.html").make_module().sent_table  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class SentFloor:
    """One bare client, and what it reads: who is inside, eight shards of a month, how fifty of them stand."""

    session_id: str
    member: StaffMember
    client: Any = field(default_factory=bare_client)
    table: Any = field(default_factory=_table)

    def page(self) -> str:
        """Read the rows and write the page."""
        self._who()
        entries: list[tuple[str, str]] = []
        for shard in SHARDS:
            found = self.client.query(
                TableName="notices_table",
                IndexName="by_sender_shard",
                KeyConditionExpression="sender_shard = :shard AND deposited_key BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":shard": {"S": f"{INSTITUTION_ID}#2026-03#{shard}"},
                    ":first": {"S": "2026-03-01T05:00:00Z"},
                    ":last": {"S": "2026-04-01T00:00:00Z"},
                },
                ProjectionExpression="deposited_key, #data",
                ExpressionAttributeNames={"#data": "data"},
                ScanIndexForward=False,
                Limit=_OF_A_SHARD,
            )["Items"]
            entries += [(item["deposited_key"]["S"], item["data"]["S"]) for item in found]
        self.client.query(
            TableName="institutions_table",
            KeyConditionExpression="institution_id = :whose AND begins_with(#item, :office)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":whose": {"S": INSTITUTION_ID}, ":office": {"S": OFFICE}},
            ConsistentRead=True,
        )
        notices = [json.loads(data) for _, data in sorted(entries, reverse=True)[:_ROWS]]
        states = self._standings([notice["notice_id"] for notice in notices])
        rows = [_row(notice, states[notice["notice_id"]]) for notice in notices]
        return str(self.table(rows, "Notificaciones enviadas"))

    def _who(self) -> None:
        keys = {
            "tokens_table": [{"token": {"S": f"staff_session#{self.session_id}"}}],
            "staff_table": [
                {"institution_id": {"S": INSTITUTION_ID}, "item": {"S": staff_item(self.member.document_number)}}
            ],
            "institutions_table": [{"institution_id": {"S": INSTITUTION_ID}, "item": {"S": PROFILE}}],
        }
        wanted = {table: {"Keys": found, "ConsistentRead": True} for table, found in keys.items()}
        for items in self.client.batch_get_item(RequestItems=wanted)["Responses"].values():
            for item in items:
                json.loads(item["data"]["S"])

    def _standings(self, notice_ids: list[str]) -> dict[str, str]:
        keys = [{"notice_id": {"S": notice_id}} for notice_id in notice_ids]
        asked = {
            "notices_table": "notice_id, opened_at, downloaded_at, suspension",
            "alerts_table": "notice_id, alerts, failed_since",
        }
        wanted = {
            table: {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": names}
            for table, names in asked.items()
        }
        found = self.client.batch_get_item(RequestItems=wanted)["Responses"]
        alerts = {item["notice_id"]["S"]: json.loads(item["alerts"]["S"])[0]["state"] for item in found["alerts_table"]}
        return {item["notice_id"]["S"]: alerts[item["notice_id"]["S"]] for item in found["notices_table"]}


def _row(notice: dict[str, Any], state: str) -> SimpleNamespace:
    """Take the cells as they are stored; of a dictionary, a template would look for attributes first, in vain."""
    document, holder = notice["document"], notice["holder"]
    return SimpleNamespace(
        address=notice["notice_id"],
        document=document["number"],
        subject=document["subject"],
        office="",
        recipient=holder["name"],
        recipient_document=holder["document_number"],
        sent=notice["deposited_at"],
        sent_at=notice["deposited_at"],
        state=state,
        mark="pending",
    )
