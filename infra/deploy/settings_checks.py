"""What a stage's settings have to be to each other, which no form of a single one says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.deploy.findings import Finding, holds
from infra.deploy.stage import PLACEHOLDER, Stage

LOG_DAYS = 365
"""What functions write is part of the proof."""
LONGEST_WATCH = 180
"""Minutes that CloudFormation looks at alarms, at most."""
_LISTENERS = {"PageListener": "PageProtocol", "TicketListener": "TicketProtocol"}


def settings_findings(stage: Stage, template: Mapping[str, Any], value: Callable[[str], str]) -> Iterator[Finding]:
    """Hold settings to each other and to the template; `value` gives what a parameter will be."""
    file = f"infra/stages/{stage.name}.toml"
    days = stage.log_retention_days
    yield holds(
        stage.is_local or days >= LOG_DAYS,
        f"los registros se guardan {days} días",
        f"son parte de la prueba: log_retention_days, {LOG_DAYS} o más, en {file}",
    )
    minutes = stage.rollback_minutes
    yield holds(
        0 <= minutes <= LONGEST_WATCH,
        f"las alarmas se miran {minutes} minutos más",
        f"CloudFormation toma de 0 a {LONGEST_WATCH}: corrija minutes de [rollback] en {file}",
    )
    resources = template["Resources"]
    kinds = {name: resources.get(name, {}).get("Type") for name in stage.rollback_alarms}
    strange = [name for name, kind in kinds.items() if kind not in _ALARMS]
    yield holds(
        not strange,
        f"alarmas de [rollback] que la plantilla no tiene: {', '.join(strange) or 'ninguna'}",
        f"corrija su nombre en {file}: así no revierten nada",
    )
    for listener, protocol in _LISTENERS.items():
        address, said = value(listener), value(protocol)
        if address and said and PLACEHOLDER not in address:
            wanted = "https" if address.startswith("https://") else "email"
            yield holds(said == wanted, f"{listener} = {address}, {protocol} = {said}", f'diga {protocol} = "{wanted}"')
    host = value("ApiAuthority").partition(":")[0]
    both = value("ApiCertificateArn") and value("PortalCertificateArn")
    yield holds(
        not (both and host == value("PortalAddress").partition(":")[0]),
        f"un dominio por nombre: {host}",
        "API y portal tienen el mismo nombre, que es un solo dominio: deje PortalCertificateArn = ''",
    )


_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
