"""What the staff of institutions and of the platform needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import common_passwords
from chalicelib.bootstrap.alert import side_way_out
from chalicelib.bootstrap.aws import connection, new_client, pepper
from chalicelib.bootstrap.deposit import sender_month_store, standing_store
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.mail import access_mail, alert_mail, letterhead
from chalicelib.bootstrap.reading import reading_store, suspension_store
from chalicelib.bootstrap.sender import institution_store, note_use
from chalicelib.bootstrap.session import token_store
from chalicelib.bootstrap.storage import event_store, limit_store
from chalicelib.domain.institution.one_time_code import RECOVERY_SPACE, SEED_SPACE, recovery_code, seed_from
from chalicelib.domain.institution.unusual_looks import read_thresholds
from chalicelib.gateways.institution.seeds import Seeds
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.deposit.find_sent import SentTools
from chalicelib.services.institution.count_activity import CountTools
from chalicelib.services.institution.count_looks import LookTools
from chalicelib.services.institution.export_sent import ExportSentTools
from chalicelib.services.institution.suspend_reading import SuspensionTools
from chalicelib.services.institution.tell_coordinators import ToldLetters
from chalicelib.services.institution.tools import StaffTools
from chalicelib.services.institution.watch_keys import KeyWatchTools
from chalicelib.store.institution.activity_store import ActivityStore
from chalicelib.store.institution.emblem_store import EmblemStore
from chalicelib.store.institution.look_counts import LookCounts
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.institution.staff_session_store import StaffSessionStore
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore


@made_once
def staff_store(box: Container) -> StaffStore:
    """The people of institutions and of the platform."""
    return StaffStore(connection(box), pepper(box))


@made_once
def staff_session_store(box: Container) -> StaffSessionStore:
    """Who of them is logged in."""
    return StaffSessionStore(connection(box), pepper(box))


@made_once
def staff_tools(box: Container) -> StaffTools:
    """Everything about who of the staff gets in."""
    below = box.chance.below
    return StaffTools(
        staff=staff_store(box),
        sessions=staff_session_store(box),
        institutions=institution_store(box),
        tokens=token_store(box),
        limits=limit_store(box),
        events=event_store(box),
        seeds=Seeds(new_client(box, "kms", retries=2), box.config.staff_key_arn),
        hashing=PasswordHashing(),
        common_passwords=partial(common_passwords, box),
        mail=access_mail(box),
        letterhead=letterhead(box),
        pepper=pepper(box),
        portal_url=box.portal_url,
        clock=box.clock,
        new_secret=box.chance.new_token,
        new_staff_id=box.chance.new_code,
        new_event_id=box.chance.new_event_id,
        new_seed=lambda: seed_from(below(SEED_SPACE)),
        new_recovery_code=lambda: recovery_code(below(RECOVERY_SPACE)),
    )


@made_once
def activity_store(box: Container) -> ActivityStore:
    """What happened to institutions' notices, counted."""
    return ActivityStore(connection(box))


@made_once
def count_tools(box: Container) -> CountTools:
    """Where it is counted."""
    return CountTools(activity_store(box), standing_store(box), box.calendar.zone, box.clock)


@made_once
def look_tools(box: Container) -> LookTools:
    """Where looks at people's data are counted."""
    return LookTools(LookCounts(connection(box)), read_thresholds(box.config.looks_an_hour), box.clock)


@made_once
def sent_tools(box: Container) -> SentTools:
    """Where what was deposited is listed."""
    return SentTools(sender_month_store(box), standing_store(box), box.calendar.zone, box.clock)


@made_once
def export_sent_tools(box: Container) -> ExportSentTools:
    """What a list of it as a file needs."""
    return ExportSentTools(sent_tools(box), export_tools(box).export_files, limit_store(box), box.chance.new_event_id)


@made_once
def office_store(box: Container) -> OfficeStore:
    """The offices of institutions."""
    return OfficeStore(connection(box))


def consultation_noted(box: Container) -> Callable[[str], None]:
    """Return what notes that officers of an institution consulted."""
    return note_use(box)


@made_once
def emblem_store(box: Container) -> EmblemStore:
    """Institutions' emblems."""
    connection(box)
    return EmblemStore()


@made_once
def key_watch_tools(box: Container) -> KeyWatchTools:
    """What warnings before a last key ends go through."""
    return KeyWatchTools(
        institutions=institution_store(box),
        staff=StaffStore(connection(box), b""),  # people are listed alone: no token is made, no pepper asked for
        warned=lambda institution_id: PositionStore(f"key-warning#{institution_id}", ToldLetters),
        mail=alert_mail(box),
        by_mail=side_way_out(box),
        letterhead=letterhead(box),
        portal_url=box.portal_url,
        now=box.clock,
    )


@made_once
def suspension_tools(box: Container) -> SuspensionTools:
    """What suspends the reading of a notice."""
    return SuspensionTools(reading_store(box), suspension_store(box), box.clock, box.chance.new_event_id, box.pause)
