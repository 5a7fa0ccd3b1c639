"""A prepared file as a browser gets it: by a link that the engine checks, under its own name."""

from __future__ import annotations

import io
import urllib.request
import zipfile
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.config import Config
from chalicelib.domain.export.export import ExportKind, ExportState
from chalicelib.domain.session import Session
from chalicelib.services.export.prepare_export import prepare_export
from chalicelib.services.export.request_export import export_link
from chalicelib.services.export.request_notice_export import request_notice_export
from chalicelib.services.reading.download_file import download_file
from chalicelib.services.reading.open_notice import open_notice
from tests.deposit_world import AUTHORITY, PDF, Clock, World


@pytest.mark.ministack
def test_links_lead_to_the_files_under_their_names(ministack: dict[str, str]) -> None:
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    now = datetime.now(UTC)  # noqa: TID251 - engines check signatures against the real clock
    box = Container(config, clock=Clock(now))
    with using(box):
        world = World(box, Client(app), Clock(now))
        world.seed()
        notice_id = world.deposit().json_body["notice_id"]
        tools, reading = export_tools(box), reading_tools(box)
        session = Session("s", "a", "u1", "1-40000002", "1-40000002", now)
        open_notice(session, reading.readings.find(notice_id), origin="", tools=reading)
        found = reading.readings.find(notice_id)

        link = download_file(session, found, "main", origin="", tools=reading, files=files(box))
        asked = request_notice_export(ExportKind.EVIDENCE, found, session, origin="", tools=tools, reading=reading)
        prepare_export(asked.export_id, tools=tools)
        ready = tools.exports.find(asked.export_id)

    assert _fetched(link.url) == ("carta-000079-2026.pdf", PDF)
    assert ready is not None
    assert ready.state is ExportState.READY
    filename, content = _fetched(export_link(ready, tools=tools) or "")
    assert filename == f"notificacion-{notice_id}.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        assert "constancia.pdf" in bundle.namelist()


def _fetched(url: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the engine's own address
        return unquote(answer.headers["Content-Disposition"].rpartition("''")[2]), answer.read()
