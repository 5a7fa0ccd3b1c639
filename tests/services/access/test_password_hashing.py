from __future__ import annotations

import json
import subprocess
import sys

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from chalicelib.services.access import password_hashing
from chalicelib.services.access.password_hashing import PasswordCheck, PasswordHashing

HASHING = PasswordHashing()
PASSWORD = "Camión-tejado-7"


def test_a_password_is_right_however_its_accents_are_composed_and_no_other_is() -> None:
    stored = HASHING.hash(PASSWORD)
    assert HASHING.check(PASSWORD, stored) == PasswordCheck(is_right=True)
    assert HASHING.check("Camio\u0301n-tejado-7", stored) == PasswordCheck(is_right=True)
    assert HASHING.check(PASSWORD.lower(), stored) == PasswordCheck(is_right=False)


def test_two_hashes_of_one_password_differ_and_tell_the_parameters() -> None:
    one, other = HASHING.hash(PASSWORD), HASHING.hash(PASSWORD)
    assert one != other
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_under_older_parameters_is_right_and_asks_to_be_renewed() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1, type=Type.ID).hash(PASSWORD)
    assert HASHING.check(PASSWORD, older) == PasswordCheck(is_right=True, needs_rehash=True)


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_without_a_usable_hash_no_password_is_right(stored: str | None) -> None:
    assert HASHING.check(PASSWORD, stored) == PasswordCheck(is_right=False)


def test_an_unknown_user_costs_the_same_work_as_a_known_one() -> None:
    nobodys = extract_parameters(password_hashing._NOBODYS)  # noqa: SLF001 - what the claim is about
    assert nobodys == extract_parameters(HASHING.hash(PASSWORD))


def test_the_library_is_loaded_only_when_a_password_is_checked() -> None:
    program = (
        "import json, sys, chalicelib.services.access.password_hashing as p, chalicelib.services.access.captcha;"
        "p.PasswordHashing(); print(json.dumps([m for m in ('argon2', 'captcha', 'PIL') if m in sys.modules]))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)  # noqa: S603
    assert json.loads(loaded.stdout) == []
