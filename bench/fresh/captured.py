"""What `service` does, and the calls that it gave to its clients: by marshal, after the line it prints."""

import marshal
import sys
from copy import deepcopy
from typing import Any

from bench.fresh import service


def main() -> None:
    """Answer, and tell the calls."""
    from botocore.client import BaseClient

    client: Any = BaseClient
    make_call = client._make_api_call  # noqa: SLF001 - the place beneath every client and PynamoDB
    calls: list[Any] = []

    def captured(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        calls.append((self.meta.service_model.service_name, operation, deepcopy(parameters)))  # a client changes them
        return make_call(self, operation, parameters)

    client._make_api_call = captured  # noqa: SLF001
    service.main()
    sys.stdout.flush()
    sys.stdout.buffer.write(marshal.dumps(calls))
