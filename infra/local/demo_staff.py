"""Demonstration staff: administrators, coordinators and officers, enrolled as real ones are; their devices are told.

Each has set up the access by the link that nobody reads, since it is not sent. The first page tells what everybody's
device shows now. None of it is anybody's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial

import pyotp

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.institution.one_time_code import STEP_S
from chalicelib.domain.institution.staff import PLATFORM, ROLE_WORDS, Permission, StaffRole, username_of
from chalicelib.domain.institution.staff_changes import TypedStaff
from chalicelib.gateways.mail import Mail
from chalicelib.services.institution.enrol_staff import StaffAct, enrol_first_administrator, enrol_staff
from chalicelib.services.institution.set_up_access import set_up_access
from chalicelib.services.institution.tools import StaffTools

_BY = StaffAct("operator:demo", "", "Datos de demostración")


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody made up, and what they are."""

    number: str
    name: str
    role: StaffRole
    institution_id: str
    permissions: tuple[Permission, ...] = ()
    note: str = ""

    @property
    def username(self) -> str:
        """What they log in with."""
        return username_of(self.number, self.institution_id)

    @property
    def seed(self) -> str:
        """What their device was enrolled with."""
        return base64.b32encode(hashlib.sha1(f"casilla demo {self.number}".encode()).digest()).decode()  # noqa: S324

    @property
    def is_platform(self) -> bool:
        """Whether they administer the platform."""
        return self.institution_id == PLATFORM

    def code_at(self, now: datetime) -> str:
        """Return what their device shows."""
        return pyotp.TOTP(self.seed).generate_otp(int(now.timestamp()) // STEP_S)


STAFF = (
    DemoStaff("40000050", "Ada Rivas Demo", StaffRole.PLATFORM_ADMINISTRATOR, PLATFORM),
    DemoStaff("40000051", "Bruno Salas Demo", StaffRole.PLATFORM_ADMINISTRATOR, PLATFORM),
    DemoStaff("40000060", "Carla Medina Demo", StaffRole.COORDINATOR, "entidad-demo"),
    DemoStaff(
        "40000061", "Oscar Paredes Demo", StaffRole.OFFICER, "entidad-demo", tuple(Permission), "deposita y ve todo"
    ),
    DemoStaff(
        "40000062", "Olga Reyes Demo", StaffRole.OFFICER, "entidad-demo", (Permission.SEE_SENT,), "solo ve lo enviado"
    ),
    DemoStaff(
        "40000063",
        "Elena Vargas Demo",
        StaffRole.OFFICER,
        "entidad-demo",
        (Permission.RECOVER, Permission.REGISTER),
        "revisa en mesa de partes",
    ),
    DemoStaff("40000065", "Marcos Tello Demo", StaffRole.COORDINATOR, "municipalidad-demo"),
)


def load_demo_staff(box: Container, password: str, *, now: datetime) -> None:
    """Enrol whoever is missing, and set up their access; change nobody who is there."""
    tools = staff_tools(box)
    for demo in STAFF:
        if tools.staff.find(demo.institution_id, demo.number) is None:
            # Long enough ago to confirm what somebody asks for today.
            _enrol(
                demo,
                replace(tools, mail=_Unsent(), new_seed=partial(_seed_of, demo)),
                password,
                now - timedelta(days=2),
            )


def _seed_of(demo: DemoStaff) -> str:
    return demo.seed


def staff_codes(now: datetime) -> Iterator[tuple[DemoStaff, str, str, timedelta]]:
    """Yield everybody, what they are, what their device shows, and how long that counts."""
    left = timedelta(seconds=STEP_S - int(now.timestamp()) % STEP_S)
    for demo in STAFF:
        yield demo, ROLE_WORDS[demo.role], demo.code_at(now), left


def _enrol(demo: DemoStaff, tools: StaffTools, password: str, now: datetime) -> None:
    link = tools.new_secret()
    tools = replace(tools, new_secret=lambda: link)
    local = demo.name.split(maxsplit=1)[0].lower()
    typed = TypedStaff(
        demo.number,
        demo.name,
        f"{local}.{demo.number[-2:]}@entidad.example",
        ROLE_WORDS[demo.role],
        permissions=tuple(demo.permissions),
    )
    if demo is STAFF[0] and tools.staff.find_first() is None:
        enrol_first_administrator(typed, by=_BY, tools=tools, now=now)
    else:
        enrol_staff(typed, demo.role, demo.institution_id, by=_BY, tools=tools, now=now)
    before = now - timedelta(seconds=2 * STEP_S)  # so that what the device shows now has not been used
    set_up_access(link, password, demo.code_at(before), origin="", tools=tools, now=before)


class _Unsent(Mail):
    """Sends nothing: nobody reads these."""

    def __init__(self) -> None:
        """Need no client."""
        super().__init__(None, "")

    def send(self, message: EmailMessage, destination: str, tags: Mapping[str, str]) -> str:  # noqa: ARG002 - as Mail's
        """Take it."""
        return "unsent"
