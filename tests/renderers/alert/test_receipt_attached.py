"""With the receipt attached, subject and body tell no more than without, and the message stays small."""

from __future__ import annotations

import re

import pytest

from chalicelib.renderers.alert.alert_letters import render_alert_email
from tests.alert_world import LETTERHEAD, a_batch, an_alert
from tests.renderers.deposit.test_receipt import receipt, the_longest_notice

SES_TAKES = 40 * 1024 * 1024
"""Bytes of a message by the API's second version, attachments encoded."""


def test_the_largest_receipt_makes_a_message_far_below_what_the_provider_takes() -> None:
    message = render_alert_email(a_batch(), an_alert(), LETTERHEAD, receipt=receipt(the_longest_notice()))
    assert len(message.as_bytes()) < 256 * 1024 < SES_TAKES / 100


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_subject_and_body_are_as_before_but_for_the_line_about_the_receipt(kind: str) -> None:
    bare = render_alert_email(a_batch(), an_alert(), LETTERHEAD)
    attached = render_alert_email(a_batch(), an_alert(), LETTERHEAD, receipt=receipt(the_longest_notice()))
    assert attached["Subject"] == bare["Subject"]
    texts = []
    for message in (bare, attached):
        part = message.get_body((kind,))
        assert part is not None
        texts.append(set(re.split(r"\n|(?<=>)", part.get_content())))
    assert len(texts[0] - texts[1]) == len(texts[1] - texts[0]) == 1
    notice, [line] = the_longest_notice(), texts[1] - texts[0]
    assert "constancia" in line
    for secret in (notice.document.subject, notice.document.number, notice.case_file.number, notice.mailbox_id):
        assert secret not in attached.get_body((kind,)).get_content()  # type: ignore[union-attr]
