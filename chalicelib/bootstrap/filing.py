"""What the filing window needs: the catalogue of procedures, drafts, filings and who attends to them."""

from __future__ import annotations

from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.alert import sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.institution import office_store, staff_store
from chalicelib.bootstrap.sender import institution_store, sender_tools
from chalicelib.bootstrap.storage import calendar_store, limit_store, mailbox_store
from chalicelib.domain.deposit.orphan_position import OrphanPosition
from chalicelib.services.alert.send_alerts import send_alerts
from chalicelib.services.filing.answer_by_system import AnswerBySystem
from chalicelib.services.filing.attend_filing import AttendTools
from chalicelib.services.filing.export_inbox import ExportInboxTools
from chalicelib.services.filing.file_draft import FileTools
from chalicelib.services.filing.filing_drafts import DraftTools
from chalicelib.services.filing.foresee_filing import ForeseeTools
from chalicelib.services.filing.join_photos import JoinTools, WorkTools
from chalicelib.services.filing.read_catalogue import CatalogueTools
from chalicelib.services.filing.systems import SystemTools
from chalicelib.services.filing.tell_ends import TellTools
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_month_store import FilingMonthStore
from chalicelib.store.filing.filing_situation import FilingSituationStore
from chalicelib.store.filing.filing_store import FilingStore
from chalicelib.store.filing.procedure_store import ProcedureStore
from chalicelib.store.position_store import PositionStore


@made_once
def procedure_store(box: Container) -> ProcedureStore:
    """The catalogues of procedures."""
    return ProcedureStore(connection(box))


@made_once
def catalogue_tools(box: Container) -> CatalogueTools:
    """What everybody may read of them."""
    return CatalogueTools(procedure_store(box), institution_store(box), office_store(box))


@made_once
def filing_draft_store(box: Container) -> FilingDraftStore:
    """What people write and have not filed."""
    connection(box)
    return FilingDraftStore()


@made_once
def filing_store(box: Container) -> FilingStore:
    """What they filed."""
    return FilingStore(connection(box))


@made_once
def filing_orphan_position_store(box: Container) -> PositionStore[OrphanPosition]:
    """Where the sweep of what filings left behind stands."""
    connection(box)
    return PositionStore("sweep_filing_orphans", OrphanPosition)


@made_once
def draft_tools(box: Container) -> DraftTools:
    """What drafts and their files need."""
    return DraftTools(filing_draft_store(box), files(box), upload_store(box), box.chance.new_event_id, box.clock)


@made_once
def file_tools(box: Container) -> FileTools:
    """What filing a draft needs."""
    return FileTools(
        drafts=filing_draft_store(box),
        situations=FilingSituationStore(connection(box)),
        filings=filing_store(box),
        files=files(box),
        calendar=box.calendar,
        clock=box.clock,
        new_code=box.chance.new_code,
        new_event_id=box.chance.new_event_id,
        pause=box.pause,
        below=box.chance.below,
        portal_url=box.portal_url,
        reach=box.sms_reach,
    )


@made_once
def attend_tools(box: Container) -> AttendTools:
    """What officers need who attend to what was filed."""
    return AttendTools(
        filings=filing_store(box),
        institutions=institution_store(box),
        offices=office_store(box),
        calendars=calendar_store(box),
        staff=staff_store(box),
        mailboxes=mailbox_store(box),
        reach=box.sms_reach,
        calendar=box.calendar,
        clock=box.clock,
        new_event_id=box.chance.new_event_id,
    )


@made_once
def system_tools(box: Container) -> SystemTools:
    """What institutions' systems need, to read filings and attend to them."""
    return SystemTools(sender_tools(box), attend_tools(box), FilingMonthStore(connection(box)), files(box))


@made_once
def answer_by_system(box: Container) -> AnswerBySystem:
    """What decides about deposits of systems that answer filings."""
    return AnswerBySystem(attend_tools(box), box.mailbox_prefixes)


@made_once
def foresee_tools(box: Container) -> ForeseeTools:
    """What tells a person beforehand what filing a draft would mean."""
    return ForeseeTools(FilingSituationStore(connection(box)), procedure_store(box), box.calendar, box.clock)


@made_once
def join_tools(box: Container) -> JoinTools:
    """What asking for photos as one PDF needs."""
    return JoinTools(draft_tools(box), export_tools(box).queue, partial(limit_store, box))


@made_once
def join_work(box: Container) -> WorkTools:
    """What making that PDF needs."""
    return WorkTools(filing_draft_store(box), upload_store(box), files(box), box.clock)


@made_once
def export_inbox_tools(box: Container) -> ExportInboxTools:
    """What a list of what offices got needs to be a file."""
    return ExportInboxTools(
        attend_tools(box),
        export_tools(box).export_files,
        limit_store(box),
        box.chance.new_event_id,
    )


@made_once
def tell_tools(box: Container) -> TellTools:
    """What telling of ends goes through."""
    return TellTools(
        filings=filing_store(box),
        mailboxes=mailbox_store(box),
        institutions=institution_store(box),
        offices=office_store(box),
        calendars=calendar_store(box),
        calendar=box.calendar,
        reach=box.sms_reach,
        clock=box.clock,
        new_event_id=box.chance.new_event_id,
        send=lambda batch_id: send_alerts(batch_id, sending_tools(box)),
    )
