"""Look before a deployment at all that it needs and does not make, and tell everything that lacks at once."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.deploy.body import body_for
from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.findings import Finding, State, asked, holds
from infra.deploy.packages import Package
from infra.deploy.restored import restored_findings
from infra.deploy.settings_checks import settings_findings
from infra.deploy.stage import PLACEHOLDER, Stage
from infra.deploy.template_checks import (
    highest_throttle,
    needs_log_role,
    reserved_concurrency,
    size_findings,
    stage_findings,
)

UNRESERVED = 100
"""Executions at once that Lambda keeps for functions without any of their own."""
_CERTIFICATE_DAYS = 30
_CERTIFICATES = {"ApiCertificateArn": "ApiAuthority", "PortalCertificateArn": "PortalAddress"}
"""Parameters with a certificate, and the one with the host it has to cover."""
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
Questions = Mapping[str, Callable[["Look"], Iterator[Finding]]]
"""What is asked, by the name it is told by."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at."""

    stage: Stage
    cloud: Cloud
    package: Package
    code_uri: str
    now: datetime
    resources: Mapping[str, str]
    """Physical names of what the stack has, by logical id; empty before the first deployment."""
    resource_count: int | None
    """After the template's transform; None where it cannot be told."""
    present: Mapping[str, str] = field(default_factory=dict)
    """Parameters that the stack has; empty before the first deployment."""
    given_up: frozenset[str] = frozenset()
    """What may be lost, named by whoever deploys."""

    @property
    def template(self) -> dict[str, Any]:
        """The package's template."""
        return self.package.template

    def value(self, parameter: str) -> str:
        """Return what a parameter will have."""
        default = self.template.get("Parameters", {}).get(parameter, {}).get("Default", "")
        return self.stage.parameters.get(parameter, str(default))


def findings(look: Look, questions: Questions) -> list[Finding]:
    """Return all that is found, in the order in which things are set up."""
    body = body_for(look.stage, look.package, look.code_uri)
    return [
        *stage_findings(look.stage, look.template),
        *size_findings(look.stage, look.template, body, look.resource_count),
        *(found for name, ask in questions.items() for found in asked(name, partial(ask, look))),
    ]


def require(found: Iterable[Finding], tell: Callable[[str], None], *, accepts_unknown: bool) -> None:
    """Tell all that is found, and go on only where nothing failed, nor anything is unknown that was not accepted.

    Raises:
        DeployError: something stands in the way.

    """
    listed = list(found)
    for one in listed:
        if one.state is not State.GOOD:
            tell(f"  {one.line}")
    counts = {state: sum(one.state is state for one in listed) for state in State}
    tell("revisión previa: " + ", ".join(f"{count} {state.value}" for state, count in counts.items()))
    if counts[State.FAILED]:
        raise DeployError("No se despliega: corrija lo que falla, arriba. Nada se cambió.")
    if counts[State.UNKNOWN] and not accepts_unknown:
        raise DeployError(
            "No se despliega: hay cosas que no se pudieron preguntar, arriba. Nada se cambió. Si las"
            " revisó a mano, repita con ACCEPT=unknown."
        )


def _identity(look: Look) -> Iterator[Finding]:
    who = look.cloud.client("sts").get_caller_identity()
    yield holds(
        who["Account"] == look.stage.account,
        f"las credenciales son de la cuenta {who['Account']}, la etapa de {look.stage.account}",
        "use el perfil de esa cuenta (AWS_PROFILE) o corrija account",
    )
    of_profile = boto3.Session().region_name
    regions = {os.environ[name] for name in _REGION_VARIABLES if name in os.environ} | {of_profile or look.stage.region}
    yield holds(
        regions <= {look.stage.region},
        f"región {look.stage.region}; las credenciales son de {', '.join(sorted(regions))}",
        "use el perfil de esa región (AWS_PROFILE, AWS_REGION) o corrija region",
    )
    strange = os.environ.get("AWS_ENDPOINT_URL", "")
    yield holds(
        look.stage.is_local or not strange,
        "las llamadas van a AWS" if not strange else f"las llamadas van a {strange}",
        "quite AWS_ENDPOINT_URL",
    )


def _mail(look: Look) -> Iterator[Finding]:
    account = look.cloud.client("sesv2").get_account()
    yield holds(
        bool(account.get("ProductionAccessEnabled")),
        "SES fuera de su entorno de pruebas",
        "pida acceso de producción en la consola de SES",
    )
    yield holds(
        bool(account.get("SendingEnabled")),
        "SES con envíos habilitados",
        "SES los pausó: vea el correo de AWS y la reputación, runbook",
    )
    rate, wanted = float(account.get("SendQuota", {}).get("MaxSendRate", 0)), float(look.value("MailRate") or 0)
    yield holds(
        rate >= wanted, f"SES toma {rate:g} correos por segundo, MailRate dice {wanted:g}", "baje MailRate o pida más"
    )


def _mail_identity(look: Look) -> Iterator[Finding]:
    address = look.value("MailFrom")
    if not address or PLACEHOLDER in address:
        return  # told as a setting
    domain = address.rpartition("@")[2]
    kinds = {resource["Type"] for resource in look.template["Resources"].values()}
    made = "AWS::SES::EmailIdentity" in kinds and look.value("MailIdentity") != "existing"
    known = {one: _is_verified(look.cloud.client("sesv2"), one) for one in (address, domain)}
    if made and not look.resources and known[domain] is not None:
        yield holds(
            False, f"la pila crearía la identidad de {domain}, que ya está en SES", 'diga MailIdentity = "existing"'
        )
        return
    if any(known.values()):
        yield holds(True, f"{address} verificado en SES", "")
        return
    first = made and not look.resources
    yield holds(
        first,
        f"la pila creará la identidad de {domain}; sus tres CNAME van al DNS después"
        if first
        else f"ni {address} ni {domain} están verificados en SES",
        "verifique el dominio y ponga sus tres CNAME de DKIM en el DNS",
    )


def _is_verified(ses: Any, identity: str) -> bool | None:
    """Tell whether mail goes out by it; None where SES does not know it."""
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity).get("VerifiedForSendingStatus"))
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NotFoundException", "404"}:
            return None
        raise


def _sms(look: Look) -> Iterator[Finding]:
    sns = look.cloud.client("sns")
    yield holds(
        not sns.get_sms_sandbox_account_status()["IsInSandbox"],
        "SMS fuera de su entorno de pruebas",
        "pida salir de él en la consola de SNS",
    )
    limit = float(sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get("MonthlySpendLimit", 1))
    wanted = look.stage.sms_monthly_usd
    yield holds(
        limit >= wanted,
        f"SNS puede gastar {limit:g} USD al mes en SMS, la etapa pide {wanted}",
        "pida más en Service Quotas y fíjelo en las preferencias de SMS de SNS",
    )


def _certificates(look: Look) -> Iterator[Finding]:
    for parameter, host_of in _CERTIFICATES.items():
        arn, host = look.value(parameter), look.value(host_of).partition(":")[0]
        if arn and PLACEHOLDER not in arn:
            yield from asked(parameter, partial(_certificate, look, parameter, arn, host))


def _certificate(look: Look, parameter: str, arn: str, host: str) -> Iterator[Finding]:
    here = f":acm:{look.stage.region}:" in arn
    yield holds(
        here,
        f"{parameter} de la región {look.stage.region}",
        "un dominio regional de API Gateway toma certificados de su región: pida otro ahí",
    )
    if not here:
        return
    try:
        said = look.cloud.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        yield holds(False, f"{parameter} no existe", "cree el certificado en ACM y copie su ARN")
        return
    yield holds(
        said["Status"] == "ISSUED",
        f"{parameter} {said['Status']}",
        "ponga en el DNS el CNAME de validación que muestra ACM",
    )
    names = [said.get("DomainName", ""), *said.get("SubjectAlternativeNames", [])]
    yield holds(
        any(_covers(name, host) for name in names),
        f"{parameter} vale para {', '.join(sorted(set(names)))}",
        f"pida uno que cubra {host}",
    )
    if "NotAfter" in said:
        left = said["NotAfter"] - look.now
        yield holds(
            left > timedelta(days=_CERTIFICATE_DAYS),
            f"{parameter} vale {left.days} días más",
            "renuévelo: ACM no pudo, casi siempre por el CNAME de validación",
        )


def _covers(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _lambda(look: Look) -> Iterator[Finding]:
    limits = look.cloud.client("lambda").get_account_settings()["AccountLimit"]
    reserved = reserved_concurrency(look.template, look.stage.parameters)
    # What an existing stack reserves is already taken out of what is left, so only the whole can be compared.
    free = limits["ConcurrentExecutions" if look.resources else "UnreservedConcurrentExecutions"]
    yield holds(
        free >= reserved + UNRESERVED,
        f"Lambda permite {free} ejecuciones a la vez; las reservadas son {reserved}, más {UNRESERVED} libres",
        "pida la cuota L-B99A9384 de Lambda en Service Quotas",
    )
    warned, most = float(look.value("ConcurrencyWarning") or 0), limits.get("ConcurrentExecutions", math.inf)
    yield holds(
        warned < most,
        f"ConcurrencyWarning avisa desde {warned:g} procesos; Lambda permite {most:g}",
        "no avisaría nunca: dé cuatro quintos de lo que Lambda permite",
    )


def _gateway(look: Look) -> Iterator[Finding]:
    account = look.cloud.client("apigateway").get_account()
    rate, wanted = float(account.get("throttleSettings", {}).get("rateLimit", 0)), highest_throttle(look.template)
    yield holds(
        rate >= wanted,
        f"API Gateway permite {rate:g} pedidos por segundo, la API toma {wanted}",
        "pida la cuota L-8A5B8E43 de API Gateway",
    )
    if needs_log_role(look.template):
        yield holds(
            bool(account.get("cloudwatchRoleArn")),
            "API Gateway puede escribir su registro",
            "cree el rol de CloudWatch de API Gateway de la cuenta (docs/despliegue.md)",
        )


def _listeners(look: Look) -> Iterator[Finding]:
    sns = look.cloud.client("sns")
    for name in alarm_topics(look.template):
        topic = look.resources.get(name)
        if topic is None:
            settings = listeners_of(look.template, name)
            given = [value for value in map(look.value, settings) if value and PLACEHOLDER not in value]
            what = f"las alarmas de {name} irán a {', '.join(given) or 'nadie'}"
            yield holds(bool(given), what, f"dé {' o '.join(settings)}; quien la recibe confirma el mensaje de AWS")
            continue
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        listed = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]]
        heard = [one for one in listed if one.startswith("arn:")]
        yield holds(
            bool(heard),
            f"{name}: {len(heard)} oyentes confirmados de {len(listed)}",
            "confirme el mensaje de AWS; si ya no vale, quite la suscripción y suscriba la dirección de nuevo",
        )


def alarm_topics(template: Mapping[str, Any]) -> list[str]:
    """Return the topics that alarms go to, by logical id."""
    named: dict[str, None] = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            named |= dict.fromkeys(one["Ref"] for one in resource["Properties"].get("AlarmActions", []) if "Ref" in one)
    return list(named)


def listeners_of(template: Mapping[str, Any], topic: str) -> list[str]:
    """Return the parameters with the addresses that the template subscribes to a topic."""
    named: dict[str, None] = {}
    for resource in template["Resources"].values():
        said = resource.get("Properties", {})
        if resource["Type"] == "AWS::SNS::Subscription" and said.get("TopicArn") == {"Ref": topic}:
            named |= dict.fromkeys(_references(said.get("Endpoint")))
    return [name for name in named if name in template.get("Parameters", {})]


def _references(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        if isinstance(said.get("Ref"), str):
            yield said["Ref"]
        for value in said.values():
            yield from _references(value)
    if isinstance(said, list):
        for value in said:
            yield from _references(value)


def _copies(look: Look) -> Iterator[Finding]:
    if COPIES in look.template.get("Parameters", {}) and not look.value(COPIES):
        what = "las copias de seguridad quedan en esta cuenta sola: quien la tenga puede borrarlas todas"
        yield Finding(State.TOLD, what, f"dé {COPIES} (docs/despliegue.md, «Las copias»)")


COPIES = "BackupCopyVaultArn"
ESSENTIAL: Questions = {
    "cuenta y región": _identity,
    "tablas restauradas": lambda look: restored_findings(look.present, look.value, look.given_up),
}
"""Before a way back, which SES or a quota must not stand in the way of."""
QUESTIONS: Questions = {
    **ESSENTIAL,
    "ajustes": lambda look: settings_findings(look.stage, look.template, look.value),
    "correo": _mail,
    "identidad de correo": _mail_identity,
    "SMS": _sms,
    "certificados": _certificates,
    "concurrencia de Lambda": _lambda,
    "API Gateway": _gateway,
    "oyentes de alarmas": _listeners,
    "copias": _copies,
}
"""Before a deployment."""
