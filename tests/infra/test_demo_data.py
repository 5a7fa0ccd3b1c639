"""The demonstration's people: each an own identifier and an own way in, also over data of an earlier version."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.config import Config
from chalicelib.domain.access.credentials import check_new_password
from chalicelib.domain.deadline import Regime
from chalicelib.domain.deposit.recipient import foresee_reception
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.access.password_hashing import PasswordHashing
from infra.local.cast import can_log_in
from infra.local.demo_data import (
    INSTITUTIONS,
    KEY_FILES,
    MAILBOXES,
    PASSWORD,
    _add_accounts,
    _add_mailboxes,
    load_demo_data,
)
from infra.local.demo_procedures import LICENCE, PROCEDURES
from tests.common_passwords import COMMON
from tests.deposit_world import NOW, a_mailbox, put_institution


@pytest.fixture
def box(aws: dict[str, str]) -> Container:
    return Container(Config.from_env({**aws, "API_AUTHORITY": "x", "API_BASE_URL": "https://x"}))


def test_no_two_users_share_an_identifier_a_username_or_within_a_mailbox_an_address() -> None:
    users = [(mailbox, user) for mailbox in MAILBOXES for user in mailbox.users]
    for key in (
        {user.user_id for _, user in users},
        {mailbox.username_of(user) for mailbox, user in users},
        {(mailbox.mailbox_id, user.email) for mailbox, user in users},
    ):
        assert len(key) == len(users)


def test_every_active_person_can_be_alerted_by_e_mail_and_sms() -> None:
    active = [user for mailbox in MAILBOXES for user in mailbox.users if user.state is UserState.ACTIVE]
    assert [user.name for user in active if user.mobile is None] == []
    assert len({user.mobile for user in active}) == len(active)


@pytest.mark.parametrize("institution", INSTITUTIONS, ids=lambda one: one.institution_id)
def test_every_open_mailbox_receives_under_every_regime(institution: Institution) -> None:
    for mailbox in MAILBOXES:
        expected = tuple(Regime) if mailbox.state is MailboxState.OPEN else ()
        assert foresee_reception(mailbox, institution).regimes == expected


def test_the_people_named_at_the_start_have_the_password_told_there(box: Container) -> None:
    mailbox_store(box).put(a_mailbox())  # as an earlier version kept it: users `u1` and `u2`
    for _ in range(2):
        _add_mailboxes(box)
        _add_accounts(box)

    usernames = [mailbox.username_of(user) for mailbox, user in can_log_in(MAILBOXES)]
    for username in usernames:
        account = account_store(box).find(username)
        assert account is not None
        assert PasswordHashing().check(PASSWORD, account.password_hash).is_right
        mailbox = mailbox_store(box).find(account.mailbox_id)
        assert mailbox is not None
        assert mailbox.user(account.user_id) is not None
        check_new_password(PASSWORD, account, mailbox, COMMON)
        assert account.state is UserState.ACTIVE
    assert len(usernames) == 8


def load(box: Container, folder: Path) -> str:
    return load_demo_data(box, folder, now=NOW, addresses={})


def test_institutions_and_their_keys_are_set_up_once_and_deposit(box: Container, tmp_path: Path) -> None:
    keyid = load(box, tmp_path)
    found = institution_store(box).list_all()
    keys = {one.institution_id: institution_store(box).list_keys(one.institution_id) for one in found}

    assert [(one.institution_id, one.norms, one.regime, one.state, one.short_name) for one in found] == [
        (one.institution_id, one.norms, one.regime, one.state, one.short_name) for one in INSTITUTIONS
    ]
    assert {name: [key.key_id for key in of_it] for name, of_it in keys.items()} == {name: ["demo-1"] for name in keys}
    assert json.loads((tmp_path / "demo.json").read_text("utf-8"))["keyid"] == keyid == "entidad-demo:demo-1"
    for name, of_it in keys.items():
        assert event_store(box).list_for_subject(f"institution#{name}")[0].actor == "operator:demo"
        kinds = [event.type.value for event in event_store(box).list_for_subject(f"institution#{name}")]
        assert len([kind for kind in kinds if kind.startswith("institution.")]) == 4 + len(of_it)

    assert load(box, tmp_path) == keyid
    assert institution_store(box).list_all() == found
    (tmp_path / KEY_FILES[0]).unlink()
    assert load(box, tmp_path) == "entidad-demo:demo-2"


def test_what_an_earlier_version_left_without_norms_gets_them(box: Container, tmp_path: Path) -> None:
    put_institution(box, replace(INSTITUTIONS[0], norms=()))
    load(box, tmp_path)
    found = institution_store(box).find("entidad-demo")
    assert found is not None
    assert (found.norms, found.regime) == (INSTITUTIONS[0].norms, Regime.DEPOSIT)


def test_two_institutions_have_a_catalogue_with_a_form_versions_and_one_retired_and_a_second_start_adds_none(
    box: Container, tmp_path: Path
) -> None:
    for _ in range(2):
        load_demo_data(box, tmp_path, now=NOW, addresses={})
    store = procedure_store(box)
    assert [one.institution_id for one in store.list_institutions()] == ["entidad-demo", "municipalidad-demo"]
    listed = {one: store.list_for_institution(one) for one in PROCEDURES}
    assert {one: len(entries) for one, entries in listed.items()} == {"municipalidad-demo": 4, "entidad-demo": 3}
    assert [entry.code for entry in listed["municipalidad-demo"] if entry.is_retired] == ["PA-0102"]
    [licence] = [entry for entry in listed["municipalidad-demo"] if entry.code == LICENCE.tupa_code]
    kept = store.find("municipalidad-demo", licence.procedure_id)
    assert kept is not None
    assert (kept.version, kept.cost_cents, [form.name for form in kept.forms]) == (
        3,
        12_900,
        ["solicitud-licencia.pdf"],
    )
