"""What the checker has read so far: a file of SQLite, so that its memory is bounded and a run that stops goes on.

It holds identifiers of mailboxes, which are numbers of people's documents: only its owner may read it, and it is
deleted once the report was used.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_UNSETTLED = timedelta(minutes=1)
"""Longer than a deposit runs: what is younger may be in one table and not yet in the next."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, position TEXT, is_done INTEGER, count INTEGER);
CREATE TABLE IF NOT EXISTS notices (id TEXT PRIMARY KEY, institution TEXT, mailbox TEXT, deposited_at TEXT,
    receipt_sha256 TEXT, opened_at TEXT, opening_id TEXT, remind_at INTEGER);
CREATE TABLE IF NOT EXISTS files (key TEXT, notice TEXT, sha256 TEXT, size INTEGER, PRIMARY KEY (key, notice));
CREATE TABLE IF NOT EXISTS deposits (key TEXT PRIMARY KEY, notice TEXT, deposited_at TEXT, receipt_sha256 TEXT);
CREATE TABLE IF NOT EXISTS alerts (notice TEXT PRIMARY KEY, deposited_at TEXT, open_alerts TEXT, open_count INTEGER);
CREATE TABLE IF NOT EXISTS deposited (notice TEXT, event TEXT, at TEXT, receipt_sha256 TEXT,
    PRIMARY KEY (notice, event));
CREATE TABLE IF NOT EXISTS opened (notice TEXT, event TEXT, PRIMARY KEY (notice, event));
CREATE TABLE IF NOT EXISTS sent (notice TEXT, alert TEXT, PRIMARY KEY (notice, alert));
CREATE TABLE IF NOT EXISTS told (kind TEXT, thing TEXT, PRIMARY KEY (kind, thing));
CREATE TABLE IF NOT EXISTS mailboxes (id TEXT PRIMARY KEY, is_open INTEGER);
CREATE TABLE IF NOT EXISTS users (username TEXT PRIMARY KEY, mailbox TEXT, user TEXT);
CREATE TABLE IF NOT EXISTS accounts (username TEXT PRIMARY KEY, mailbox TEXT, user TEXT);
CREATE TABLE IF NOT EXISTS institutions (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS statements (institution TEXT, month TEXT, PRIMARY KEY (institution, month));
CREATE TABLE IF NOT EXISTS numbered (series TEXT, number INTEGER, PRIMARY KEY (series, number));
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, kind TEXT, valid_until INTEGER);
CREATE TABLE IF NOT EXISTS unreadable (part TEXT, thing TEXT, fault TEXT, PRIMARY KEY (part, thing));
CREATE TABLE IF NOT EXISTS versions (key TEXT, version TEXT, is_latest INTEGER, is_marker INTEGER, size INTEGER,
    modified TEXT, PRIMARY KEY (key, version));
CREATE TABLE IF NOT EXISTS hashes (key TEXT PRIMARY KEY, sha256 TEXT);
CREATE TABLE IF NOT EXISTS lost (notice TEXT PRIMARY KEY, institution TEXT, deposited_at TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS filings (id TEXT PRIMARY KEY, institution TEXT, year TEXT, number INTEGER, mailbox TEXT,
    draft TEXT, code TEXT, receipt_sha256 TEXT, correction TEXT, correction_sha256 TEXT, answer TEXT);
CREATE TABLE IF NOT EXISTS leads (key TEXT PRIMARY KEY, filing TEXT);
CREATE TABLE IF NOT EXISTS counts (institution TEXT, year TEXT, last INTEGER, PRIMARY KEY (institution, year));
CREATE TABLE IF NOT EXISTS leaps (institution TEXT, year TEXT, first INTEGER, last INTEGER,
    PRIMARY KEY (institution, year, first));
CREATE TABLE IF NOT EXISTS answers (notice TEXT, filing TEXT, PRIMARY KEY (notice, filing));
CREATE TABLE IF NOT EXISTS drafts (id TEXT PRIMARY KEY, is_open INTEGER, filing TEXT);
CREATE TABLE IF NOT EXISTS filing_alerts (id TEXT PRIMARY KEY, filing TEXT, open_count INTEGER);
CREATE TABLE IF NOT EXISTS filing_events (filing TEXT, kind TEXT, event TEXT, told TEXT, PRIMARY KEY (filing, event));
CREATE TABLE IF NOT EXISTS lost_filings (id TEXT PRIMARY KEY, filing TEXT, institution TEXT, year TEXT, number INTEGER,
    received_at TEXT, state TEXT);
CREATE INDEX IF NOT EXISTS leads_by_filing ON leads (filing);
CREATE INDEX IF NOT EXISTS filings_by_number ON filings (institution, year, number);
CREATE INDEX IF NOT EXISTS filing_alerts_by_filing ON filing_alerts (filing);
CREATE INDEX IF NOT EXISTS files_by_notice ON files (notice);
CREATE INDEX IF NOT EXISTS deposits_by_notice ON deposits (notice);
CREATE INDEX IF NOT EXISTS versions_latest ON versions (key) WHERE is_latest = 1;
"""

Row = tuple[Any, ...]


class Ledger:
    """Rows by table of the schema. Whatever is written twice is kept once, so that a page may be read again."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it, for its owner alone."""
        if str(path) != ":memory:":
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute(
            "PRAGMA synchronous = OFF"
        )  # a machine that loses power reads again; a process does not
        self._connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self, about: str, now: datetime) -> tuple[datetime, bool]:
        """Return when the reading of `about` began, and whether it goes on; what was read of anything else is dropped.

        Two runs about the same go on with each other's.
        """
        known: dict[str, str] = dict(self.rows("SELECT name, value FROM about"))
        if known.get("about") == about:
            return datetime.fromisoformat(known["began_at"]), True
        for (name,) in list(self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")):
            self._connection.execute(f"DELETE FROM {name}")  # noqa: S608 - names of the schema
        settled = f"{now.astimezone(UTC) - _UNSETTLED:%Y-%m-%dT%H:%M:%S}"
        begun = [("about", about), ("began_at", now.isoformat()), ("settled_before", settled)]
        self._connection.executemany("INSERT INTO about VALUES (?, ?)", begun)
        return now, False

    def finish(self) -> None:
        """Have the next run read everything anew."""
        self._connection.execute("UPDATE about SET value = '' WHERE name = 'about'")

    def position(self, part: str) -> tuple[Any, bool]:
        """Return where the reading of a part goes on, None at its beginning, and whether it is over."""
        found = next(self.rows("SELECT position, is_done FROM parts WHERE name = ?", part), None)
        return (None, False) if found is None else (json.loads(found[0]), bool(found[1]))

    def count(self, part: str) -> int:
        """Return how many things of a part were read."""
        return self.number("SELECT SUM(count) FROM parts WHERE name = ?", part)

    def keep(self, part: str, rows: Iterable[tuple[str, Row]], position: Any, *, count: int) -> None:
        """Write a page's rows, each with its table, and where the part goes on, None after its end, as one."""
        self._connection.execute("BEGIN")
        for table, row in rows:
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)  # noqa: S608 - as above
        self._connection.execute(
            "INSERT INTO parts VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position,"
            " is_done = excluded.is_done, count = count + excluded.count",
            (part, json.dumps(position), int(position is None), count),
        )
        self._connection.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> Iterator[Row]:
        """Yield what a query finds."""
        yield from self._connection.execute(query, values)

    def number(self, query: str, *values: Any) -> int:
        """Return the one number that a query finds."""
        return int(next(self.rows(query, *values))[0] or 0)

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows of one table."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - as above
