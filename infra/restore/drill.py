"""`make restore-drill`: damage, restore, check, hold and release on the local engine, with the demonstration's people.

What the engine fakes is said where it does: its restore ignores the instant and gives the table as it is. So the drill
restores first and lets the service go on over the old tables: what happens then is what a restore loses.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from chalicelib.domain.alert.filing_news import filing_of
from chalicelib.domain.filing.filing import Filing
from infra.local import ministack
from infra.local.cloud import create_resources
from infra.local.run import enter_environment, log_to
from infra.local.workers import call
from infra.programs import say
from infra.restore.bring_back import bring_back
from infra.restore.check import Checked, check_tables
from infra.restore.ledger import Ledger
from infra.restore.places import Places, places_of, under_new_names, with_restored_tables
from infra.restore.restore_tables import restore_tables

PREFIX = "casilla-r1"
_WHY = "--reason 'Simulacro de restauración' --operator simulacro"
_EVENT = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
Item = dict[str, Any]


class DrillError(Exception):
    """Something did not come out as the runbook says."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A damage done to restored tables: what finds it, and what takes it back."""

    kind: str
    do: Callable[[], Callable[[], None]]


class Drill:
    """One walk through it. `tell` says what is under way."""

    def __init__(self, environment: Mapping[str, str], folder: Path, tell: Callable[[str], None]) -> None:
        """Work in an engine whose environment this is."""
        self.environment = dict(environment)
        self.folder = folder
        self.tell = tell
        make: Any = boto3.client
        self.dynamodb, self.s3 = make("dynamodb"), make("s3")
        self.own = places_of(self.environment)
        self.there: Places = under_new_names(self.own, PREFIX)
        self.now = datetime.now(UTC).replace(microsecond=0)

    def run(self) -> None:
        """Walk the runbook's chapter.

        Raises:
            DrillError: at the first step that does not come out.

        """
        notices = self._begin()
        told = restore_tables(
            self.own,
            self.there,
            to=self.now,
            dynamodb=self.dynamodb,
            now=self.now,
            pause=time.sleep,
            say=_mute,
        )
        self.tell(f"{len(self.there.tables)} tablas restauradas como {PREFIX}-…")
        _hold_that("RestoredTables" in told and PREFIX in told["RestoredEventsStream"], "los parámetros")
        self._session_is_over()
        self._clean("sin daños")
        self._find_damage()
        lost, lost_filing = self._deposit(self.environment, "000901-2026-SIM"), self._file(self.environment)
        self._find_lost(lost, lost_filing)
        self._point_there(notices[0], lost, lost_filing)

    def _begin(self) -> list[str]:
        """Let the demonstration's people in, and deposit; return the notices that there are."""
        from infra.local.demo_data import load_demo_data  # noqa: PLC0415 - it loads the app, by the environment

        with self._using(self.environment) as box:
            load_demo_data(box, self.folder / "demo", now=self.now, addresses={})
            self._log_in(box)
        self._file(self.environment)
        found = [item["notice_id"]["S"] for item in self._items("NOTICES_TABLE", self.own)]
        self.tell(f"{len(found)} notificaciones de demostración, y una presentación")
        return found

    def _log_in(self, box: Any) -> None:
        from chalicelib.bootstrap.session import token_store  # noqa: PLC0415 - as above
        from chalicelib.domain.access.token import NewToken, TokenKind  # noqa: PLC0415

        until = self.now + timedelta(hours=8)
        session = NewToken(TokenKind.SESSION, "simulacro", issued_at=self.now, valid_until=until, subject="u", data={})
        token_store(box).issue(session)

    def _session_is_over(self) -> None:
        there = {item["token"]["S"].partition("#")[0] for item in self._items("TOKENS_TABLE", self.there)}
        here = {item["token"]["S"].partition("#")[0] for item in self._items("TOKENS_TABLE", self.own)}
        _hold_that("session" in here and "session" not in there, "quien tenía una sesión ya no la tiene")

    def _clean(self, when: str) -> None:
        checked = self._check(before=self.own)
        _hold_that(checked.is_clean, f"revisión {when}: {checked.text}")
        self.tell(f"revisión {when}: nada por reparar")

    def _find_damage(self) -> None:
        """Plant each kind of damage, see it found, and take it back."""
        for plant in self._plants():
            take_back = plant.do()
            found = {one.kind for one in self._check().findings}
            _hold_that(plant.kind in found, f"no se encontró {plant.kind}, sino {sorted(found)}")
            take_back()
        self.tell(f"{len(self._plants())} daños plantados, cada uno encontrado y reparado")
        self._clean("tras repararlos")

    def _plants(self) -> list[Plant]:
        dropped = {
            "notice_without_record": "DEPOSITS_TABLE",
            "record_without_notice": "NOTICES_TABLE",
            "notice_without_alerts": "ALERTS_TABLE",
            "notice_without_mailbox": "MAILBOXES_TABLE",
            "user_without_account": "ACCOUNTS_TABLE",
        }
        return [
            *(Plant(kind, partial(self._change, table)) for kind, table in dropped.items()),
            Plant("notice_without_event", partial(self._change, "EVENTS_TABLE", "notice#")),
            Plant("unreadable", partial(self._change, "NOTICES_TABLE", data={"S": "{"})),
            Plant("receipt_differs", partial(self._change, "NOTICES_TABLE", receipt_sha256={"S": "0" * 64})),
            Plant("filing_without_event", partial(self._change, "EVENTS_TABLE", "filing#")),
            Plant("filing_without_lead", partial(self._change, "FILINGS_TABLE", "number#")),
            Plant(
                "filing_count_behind", partial(self._change, "FILINGS_TABLE", "count#municipalidad-", last={"N": "0"})
            ),
            Plant("object_missing", self._hide),
            Plant("object_wrong_hash", self._overwrite),
            Plant("object_wrong_size", self._overwrite),
        ]

    def _change(self, variable: str, key: str = "", **attributes: dict[str, str]) -> Callable[[], None]:
        """Change attributes of an item of a restored table, or delete it; return what puts it back.

        `key` is how the key of the item begins.
        """
        table, found = self.there.table(variable), self._items(variable, self.there)
        schema = self.dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
        names = [part["AttributeName"] for part in schema]
        item = next(one for one in found if _serves(variable, one) and one[names[0]]["S"].startswith(key))
        if attributes:
            self.dynamodb.put_item(TableName=table, Item={**item, **attributes})
        else:
            self.dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})
        return lambda: self.dynamodb.put_item(TableName=table, Item=item) and None

    def _hide(self) -> Callable[[], None]:
        at = self._document()
        marker = self.s3.delete_object(**at)["VersionId"]
        return lambda: self.s3.delete_object(**at, VersionId=marker) and None

    def _overwrite(self) -> Callable[[], None]:
        at = self._document()
        wrong = self.s3.put_object(**at, Body=b"otro")["VersionId"]
        return lambda: self.s3.delete_object(**at, VersionId=wrong, BypassGovernanceRetention=True) and None

    def _document(self) -> dict[str, str]:
        listed = self.s3.list_objects_v2(Bucket=self.own.documents, Prefix="notices/")["Contents"]
        return {"Bucket": self.own.documents, "Key": listed[0]["Key"]}

    def _find_lost(self, lost: str, lost_filing: Filing) -> None:
        found = {(one.kind, one.thing) for one in self._check(before=self.own).findings}
        wanted = {("deposit_committed", lost), ("filing_committed", lost_filing.filing_id)}
        _hold_that(found == wanted, f"lo perdido: {found}")
        bring_back([lost, lost_filing.filing_id], source=self.own, target=self.there, dynamodb=self.dynamodb, say=_mute)
        self.tell(f"el depósito {lost}, posterior al instante, encontrado por su constancia y traído")
        self.tell(f"la presentación {lost_filing.number}, también posterior, encontrada por su cargo y traída")

    def _point_there(self, old: str, lost: str, lost_filing: Filing) -> None:
        """Have the app work on the restored tables, as the parameters have its functions do."""
        restored = with_restored_tables(self.environment, PREFIX)
        orphan = f"notices/{self.now - timedelta(days=20):%Y/%m/%d}/HUERFANO/constancia.pdf"
        self.s3.put_object(Bucket=self.own.documents, Key=orphan, Body=b"%PDF-")
        self._held(restored, orphan, "deposit_committed: 1")
        take_back = self._change("NOTICES_TABLE", data={"S": "{"})
        self._check(before=self.own)
        self._held(restored, orphan, "unreadable: 1")
        take_back()
        self._clean("con todo en su sitio")
        self._release(restored, orphan)
        self._open(old, restored)
        self._open(lost, restored)
        new = self._deposit(restored, "000902-2026-SIM")
        written = {item["notice_id"]["S"] for item in self._items("NOTICES_TABLE", self.there)}
        kept = {item["notice_id"]["S"] for item in self._items("NOTICES_TABLE", self.own)}
        _hold_that(new in written and new not in kept, "el depósito nuevo está solo en las tablas restauradas")
        self.tell(f"se abrieron {old} y {lost}, y se depositó {new}; las tablas de antes quedan como estaban")
        number = self._file(restored).number
        _hold_that(int(number[5:]) > int(lost_filing.number[5:]) + 1, f"el número {number} salta lo que se perdió")
        self._clean(f"tras presentar la {number}: ningún número se da dos veces")

    def _held(self, environment: Mapping[str, str], orphan: str, found: str) -> None:
        """See that the sweep waits, and that it is not let go while the check found this."""
        self._call("sweep_orphans", _EVENT, environment)
        _hold_that(self._is_there(orphan), "el barrido espera")
        refused = self._operate("restore release", environment)
        _hold_that(refused["exit"] == 1 and found in refused["output"], f"no se libera con {found}: {refused}")
        self.tell(f"el barrido espera, y no se libera mientras la revisión dice «{found}»")

    def _release(self, environment: Mapping[str, str], orphan: str) -> None:
        released = self._operate("restore release", environment)
        _hold_that(released["exit"] == 0, f"se libera tras una revisión limpia: {released}")
        report = self._call("sweep_orphans", _EVENT, environment)
        _hold_that(not self._is_there(orphan), f"el barrido sigue: {report}")
        self.tell("liberado con la revisión limpia: el barrido borró el huérfano de antes, y nada más")
        self._clean("tras el barrido")

    def _is_there(self, key: str) -> bool:
        return "Contents" in self.s3.list_objects_v2(Bucket=self.own.documents, Prefix=key)

    def _items(self, variable: str, places: Places) -> list[Item]:
        found: list[Item] = self.dynamodb.scan(TableName=places.table(variable))["Items"]
        return found

    def _deposit(self, environment: Mapping[str, str], number: str) -> str:
        """Deposit as the demonstration's institution does, by its key; return the notice's number."""
        from infra.local.demo_data import INSTITUTION, KEY_FILES, MAILBOXES  # noqa: PLC0415 - as in `_begin`
        from infra.local.demo_notices import deposit_demo_notice  # noqa: PLC0415

        key = f"{INSTITUTION.institution_id}:demo-1", self.folder / "demo" / KEY_FILES[0]
        with self._using(environment) as box:
            return deposit_demo_notice(box, MAILBOXES[0], number, key=key, at=datetime.now(UTC))

    def _file(self, environment: Mapping[str, str]) -> Filing:
        """File as the demonstration's person does."""
        from infra.local.demo_data import MAILBOXES, OTHER_INSTITUTION  # noqa: PLC0415 - as in `_begin`
        from infra.local.demo_filings import file_demo  # noqa: PLC0415

        subject = "Solicito la licencia de funcionamiento de mi bodega"
        with self._using(environment) as box:
            return file_demo(box, MAILBOXES[0], OTHER_INSTITUTION.institution_id, subject, datetime.now(UTC))

    def _open(self, notice_id: str, environment: Mapping[str, str]) -> None:
        from infra.local.demo_data import MAILBOXES  # noqa: PLC0415 - as in `_begin`
        from infra.local.demo_notices import open_demo_notice  # noqa: PLC0415

        with self._using(environment) as box:
            open_demo_notice(box, MAILBOXES[0], notice_id, datetime.now(UTC))

    def _check(self, *, before: Places | None = None) -> Checked:
        ledger = Ledger(self.folder / "revision.sqlite")
        try:
            return check_tables(
                self.there,
                ledger,
                dynamodb=self.dynamodb,
                s3=self.s3,
                now=datetime.now(UTC),
                say=_mute,
                before=before,
            )
        finally:
            ledger.close()

    def _using(self, environment: Mapping[str, str]) -> Any:
        from chalicelib.bootstrap import Container, using  # noqa: PLC0415 - as in `_begin`
        from chalicelib.bootstrap.aws import connection  # noqa: PLC0415
        from chalicelib.config import Config  # noqa: PLC0415

        enter_environment(dict(environment))
        box = Container(Config.from_env(environment))
        connection(box)
        return using(box)

    def _operate(self, line: str, environment: Mapping[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = self._call("operator", {"command": f"{line} {_WHY}"}, environment)
        return answer

    def _call(self, name: str, event: dict[str, Any], environment: Mapping[str, str]) -> Any:
        from app import app  # noqa: PLC0415 - as in `_begin`

        with self._using(environment):
            return call(app.handler_map[name], name, event)


def _serves(variable: str, item: Item) -> bool:
    """Tell whether damage to an item is seen: a mailbox without notices, or one that is disabled, is missed by none."""
    if variable == "ALERTS_TABLE":
        return filing_of(item["notice_id"]["S"]) is None
    name = {"MAILBOXES_TABLE": "mailbox_id", "ACCOUNTS_TABLE": "username"}.get(variable)
    return name is None or item[name]["S"] == "1-40000002"


def _mute(_: str) -> None:
    pass


def _hold_that(holds: bool, what: str) -> None:
    if not holds:
        raise DrillError(what)


def walk(tell: Callable[[str], None]) -> None:
    """Walk the drill in an engine of its own.

    Raises:
        DrillError: at the first step that does not come out.

    """
    with tempfile.TemporaryDirectory() as folder, ministack.running() as engine:
        cloud = create_resources(engine.endpoint_url)
        environment = {**cloud.environment, **engine.environment}
        enter_environment(environment)
        log_to(Path(folder) / "casilla.log", shows_warnings=False)
        Drill(environment, Path(folder), tell).run()


def main() -> int:
    """Walk it, and say how long each step took."""
    started = time.monotonic()

    def tell(line: str) -> None:
        say(f"{time.monotonic() - started:6.1f} s  {line}")

    try:
        walk(tell)
    except (DrillError, ministack.MinistackError) as error:
        print(f"simulacro: no salió: {error}", file=sys.stderr)
        return 1
    tell("todo salió como dice el runbook")
    return 0


if __name__ == "__main__":
    sys.exit(main())
