"""One bounded HTTP exchange with a registry, by urllib3, which boto3 brings along.

TLS is always verified, redirects are not followed, nothing is retried, and neither time nor size is left to the other
side. What the registry says is read as JSON or counts as no answer. No URL, body or vendor's text reaches an error of
ours: they hold personal data.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Never
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.config import ConfigError
from chalicelib.domain.errors import Unavailable

_OK = 200
_CHUNK = 65_536
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class ExchangeLimits:
    """Seconds to connect, between two arrivals and for the whole body; bytes of an answer (RENIEC adds a photo)."""

    connect: float = 2.0
    read: float = 4.0
    whole: float = 8.0
    size: int = 2_000_000


class RegistryHttp:
    """Speaks to one registry's address, over connections that it keeps open; threads share it."""

    def __init__(
        self, url: str, limits: ExchangeLimits | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ConfigError: the address is not https; plain http is for the simulator on loopback alone.

        """
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ConfigError("the address of a registry must begin with https://")
        self._url = url
        self._limits = limits or ExchangeLimits()
        self._monotonic = monotonic
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=self._limits.connect, read=self._limits.read)
        )

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
        self._pool.clear()

    def _exchange(self, method: str, query: Mapping[str, str], body: bytes | None) -> Any:
        headers = {"Accept": "application/json", "Content-Type": "application/json; charset=UTF-8"}
        try:
            response = self._pool.request(
                method,
                f"{self._url}?{urlencode(query)}",
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            content = self._content(response)
        except HTTPError as error:
            raise registry_unavailable() from error
        return _parse(content)

    def _content(self, response: urllib3.BaseHTTPResponse) -> bytes:
        until, content = self._monotonic() + self._limits.whole, b""
        try:
            if response.status != _OK:
                raise registry_unavailable()
            while chunk := response.read1(_CHUNK):
                content += chunk
                if len(content) > self._limits.size or self._monotonic() > until:
                    raise registry_unavailable()
        except Unavailable:
            response.close()  # what was not read must not meet the next exchange on this connection
            raise
        response.release_conn()
        return content


def registry_unavailable(retry_after: int | None = None) -> Unavailable:
    """Return the one error for a registry that does not answer as it should."""
    return Unavailable(
        "registry_unavailable",
        "El registro que confirma sus datos no responde ahora. Sus datos se comprobarán más tarde.",
        retry_after=retry_after,
    )


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise registry_unavailable() from None  # the parser's error carries the body


def _refuse_constant(_name: str) -> Never:
    raise ValueError
