"""One bounded HTTP exchange with an outside service, by urllib3, which boto3 brings along.

TLS is always verified, redirects are not followed, nothing is retried, and neither time nor size is left to the other
side. No URL, body or vendor's text reaches an error of ours: they hold personal data.
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

_CHUNK = 65_536
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class ExchangeLimits:
    """Seconds to connect, between two arrivals and for the whole body; bytes of an answer (RENIEC adds a photo)."""

    connect: float = 2.0
    read: float = 4.0
    whole: float = 8.0
    size: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """A status, and the whole body of it."""

    status: int
    content: bytes


class NoAnswer(Exception):
    """There was none, or none that can be used; without a text."""


class BoundedHttp:
    """Speaks to one address, over connections that it keeps open; threads share it."""

    def __init__(
        self, url: str, limits: ExchangeLimits | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ConfigError: the address is not https; plain http is for simulators on loopback alone.

        """
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ConfigError("the address of an outside service must begin with https://")
        self._url = url
        self._limits = limits or ExchangeLimits()
        self._monotonic = monotonic
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=self._limits.connect, read=self._limits.read)
        )

    def exchange(
        self, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes | None = None
    ) -> Answered:
        """Send one request, and read what is answered to it, whatever its status.

        Raises:
            NoAnswer: nothing came, or not in time, or too much.

        """
        address = f"{self._url}?{urlencode(query)}" if query else self._url
        try:
            response = self._pool.request(
                method, address, body=body, headers=dict(headers), redirect=False, preload_content=False
            )
            content = self._content(response)
        except HTTPError as error:
            raise NoAnswer from error
        return Answered(response.status, content)

    def close(self) -> None:
        """Drop the open connections."""
        self._pool.clear()

    def _content(self, response: urllib3.BaseHTTPResponse) -> bytes:
        until, content = self._monotonic() + self._limits.whole, b""
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > self._limits.size or self._monotonic() > until:
                response.close()  # what was not read must not meet the next exchange on this connection
                raise NoAnswer
        response.release_conn()
        return content


def read_json(content: bytes) -> Any:
    """Read strict JSON.

    Raises:
        NoAnswer: it is none; without the parser's error, which carries the body.

    """
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NoAnswer from None


def _refuse_constant(_name: str) -> Never:
    raise ValueError
