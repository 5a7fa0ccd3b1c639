"""Two officers of an institution, the holder of a mailbox, and one notice in it that nobody opened."""

from __future__ import annotations

from typing import Any

from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.deposit_world import a_body
from tests.export_world import Exports
from tests.staff_world import Staff, csrf_of

REASON = "El número de documento se copió de otro expediente"


class Scene:
    """Two officers of an institution, the holder of a mailbox and one notice in it."""

    def __init__(self, staff: Staff, engine: Engine) -> None:
        """Deposit it, unopened."""
        self.staff, self.world = staff, staff.world
        self.asker, self.second = staff.member(), staff.member()
        self.first_browser, self.second_browser = staff.browser(self.asker), staff.browser(self.second)
        staff.people.seed()
        self.holder = Browser(staff.people)
        self.holder.enter()
        self.notice_id = str(self.world.deposit(a_body()).json_body["notice_id"])
        self.token = staff.people.token()
        self.exports = Exports(staff.people, engine, self.token)

    @property
    def address(self) -> str:
        return f"/entidad/enviadas/{self.notice_id}/suspender"

    @property
    def at_holder(self) -> str:
        return f"/casilla/{self.notice_id}"

    def ask(self, browser: Browser | None = None, **typed: str) -> HTTPResponse:
        return self.act(
            "pedir", browser or self.first_browser, **{"cause": "wrong_recipient", "reason": REASON, **typed}
        )

    def confirm(self, browser: Browser | None = None) -> HTTPResponse:
        return self.act("confirmar", browser or self.second_browser)

    def act(self, deed: str, browser: Browser, **typed: str) -> HTTPResponse:
        self.world.clock.advance(seconds=1)
        return browser.post(self.address, None, csrf=csrf_of(browser.get(self.address)), deed=deed, **typed)

    def suspend(self) -> None:
        assert self.ask().headers["Location"].endswith("?hecho=pedido")
        assert self.confirm().headers["Location"].endswith("?hecho=suspendida")

    def open(self) -> HTTPResponse:
        return self.holder.submit(self.holder.get(self.at_holder), self.at_holder)

    def api(self, method: str, path: str, body: Any = None) -> HTTPResponse:
        return self.staff.people.send(method, path, body, token=self.token)

    def log(self) -> list[EventType]:
        return [one.type for one in event_store(self.world.container).list_for_subject(f"notice#{self.notice_id}")]
