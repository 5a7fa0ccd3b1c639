from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.exceptions import PutError

from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PutError("no", ClientError({"Error": {"Code": CONDITION_FAILED}}, "PutItem")), CONDITION_FAILED),
        (ClientError({"Error": {"Code": "ThrottlingException"}}, "BatchGetItem"), "ThrottlingException"),
        (PutError("no", ReadTimeoutError(endpoint_url="http://127.0.0.1")), ""),
        (PutError("no"), ""),
    ],
)
def test_code_is_read_from_every_kind_of_error(error: Exception, code: str) -> None:
    assert vendor_code(error) == code
