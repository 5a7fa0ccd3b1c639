"""Who decides about a registration reads whether the holder has a mailbox, by whichever name it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.registration.review import awaiting_review
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.review_registrations import ReviewTools, list_reviews, show_review
from tests.deposit_world import a_mailbox
from tests.services.registration.test_mail_link import Applicant, applicant

__all__ = ["applicant"]


@pytest.mark.parametrize(
    ("there", "has_mailbox"),
    [("1-99000001", True), ("8-10990000013", True), ("8-10990000021", False), ("1-99000002", False)],
)
def test_a_review_tells_of_a_mailbox_by_dni_and_by_ruc(applicant: Applicant, there: str, has_mailbox: bool) -> None:
    mailbox_store(applicant.container).put(a_mailbox(mailbox_id=there))
    held = awaiting_review(applicant.stored, applicant.now, applicant.now + timedelta(days=5))
    key = applicant.tools.registrations.update(held).key
    tools = ReviewTools(applicant.tools, mailbox_store(applicant.container))

    act = OperatorAct("operator:rquispe", "Vino con su DNI", applicant.container.clock, lambda: "e1")
    assert show_review(key, tools=tools, act=act).has_mailbox is has_mailbox
    [listed] = list_reviews(tools=tools, limit=10).reviews
    assert listed.has_mailbox is has_mailbox
