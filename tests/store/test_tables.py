from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib.store.tables import connect


@pytest.mark.usefixtures("aws")
def test_threads_that_meet_at_a_process_first_call_share_one_client() -> None:
    connection, meeting = connect(), Barrier(2)

    def client(_: int) -> object:
        meeting.wait(5)
        return connection.client

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(client, range(2))

    assert one is other
