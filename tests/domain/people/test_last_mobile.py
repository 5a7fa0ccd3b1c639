from __future__ import annotations

import pytest

from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.domain.people.last_mobile import LastMobile
from chalicelib.domain.people.mailbox_users import with_mobile
from tests.deposit_world import a_mailbox, a_user


def test_who_keeps_the_last_mobile_reads_to_which_countries_sms_go() -> None:
    reach = SmsReach(frozenset({"PE", "ES"}))
    mailbox = a_mailbox(users=(a_user(1, mobile="+34612345678"),))

    with pytest.raises(LastMobile) as refused:
        with_mobile(mailbox, mailbox.users[0], "+56 9 6123 4567", reach)

    assert "registre antes uno del Perú o de España" in refused.value.detail
