"""Jobs that clean up or go on, on moto: run until one says that it is done, with a fault in the first runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.evidence import index_position_store, receipt_store
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.institution import activity_store, count_tools
from chalicelib.bootstrap.registration import registration_store, registration_tools
from chalicelib.bootstrap.session import token_store
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.contact import Phone
from chalicelib.domain.deposit.orphan_position import OrphanPosition
from chalicelib.domain.institution.activity import Activity, Happened
from chalicelib.domain.registration.registration import LIFETIME, Registration, RegistrationState
from chalicelib.services.access.clean_tokens import clean_tokens
from chalicelib.services.deposit.sweep_orphans import sweep_orphans
from chalicelib.services.evidence.index_receipts import index_all_receipts
from chalicelib.services.institution.count_activity import count_activity
from chalicelib.services.registration.clean_registrations import clean_registrations
from chalicelib.services.registration.finish_registrations import finish_registrations
from chalicelib.services.upload.expire_uploads import expire_uploads
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.deposit_world import NOW
from tests.faults.journey import Alteration, Lab
from tests.faults.matrix import Call, siblings_of
from tests.faults.strike import ProcessDied, Strike
from tests.registry_world import a_person
from tests.upload_world import an_upload

_MOST_RUNS = 16
_DAYS_BACK = 2
_NIGHT = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """`seed` makes work, and says by key what is there; `left` says what still is. Keys to keep begin with `k`."""

    name: str
    seed: Callable[[Container], None]
    run: Callable[[Container, Any], Any]
    left: Callable[[Lab, Container], set[str]]
    begins: timedelta
    every: timedelta = timedelta(minutes=10)

    def __str__(self) -> str:
        return self.name


def go_through(lab: Lab, job: Job, *strikes: Strike, alter: Alteration | None = None, step_s: float = 0) -> list[str]:
    """Run until a run is complete, and return what does not hold; with `step_s` time runs, and a run ends early."""
    lab.reset()
    lab.wire.counts_by_run = True
    box = lab.process(job.name, alter)
    job.seed(box)
    lab.wire.strikes = list(strikes)
    lab.clock.now = NOW + job.begins
    is_complete = False
    for number in range(_MOST_RUNS):
        lab.clock.step = timedelta(seconds=step_s)
        with suppress(ProcessDied, Exception), using(box), lab.wire.running(job.name, f"{job.name} {number}"):
            report = job.run(box, lab.clock.now + timedelta(minutes=4))
            is_complete = report.is_complete and not getattr(report, "waiting", 0)
        lab.clock.step = timedelta(0)
        lab.clock.advance(seconds=job.every.total_seconds())
        if is_complete:
            break
    met = "; then ".join(str(strike) for strike in strikes)
    return [f"{wrong} [{job}: {met}]" for wrong in _wrong(lab, job, box, is_complete=is_complete)]


def _wrong(lab: Lab, job: Job, box: Container, *, is_complete: bool) -> Iterator[str]:
    if not is_complete:
        yield f"never done: not in {_MOST_RUNS} runs"
    left = job.left(lab, box)
    if any(not key.startswith("k") for key in left):
        yield f"left: {sorted(left)}"
    if {key for key in left if key.startswith("k")} != {"k1"}:
        yield f"lost: {sorted(left)}"


def job_calls(lab: Lab, job: Job) -> tuple[Call, ...]:
    """Find out which calls a run makes, of equal ones the first and the last."""
    for _ in range(2):  # a process reads its secrets once
        go_through(lab, job)
    attempts = tuple(attempt for attempt in lab.wire.attempts if attempt.run == lab.wire.attempts[0].run)
    chosen = [*{a.call: a for a in reversed(attempts)}.values(), *{a.call: a for a in attempts}.values()]
    return tuple({a.label: Call(a.label, siblings_of(a, attempts), job.name) for a in chosen}.values())


def _uploads(box: Container) -> None:
    for key, lifetime in (("0", 1), ("1", 1), ("2", 1), ("k1", 90)):
        expires_at = NOW + timedelta(days=lifetime)
        upload_store(box).add(an_upload(upload_id=key, object_key=f"files/{key}", expires_at=expires_at))
        files(box).put_document(f"files/{key}", b"%PDF-", "application/pdf")


def _tokens(box: Container) -> None:
    for name, lifetime in (("0", 1), ("1", 1), ("2", 1), ("k1", 90)):
        valid_until = NOW + timedelta(days=lifetime)
        token_store(box).issue(NewToken(TokenKind.CAPTCHA, name, NOW, valid_until, data={"name": name}))


def _orphans(box: Container) -> None:
    NoticeItem("k1").update([NoticeItem.data.set({})])
    for name in ("0", "1", "2", "k1"):
        files(box).put_document(f"notices/2026/03/09/{name}/constancia.pdf", b"%PDF-", "application/pdf")
    orphan_position_store(box).move(OrphanPosition(date(2026, 3, 9)), NOW)


def _register(box: Container, *, waiting: bool) -> None:
    for key, number in (("0", "99000001"), ("1", "99000002"), ("2", "99000004"), ("k1", "99000006")):
        state = RegistrationState.AWAITING_REGISTRY if waiting and key != "k1" else RegistrationState.AWAITING_CODE
        lifetime = timedelta(days=90) if waiting or key == "k1" else LIFETIME
        registration_store(box).add(
            Registration(
                key=key if key != "k1" else "b1",
                state=state,
                email=f"persona{key}@ejemplo.pe",
                phone=Phone("+51987654321", is_mobile=True),
                accepted=(),
                started_at=NOW,
                expires_at=NOW + lifetime,
                person=a_person(number),
                due_at=NOW if state is RegistrationState.AWAITING_REGISTRY else None,
            )
        )


def _receipts(box: Container) -> None:
    """Have deposits of a package before, and one whose receipt is found already, otherwise than its answer tells."""
    for name in ("0", "1", "2", "k1"):
        told = {"verification_code": f"code-{name}", "receipt": {"sha256": f"hash-{name}"}}
        DepositItem(
            f"entidad#{name}", fingerprint="f", notice_id=name, answer=json.dumps(told).encode(), evidence={}
        ).save()
        NoticeItem(name).update([NoticeItem.data.set({})])
    receipt_store(box).index("k1", "kept", "kept")


_THINGS = {
    name: Happened(Activity.DEPOSITED, name, NOW - timedelta(days=day))
    for day, name in enumerate(("0", "1", "2", "k1"), 1)
}
"""One on each day, so that each has a counter of its own."""


def _activity(box: Container) -> None:
    """Have four things happen, one of which was counted before."""
    for name in _THINGS:
        NoticeItem(name).update([NoticeItem.data.set({"sender": {"institution_id": "entidad"}})])
    count_activity([_THINGS["k1"]], tools=count_tools(box))


def _count(box: Container) -> Any:
    """Count what the stream brings again as long as any of it failed, and what it brings twice."""
    outcome = count_activity([*_THINGS.values(), _THINGS["0"]], tools=count_tools(box))
    return SimpleNamespace(is_complete=not outcome.failed)


def _activity_left(_: Lab, box: Container) -> set[str]:
    """A thing is left that was not counted, or twice."""
    shards: list[Counter[tuple[date, Activity]]] = []
    for read in activity_store(box).reads("entidad", None, NOW.date(), shards):
        read()
    found = sum(shards, Counter())
    is_once = {name: found[one.at.date(), Activity.DEPOSITED] == 1 for name, one in _THINGS.items()}
    return {name for name, is_right in is_once.items() if is_right is (name == "k1")}


def _uploads_left(lab: Lab, box: Container) -> set[str]:
    """An upload is left that is on the list, or whose object is in its bucket."""
    listed = {item["upload_id"]["S"] for item in lab.items("uploads") if "expiry_shard" in item}
    return listed | {key.removeprefix("files/") for key in files(box).list_documents("files/")}


def _tokens_left(lab: Lab, _: Container) -> set[str]:
    return {item["data"]["S"].split('"')[3] for item in lab.items("tokens") if "data" in item}


def _orphans_left(_: Lab, box: Container) -> set[str]:
    return {key.split("/")[4] for key in files(box).list_documents("notices/")}


def _receipts_left(_: Lab, box: Container) -> set[str]:
    """A receipt is left that its code or its hash does not find."""
    store = receipt_store(box)
    left = {
        name
        for name in ("0", "1", "2")
        if (store.find_by_code(f"code-{name}"), store.find_by_sha256(f"hash-{name}")) != ((name,), (name,))
    }
    return left | ({"k1"} if store.find_by_code("kept") == store.find_by_sha256("kept") == ("k1",) else set())


def _registrations_left(lab: Lab, _: Container) -> set[str]:
    keys = {item["registration_key"]["S"] for item in lab.items("registrations")}
    return {"k1" if key == "b1" else key for key in keys}


def _waiting_left(lab: Lab, _: Container) -> set[str]:
    """Those who wait on, and those who were written to twice, or lost."""
    wrong = {item["registration_key"]["S"] for item in lab.items("registrations") if "waiting_for" in item}
    wrong |= {f"twice {address}" for address, count in lab.messages().items() if count > 1}
    return wrong | ({"k1"} if len(lab.items("registrations")) == 4 else set())


EXPIRE_UPLOADS = Job(
    "expire_uploads",
    _uploads,
    lambda box, until: expire_uploads(
        uploads=upload_store(box), files=files(box), now=box.clock, until=until, days_back=_DAYS_BACK
    ),
    _uploads_left,
    timedelta(days=2),
)
CLEAN_TOKENS = Job(
    "clean_tokens",
    _tokens,
    lambda box, until: clean_tokens(tokens=token_store(box), now=box.clock, until=until, days_back=_DAYS_BACK),
    _tokens_left,
    timedelta(days=2),
)
CLEAN_REGISTRATIONS = Job(
    "clean_registrations",
    partial(_register, waiting=False),
    lambda box, until: clean_registrations(
        registrations=registration_store(box), files=files(box), now=box.clock, until=until, days_back=_DAYS_BACK
    ),
    _registrations_left,
    LIFETIME + _NIGHT,
)
SWEEP_ORPHANS = Job(
    "sweep_orphans",
    _orphans,
    lambda box, until: sweep_orphans(
        files=files(box), notices=notice_store(box), positions=orphan_position_store(box), now=box.clock, until=until
    ),
    _orphans_left,
    timedelta(days=8, hours=1),
)
INDEX_RECEIPTS = Job(
    "index_receipts",
    _receipts,
    lambda box, until: index_all_receipts(
        receipts=receipt_store(box), positions=index_position_store(box), now=box.clock, until=until
    ),
    _receipts_left,
    timedelta(days=1),
)
COUNT_ACTIVITY = Job("count_activity", _activity, lambda box, _: _count(box), _activity_left, timedelta(minutes=1))
FINISH_REGISTRATIONS = Job(
    "finish_registrations",
    partial(_register, waiting=True),
    lambda box, until: finish_registrations(tools=registration_tools(box), until=until),
    _waiting_left,
    timedelta(minutes=5),
)
