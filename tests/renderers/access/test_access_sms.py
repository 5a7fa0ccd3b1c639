"""The SMS about one's own access: one part of GSM-7, whatever the portal is called, and no link."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.mailbox import ChangeKind
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length
from chalicelib.renderers.access.access_sms import address_code_sms, change_sms, repeated_sms
from infra.template import load_template
from tests.alert_world import LETTERHEAD

CODE = "WXYZ-WXYZ-WXYZ"
LONGEST = int(load_template()["Parameters"]["PortalAddress"]["MaxLength"])


@pytest.mark.parametrize("portal", ["casilla.gob.pe", "x" * LONGEST], ids=["usual", "longest"])
@pytest.mark.parametrize("kind", ChangeKind)
def test_a_change_is_told_in_one_part_with_portal_and_code(kind: ChangeKind, portal: str) -> None:
    text = change_sms(kind, CODE, portal)

    assert (gsm7_length(text) or ONE_PART + 1) <= ONE_PART
    assert portal in text
    assert CODE in text
    assert "No fui yo" in text
    assert "/" not in text


@pytest.mark.parametrize("portal", ["casilla.gob.pe", "x" * LONGEST], ids=["usual", "longest"])
def test_a_repeated_registration_is_told_in_one_part(portal: str) -> None:
    text = repeated_sms(portal)

    assert (gsm7_length(text) or ONE_PART + 1) <= ONE_PART
    assert "Todo sigue igual" in text


@pytest.mark.parametrize("portal", ["casilla.gob.pe", "x" * LONGEST], ids=["usual", "longest"])
def test_the_code_for_a_mobile_comes_in_one_part_first_of_all_and_with_its_end(portal: str) -> None:
    letterhead = replace(LETTERHEAD, portal=portal)

    text = address_code_sms("K7M3QX", datetime(2026, 3, 9, 20, 45, 30, tzinfo=UTC), letterhead)

    assert (gsm7_length(text) or ONE_PART + 1) <= ONE_PART
    assert text.startswith("K7M3QX: ")
    assert "antes de las 15:45" in text
    assert "No lo comparta" in text
    assert "/" not in text
