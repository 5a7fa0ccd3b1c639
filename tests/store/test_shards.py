from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta, timezone

from chalicelib.domain.codes import CODE_SPACE, code_from_number
from chalicelib.store.shards import SHARDS, expiry_shard, expiry_shards, shard_of_code, shard_of_hash

LIMA = timezone(timedelta(hours=-5))


def test_the_shard_of_a_hash_is_its_last_byte_modulo_eight() -> None:
    hashes = [f"session#0123{last:02x}" for last in range(256)]
    assert [shard_of_hash(key) for key in hashes] == [str(last % 8) for last in range(256)]


def test_hashes_and_codes_fill_the_shards_evenly() -> None:
    hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(8000)]
    codes = [code_from_number(int(name, 16) % CODE_SPACE) for name in hashes]
    for found in (Counter(map(shard_of_hash, hashes)), Counter(map(shard_of_code, codes))):
        assert sorted(found) == list(SHARDS)
        assert min(found.values()) > 900
        assert max(found.values()) < 1100


def test_the_day_of_an_expiry_is_that_of_utc() -> None:
    assert expiry_shard(datetime(2026, 3, 9, 23, 30, tzinfo=LIMA), "session#0a") == "2026-03-10#2"


def test_every_expiry_of_a_day_is_in_one_of_its_eight_shards() -> None:
    shards = expiry_shards(date(2026, 3, 10))
    assert len(set(shards)) == 8
    noon = datetime(2026, 3, 10, 12, tzinfo=LIMA)
    assert {expiry_shard(noon, f"0{digit:x}") for digit in range(16)} == set(shards)
