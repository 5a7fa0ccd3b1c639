"""A person who files at the portal page by page, on the in-process engine, without any script."""

from __future__ import annotations

import re
from typing import Any

from chalice.test import HTTPResponse

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import filing_draft_store, filing_store, procedure_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.filing.procedure import Procedure
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, PDF, an_institution, put_institution
from tests.filing_world import SUBJECT, a_procedure
from tests.officer_world import an_office, put_office
from tests.upload_arrivals import Arrivals
from tests.upload_world import satisfy_moto

BASE, OWN = "/presentar", "/mis-tramites"
PROCEDURE_ID = "P234-5678-9ABC"
ENTRY = f"/tramites/{INSTITUTION_ID}/{PROCEDURE_ID}"


def publish(box: Container, **changes: Any) -> Procedure:
    """Keep a procedure of the catalogue, or its next version."""
    procedure = a_procedure(**{"procedure_id": PROCEDURE_ID, "version": 1, **changes})
    number = f"e-{procedure.procedure_id}-{procedure.version}"
    event = Event(
        f"institution#{INSTITUTION_ID}", EventType.PROCEDURE_CHANGED, procedure.changed_at, number, "staff:s1"
    )
    store = procedure_store(box)
    (store.add if procedure.version == 1 else store.update)(procedure, event)
    return procedure


def seed_catalogue(box: Container) -> Procedure:
    """Have an institution with an office whose catalogue has one procedure."""
    put_institution(box, an_institution())
    put_office(box, an_office())
    return publish(box)


class FilerAtWork:
    """Somebody inside a mailbox, filing."""

    def __init__(self, browser: Browser, engine: Engine) -> None:
        self.browser = browser
        self.engine = engine
        self.at = ""

    @property
    def box(self) -> Container:
        return self.browser.people.world.container

    def page(self, address: str, status: int = 200) -> str:
        """Open a page, which is strict HTML, and return it."""
        answer = self.browser.get(address)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"), text_of(answer)[:800])
        check_html(text_of(answer))
        return text_of(answer)

    def hidden(self, page: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page(page)))

    def begin(self) -> str:
        """Begin by the button of the procedure's page; return where it leads."""
        led = str(self.browser.send(BASE, **self.hidden(ENTRY)).headers["Location"])
        self.at = led.rpartition("/")[0]
        return led

    def draft(self) -> FilingDraft:
        found = filing_draft_store(self.box).find(self.at.rpartition("/")[2])
        assert found is not None
        return found

    def fill(self, step: str, *, at: str = "", **typed: str) -> str:
        """Send a step's form as its page has it, and return where that leads."""
        page = at or f"{self.at}/{step}"
        hidden = {name: value for name, value in self.hidden(page).items() if name in {"csrf", "version", "volver"}}
        return str(self.browser.send(f"{self.at}/{step}", **{**hidden, **typed}).headers["Location"])

    def attach(self, step: str, filename: str, content: bytes = PDF, **typed: str) -> HTTPResponse:
        """Send a file by its page's form, and return the very answer."""
        names = {"csrf", "version", "volver", "part"}
        hidden = {name: value for name, value in self.hidden(f"{self.at}/{step}").items() if name in names}
        return self.browser.send_file(self.at, filename, content, None, **{**hidden, **typed})

    def check_events(self) -> None:
        """Have the engine copy as S3 does."""
        events = files(self.box)._client.meta.events  # noqa: SLF001 - the engine
        events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")

    def check_arrived(self) -> None:
        """Have the worker look at all that arrived."""
        self.check_events()
        arrivals = Arrivals(self.browser.people.world, self.engine.client("s3"))
        for key in arrivals.objects():
            assert arrivals.tell(key)["checked"] == 1

    def write(self) -> None:
        """Write a draft that lacks nothing, with its document checked."""
        self.begin()
        self.fill("pedido", subject=SUBJECT, tick="0")
        self.attach("documento", "solicitud.pdf")
        self.check_arrived()

    def present(self) -> str:
        """Press the check page's button, and return where it leads."""
        return self.fill("presentar", at=self.at)

    def filed(self) -> Filing:
        """File a draft that lacks nothing, and return the filing."""
        self.write()
        led = self.present()
        found = filing_store(self.box).find(led.split("/")[2])
        assert found is not None, led
        return found
