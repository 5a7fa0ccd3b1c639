"""A registry's JSON, asked for by one bounded exchange; what cannot be read as JSON counts as no answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.official_name import RegistryGarbled
from chalicelib.domain.typed import is_garbled
from chalicelib.gateways.bounded_http import BoundedHttp, ExchangeLimits, NoAnswer, read_json

_OK = 200
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json; charset=UTF-8"}


class RegistryHttp:
    """Speaks to one registry's address; threads share it."""

    def __init__(
        self, url: str, limits: ExchangeLimits | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ConfigError: the address is not https; plain http is for the simulator on loopback alone.

        """
        self._http = BoundedHttp(url, limits, monotonic=monotonic)

    def get(self, query: Mapping[str, str]) -> Any:
        """Return the JSON of a GET.

        Raises:
            Unavailable: `registry_unavailable`.

        """
        return self._exchange("GET", query, None)

    def post(self, query: Mapping[str, str], body: object) -> Any:
        """Return the JSON of a POST of JSON.

        Raises:
            Unavailable: `registry_unavailable`.

        """
        return self._exchange("POST", query, json.dumps(body).encode())

    def close(self) -> None:
        """Drop the open connections."""
        self._http.close()

    def _exchange(self, method: str, query: Mapping[str, str], body: bytes | None) -> Any:
        try:
            answered = self._http.exchange(method, query, _HEADERS, body)
            if answered.status == _OK:
                _require_decodable(answered.content)
                return read_json(answered.content)
        except NoAnswer as error:
            raise registry_unavailable() from error.__cause__
        raise registry_unavailable()


def registry_unavailable(retry_after: int | None = None) -> Unavailable:
    """Return the one error for a registry that does not answer as it should."""
    return Unavailable(
        "registry_unavailable",
        "El registro que confirma sus datos no responde ahora. Sus datos se comprobarán más tarde.",
        retry_after=retry_after,
    )


def require_readable(text: str) -> str:
    """Return a text of a registry that has all its letters.

    Raises:
        RegistryGarbled: `registry_unavailable`.

    """
    if is_garbled(text):
        raise registry_garbled()
    return text


def registry_garbled() -> RegistryGarbled:
    """Return the error for an answer whose letters were lost; for everybody else it is no answer."""
    plain = registry_unavailable()
    return RegistryGarbled(plain.code, plain.detail)


def _require_decodable(content: bytes) -> None:
    try:
        content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        raise registry_garbled() from None
