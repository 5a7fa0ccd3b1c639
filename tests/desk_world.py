"""A desk with two officers, and somebody whose password they restore."""

from __future__ import annotations

from typing import Any

from chalice.test import HTTPResponse

from chalicelib.bootstrap.desk import desk_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.desk.recovery import Recovery
from chalicelib.domain.event import Event
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.desk.tools import AtDesk, DeskTools
from chalicelib.store.desk.recovery_store import RecoveryStore
from tests.browser_requests import Browser, text_of
from tests.deposit_world import INSTITUTION_ID, a_mailbox, a_pdf, put_institution
from tests.deposit_world import an_institution as institution
from tests.person_world import USERNAME
from tests.staff_world import Staff, csrf_of

LIST, NEW = "/entidad/restauraciones", "/entidad/restauraciones/nueva"
COPY = a_pdf("Copia de un documento de identidad de ejemplo")


class DeskScene:
    """Who takes a request and who checks it, over the world of the staff."""

    def __init__(self, staff: Staff) -> None:
        """Open the desk, and the mailbox of the one who forgot the password."""
        self.staff, self.world = staff, staff.world
        put_institution(self.world.container, institution())
        mailbox_store(self.world.container).put(a_mailbox())
        staff.people.seed()
        self.first = staff.member(permissions=(Permission.RECOVER,))
        self.second = staff.member(permissions=(Permission.RECOVER,))

    @property
    def taking(self) -> Browser:
        """Whoever takes it, who just logged in."""
        return self.staff.browser(self.first)

    @property
    def checking(self) -> Browser:
        """Whoever checks it, likewise."""
        return self.staff.browser(self.second)

    @property
    def tools(self) -> DeskTools:
        return desk_tools(self.world.container)

    @property
    def recoveries(self) -> RecoveryStore:
        return self.tools.recoveries

    def at_desk(self, member: Any = None) -> AtDesk:
        return AtDesk(member or self.second, "Entidad de Demostración", "192.0.2.7", is_active=True)

    def ask(
        self, browser: Browser | None = None, *, content: bytes = COPY, filename: str = "dni.pdf", **typed: Any
    ) -> HTTPResponse:
        """Fill in the form, and return what it is answered."""
        self.world.clock.advance(seconds=1)
        who = browser or self.taking
        page = who.get(NEW)
        hidden = text_of(page).partition('name="form_id" value="')[2].partition('"')[0]
        given = {
            "csrf": csrf_of(page),
            "form_id": hidden,
            "document_type": "DNI",
            "document_number": "40000002",
            "cause": "forgotten",
            **typed,
        }
        return who.post_file(NEW, filename, content, None, **given)

    def asked(self, **typed: Any) -> str:
        """Take a request, and return its number."""
        answer = self.ask(**typed)
        return str(answer.headers["Location"]).rpartition("numero=")[2]

    def decide(self, number: str, deed: str = "aprobar", browser: Browser | None = None, **typed: str) -> HTTPResponse:
        self.world.clock.advance(seconds=1)
        who, address = browser or self.checking, f"{LIST}/{number}"
        return who.post(address, None, csrf=csrf_of(who.get(address)), deed=deed, **typed)

    def found(self, number: str) -> Recovery:
        found = self.recoveries.find(INSTITUTION_ID, number)
        assert found is not None
        return found

    def log(self) -> list[Event]:
        events = event_store(self.world.container).list_for_subject(f"mailbox#{USERNAME}")
        return [one for one in events if one.type.value.startswith(("recovery", "mailbox.consulted"))]
