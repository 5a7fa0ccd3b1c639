"""What drafts and their deposits need; apart from the rest of the console, most of whose pages load none of it."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.services.filing.answer_by_notice import AnswerByDeposit
from chalicelib.services.institution.attach_files import AttachTools
from chalicelib.services.institution.send_composition import SendTools
from chalicelib.store.deposit.same_document_store import SameDocumentStore
from chalicelib.store.institution.composition_store import CompositionStore


@made_once
def composition_store(box: Container) -> CompositionStore:
    """What officers write and have not deposited."""
    connection(box)
    return CompositionStore()


@made_once
def attach_tools(box: Container) -> AttachTools:
    """What files of drafts need."""
    return AttachTools(composition_store(box), files(box), upload_store(box), box.chance.new_event_id, box.clock)


@made_once
def send_tools(box: Container) -> SendTools:
    """What depositing a draft needs."""
    return SendTools(attach_tools(box), deposit_tools(box), AnswerByDeposit(attend_tools(box), box.mailbox_prefixes))


@made_once
def same_document_store(box: Container) -> SameDocumentStore:
    """What was deposited to a holder before."""
    return SameDocumentStore(connection(box))
