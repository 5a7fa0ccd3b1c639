from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.csrf import check_csrf, csrf_token
from chalicelib.domain.errors import Forbidden, ValidationNeeded
from chalicelib.domain.session import Session, require_validated, too_many

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
PEPPER = bytes(range(32))
SESSION = Session("s1", "a1", "u1", "1-40000002", "1-40000002", created_at=NOW, validated_at=NOW)


def test_a_validation_passes_at_19_59_and_not_at_20_01() -> None:
    require_validated(SESSION, NOW + timedelta(minutes=19, seconds=59))
    require_validated(SESSION, NOW + timedelta(minutes=20))
    with pytest.raises(ValidationNeeded) as caught:
        require_validated(SESSION, NOW + timedelta(minutes=20, seconds=1))
    assert caught.value.code == "validation_needed"


def test_a_session_that_was_never_validated_is_asked() -> None:
    never = replace(SESSION, validated_at=None)
    assert never.validation_ends_at is None
    with pytest.raises(ValidationNeeded):
        require_validated(never, NOW)


def test_a_validation_shows_its_end_which_is_the_sessions_at_the_latest() -> None:
    late = replace(SESSION, validated_at=NOW + timedelta(hours=7, minutes=50))
    assert SESSION.validation_ends_at == NOW + timedelta(minutes=20)
    assert late.validation_ends_at == SESSION.valid_until == NOW + timedelta(hours=8)


def test_a_login_is_with_an_own_password_from_nowhere_by_nobody_until_it_is_told_otherwise() -> None:
    assert (SESSION.must_change_password, SESSION.origin, SESSION.name, SESSION.began_at) == (False, "", "", None)
    assert (SESSION.shown_name, replace(SESSION, name="Usuaria").shown_name) == (SESSION.username, "Usuaria")


def test_a_form_is_of_one_login_and_survives_its_validations() -> None:
    token = csrf_token(PEPPER, SESSION)
    check_csrf(PEPPER, replace(SESSION, session_id="s2", validated_at=NOW + timedelta(hours=1)), token)
    for other, given in [(replace(SESSION, access_id="a2"), token), (SESSION, ""), (SESSION, token[:-1])]:
        with pytest.raises(Forbidden) as caught:
            check_csrf(PEPPER, other, given)
        assert caught.value.code == "csrf_mismatch"


def test_the_tenth_of_a_users_sessions_has_room_and_the_eleventh_displaces_the_oldest_login() -> None:
    others = [
        replace(SESSION, session_id=f"s{n}", access_id=f"a{n}", created_at=NOW + timedelta(seconds=n))
        for n in range(11)
    ]
    assert too_many(others[:9]) == ()
    assert too_many(others[9::-1]) == (others[0],)
    assert too_many(others) == (others[0], others[1])
    rotated = replace(others[5], session_id="rotated")
    assert too_many([*others[:9], rotated]) == ()
    gone_on = replace(others[5], created_at=NOW + timedelta(hours=1), began_at=NOW - timedelta(seconds=1))
    assert too_many([*others[:5], gone_on, *others[6:10]]) == (gone_on,)
