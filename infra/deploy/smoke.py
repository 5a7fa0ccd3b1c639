"""Ask a deployed stack as a stranger would, over HTTPS, whether it is there and refuses what it should."""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from infra.deploy.cloud import Cloud
from infra.deploy.stage import Stage
from infra.operate import CannotOperate, in_stack

PAGES = ("/", "/ingresar", "/terminos", "/verificar")
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_SECONDS, _TRIES, _BETWEEN_S = 30, 5, 3
"""A first request starts a process, and a new address is known everywhere only after some seconds."""
_HELD = ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options")
_MALFORMED = "no se entiende como respuesta de Casilla"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a host of the stack answers; `host` is what it is asked by where no DNS has its name."""

    url: str
    host: str = ""

    def get(self, path: str) -> tuple[int, Message, str]:
        """Return status, headers and text of whatever is answered, asked again where nobody can answer yet.

        Raises:
            OSError: nobody answers.

        """
        for _ in range(_TRIES - 1):
            with contextlib.suppress(OSError):
                answer = self._ask(path)
                if answer[0] < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer
            time.sleep(_BETWEEN_S)
        return self._ask(path)

    def _ask(self, path: str) -> tuple[int, Message, str]:
        request = Request(self.url + path, headers={"Host": self.host} if self.host else {})  # noqa: S310 - https only
        context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
        try:
            with build_opener(HTTPSHandler(context=context), _NoRedirect).open(request, timeout=_SECONDS) as answer:
                return int(answer.status), answer.headers, answer.read().decode(errors="replace")
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode(errors="replace")


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Lead nowhere."""


@dataclass(frozen=True, slots=True)
class Sites:
    """The hosts of a stack; `closed` is the address that AWS gives an API, where it has one of its own."""

    portal: Site
    api: Site
    closed: Site | None = None


def sites_of(stage: Stage, template: Mapping[str, Any], outputs: Mapping[str, str]) -> Sites:
    """Return where the stack of a stage answers."""
    authority, base = stage.parameters["ApiAuthority"], stage.parameters.get("ApiBasePath", "")
    given = template["Resources"]["RestAPI"]["Properties"]["StageName"]
    if stage.is_local:
        engine = Site(f"{os.environ['AWS_ENDPOINT_URL']}/{given}", f"{outputs['RestAPIId']}.execute-api.localhost")
        return Sites(engine, engine)
    own = f"https://{outputs['RestAPIId']}.execute-api.{stage.region}.amazonaws.com/{given}"
    has_domain = bool(stage.parameters.get("ApiCertificateArn"))
    portal = Site(f"https://{stage.parameters['PortalAddress']}")
    return Sites(portal, Site(f"https://{authority}{base}"), Site(own) if has_domain else None)


def smoke(sites: Sites, cloud: Cloud, stack: str, outputs: Mapping[str, str]) -> list[str]:
    """Return what does not answer as it should, with what to do; nothing where all does."""
    targets = {name: outputs[name] for name in ("PortalDomainTarget", "ApiDomainTarget") if name in outputs}
    asked: list[tuple[Site, Callable[[], Iterator[str]]]] = [
        (sites.portal, lambda: _pages(sites.portal)),
        (sites.api, lambda: _refusals(sites.api)),
    ]
    if sites.closed is not None:
        asked.append((sites.closed, lambda: _closed(sites.closed)))
    wrong = []
    for site, ask in asked:
        try:
            wrong += list(ask())
        except (URLError, OSError) as error:
            dns = f" ¿Apunta su DNS a {' y '.join(targets.values())}?" if targets else ""
            wrong.append(f"{site.url} no contesta: {getattr(error, 'reason', error)}.{dns}")
    return [*wrong, *_operator(cloud, stack)]


def _pages(site: Site) -> Iterator[str]:
    found: list[str] = []
    for path in PAGES:
        status, headers, page = site.get(path)
        if status != HTTPStatus.OK or "<html" not in page:
            yield f"{site.url}{path} contesta {status} y no una página"
        yield from (f"{site.url}{path} viene sin {name}" for name in _HELD if not headers.get(name))
        found += _STATIC.findall(page)
    if not found:
        yield f"ninguna página de {site.url} nombra su hoja de estilo: {_MALFORMED}"
    for path in dict.fromkeys(found):
        status, _, content = site.get(path)
        if status != HTTPStatus.OK or not content:
            yield f"{site.url}{path} contesta {status}"
    status, _, page = site.get("/no-existe")
    if status != HTTPStatus.NOT_FOUND or "<html" not in page:
        yield f"{site.url}/no-existe contesta {status}, no la página de lo que no existe"


def _refusals(site: Site) -> Iterator[str]:
    for path, expected, code in (
        ("/v1/deposits", HTTPStatus.UNAUTHORIZED, '"code"'),
        ("/v1/no-existe", HTTPStatus.NOT_FOUND, '"code"'),
    ):
        status, headers, text = site.get(path)
        if status != expected or "problem+json" not in headers.get("Content-Type", "") or code not in text:
            yield f"{site.url}{path} contesta {status} {headers.get('Content-Type')}, no el {int(expected)} de Casilla"


def _closed(site: Site | None) -> Iterator[str]:
    if site is None:
        return
    status, _, text = site.get("/")
    if status != HTTPStatus.FORBIDDEN or "Forbidden" not in text:
        yield f"{site.url} contesta {status}: la dirección de AWS tiene que estar cerrada donde hay dominio propio"


def _operator(cloud: Cloud, stack: str) -> list[str]:
    try:
        answer = in_stack(cloud.client("lambda"), stack, {"command": "help"})
    except CannotOperate as error:
        return [str(error)]
    return [] if answer.get("exit") == 0 and answer.get("output") else [f"{stack}-operator no contesta a «help»"]
