import pytest

from chalicelib.domain.alert.plan_alerts import alert_addresses
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.notice import AlertAddress


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("rosa@ejemplo.pe", "r***@ejemplo.pe"),
        ("rosa.quispe.mamani@ejemplo.pe", "r***@ejemplo.pe"),
        ("r@ejemplo.pe", "***@ejemplo.pe"),
    ],
)
def test_masked_email_shows_first_letter_and_domain_and_hides_the_length(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+51987654321", "+51 *** *** 321"), ("+593987654321", "+593 *** *** 321"), ("+14155550100", "+ *** *** 100")],
)
def test_masked_mobile_shows_country_and_last_three_digits(number: str, masked: str) -> None:
    assert mask_mobile(number) == masked


def test_only_active_users_are_printed_in_the_order_of_the_mailbox() -> None:
    users = (
        MailboxUser("u1", "Rosa", "rosa@ejemplo.pe", "+51987654321", UserState.ACTIVE, is_principal=True),
        MailboxUser("u2", "Luis", "luis@ejemplo.pe", "+51987654322", UserState.DISABLED, is_principal=False),
        MailboxUser("u3", "Inés", "ines@ejemplo.pe", None, UserState.ACTIVE, is_principal=False),
    )
    mailbox = Mailbox("1-40000002", Holder(DocumentType.DNI, "40000002", "Rosa"), MailboxState.OPEN, users, 1)
    assert alert_addresses(mailbox) == (
        AlertAddress("email", "r***@ejemplo.pe"),
        AlertAddress("sms", "+51 *** *** 321"),
        AlertAddress("email", "i***@ejemplo.pe"),
    )
