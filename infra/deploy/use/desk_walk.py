"""Walk the desk of a deployed console: a password restored by two officers, and a passport holder registered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from infra.deploy.use.check import check
from infra.deploy.use.console import Clerk

_RECOVERIES, _REGISTRATIONS = "/entidad/restauraciones", "/entidad/registros"
_PASSPORT, _TRAVELLER = "AB998877", "pasaporte@ejemplo.example"
_MAIL_SECONDS = 15


def walk_desk(
    taking: Clerk, checking: Clerk, visitor: Callable[[], Clerk], holder: tuple[str, str], copy: Path
) -> None:
    """Have one officer take and another one check; `holder` is a DNI and the e-mail on record.

    Raises:
        AssertionError: at the first step that fails.

    """
    _restore_password(taking, checking, holder, copy)
    _register(taking, checking, visitor, copy)


def _restore_password(taking: Clerk, checking: Clerk, holder: tuple[str, str], copy: Path) -> None:
    number, email = holder
    scan = ("file", copy.name, copy.read_bytes())
    asked = {"document_type": "DNI", "document_number": number, "own_number": "", "cause": "forgotten"}
    led = taking.attach(f"{_RECOVERIES}/nueva", scan, **asked)
    check("hecho=registrada" in led, f"a request is taken: {led}")
    at = f"{_RECOVERIES}/{led.rpartition('=')[2]}"
    checking.see(_RECOVERIES, "quedan 23 h")
    check(checking.follow(f"{at}/documento").startswith(b"%PDF-"), "the copy is downloaded")
    led = checking.fill(at, deed="aprobar")
    check("hecho=enviada" in led, f"the link is sent: {led}")
    _mailed(taking, email, r"/recuperar/[^\s?#]+")


def _register(taking: Clerk, checking: Clerk, visitor: Callable[[], Clerk], copy: Path) -> None:
    check(taking.follow("/registro/solicitud").startswith(b"%PDF-"), "the form to print is downloaded")
    born = {"birth_date_day": "9", "birth_date_month": "7", "birth_date_year": "1988"}
    named = {"paternal_surname": "Ejemplo", "maternal_surname": "", "given_names": "Anna"}
    reached = {"phone": "987654331", "email": _TRAVELLER, "email_again": _TRAVELLER}
    typed = {"document_type": "PASAPORTE", "number": _PASSPORT, **named, **born, **reached}
    led = taking.fill(f"{_REGISTRATIONS}/nuevo", **typed)
    led = taking.attach(led, ("file", copy.name, copy.read_bytes()), signed="si")
    check("hecho=registrada" in led, f"a passport holder is registered: {led}")
    visitor().fill(_mailed(taking, _TRAVELLER, r"/verificar-correo/[^\s?#]+"), number=_PASSPORT)
    [key] = set(re.findall(rf'href="{_REGISTRATIONS}/([0-9a-f]{{64}})"', checking.see(_REGISTRATIONS)))
    led = checking.fill(f"{_REGISTRATIONS}/{key}", deed="aprobar")
    check("hecho=abierta" in led, f"the mailbox is opened: {led}")
    _mailed(taking, _TRAVELLER, f"7-{_PASSPORT}")


def _mailed(clerk: Clerk, to: str, pattern: str) -> str:
    """Return what of an e-mail to an address matches, as soon as there is one."""
    deadline = time.monotonic() + _MAIL_SECONDS
    while True:
        bodies = [mail["BodyText"] for mail in clerk.visitor.deployment.engine.emails if to in mail["To"]]
        if found := re.findall(pattern, "\n".join(bodies)):
            return urlsplit(str(found[-1])).path
        check(time.monotonic() < deadline, f"«{pattern}» is e-mailed to {to}")
        time.sleep(0.2)
