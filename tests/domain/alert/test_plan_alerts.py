from datetime import UTC, datetime

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.mailbox import Channel, DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.sender.institution import Institution, InstitutionState

DEPOSITED_AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


def a_user(user_id: str, *, mobile: str | None = None, state: UserState = UserState.ACTIVE) -> MailboxUser:
    return MailboxUser(user_id, "Persona", f"{user_id}@ejemplo.pe", mobile, state, is_principal=False)


def plan(*users: MailboxUser, attaches_receipt: bool = False, short_name: str | None = None) -> AlertBatch:
    holder = Holder(DocumentType.DNI, "40000002", "QUISPE DEMO")
    institution = Institution(
        "20", "Entidad", "", "", InstitutionState.ACTIVE, attaches_receipt=attaches_receipt, short_name=short_name
    )
    return plan_alerts(
        Mailbox("1-40000002", holder, MailboxState.OPEN, users, 1),
        notice_id="N",
        institution=institution,
        deposited_at=DEPOSITED_AT,
        receipt_key="n/constancia.pdf",
    )


def test_every_active_user_gets_an_email_and_with_a_mobile_an_sms() -> None:
    batch = plan(a_user("u1", mobile="+51900000001"), a_user("u2"))
    assert batch.alerts == (
        Alert("u1.email", Channel.EMAIL, "u1@ejemplo.pe"),
        Alert("u1.sms", Channel.SMS, "+51900000001"),
        Alert("u2.email", Channel.EMAIL, "u2@ejemplo.pe"),
    )


def test_pending_and_disabled_users_get_none() -> None:
    assert plan(a_user("u1", state=UserState.PENDING), a_user("u2", state=UserState.DISABLED)).alerts == ()


def test_the_receipt_goes_along_only_where_the_institution_attaches_it() -> None:
    assert plan(a_user("u1")).receipt_key is None
    assert plan(a_user("u1"), attaches_receipt=True).receipt_key == "n/constancia.pdf"


def test_the_short_name_of_the_deposit_s_day_goes_along_where_there_is_one() -> None:
    assert plan(a_user("u1")).institution_short_name is None
    assert plan(a_user("u1"), short_name="Muni. Ejemplo").institution_short_name == "Muni. Ejemplo"
