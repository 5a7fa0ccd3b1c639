from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.deploy.cloud import DeployError
from infra.deploy.findings import Finding, State
from infra.deploy.preflight import ESSENTIAL, QUESTIONS, Look, findings, require
from infra.deploy.stage import PLACEHOLDER, Stage, read_stage
from infra.deploy.template_checks import longest_stack_name
from infra.template import load_template
from tests.infra.deploy.packages import a_package, a_template
from tests.infra.deploy.recorded import Answer, recorded_cloud

NOW = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
ACCOUNT = "000000000000"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"
SETTINGS = {
    "ApiAuthority": "api.casilla.example",
    "ApiCertificateArn": CERTIFICATE,
    "PortalAddress": "casilla.example",
    "PortalCertificateArn": CERTIFICATE,
    "MailFrom": "avisos@casilla.example",
    "PageListener": "guardia@casilla.example",
    "TicketListener": "operacion@casilla.example",
    "BackupCopyVaultArn": "arn:aws:backup:us-east-1:222222222222:backup-vault:copies",
}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Alarms"}]}}
LISTENER = {
    "Type": "AWS::SNS::Subscription",
    "Properties": {"TopicArn": {"Ref": "Alarms"}, "Endpoint": {"Ref": "PageListener"}, "Protocol": "email"},
}


def a_certificate(**said: Any) -> dict[str, Any]:
    names = ["casilla.example", "*.casilla.example"]
    certificate = {"Status": "ISSUED", "DomainName": names[0], "SubjectAlternativeNames": names}
    return {"Certificate": {**certificate, "NotAfter": NOW + timedelta(days=200), **said}}


def in_order() -> dict[str, Answer]:
    """Return what AWS answers about an account where all is as it should be."""
    return {
        "GetCallerIdentity": {"Account": ACCOUNT},
        "GetAccount": lambda params: _ACCOUNTS[bool(params.get("url_path", "").startswith("/v2/email"))],
        "GetEmailIdentity": {"VerifiedForSendingStatus": True},
        "GetSMSSandboxAccountStatus": {"IsInSandbox": False},
        "GetSMSAttributes": {"attributes": {"MonthlySpendLimit": "500"}},
        "DescribeCertificate": a_certificate(),
        "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}},
        "ListSubscriptionsByTopic": {"Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1"}]},
    }


MAIL = {"ProductionAccessEnabled": True, "SendingEnabled": True, "SendQuota": {"MaxSendRate": 14.0}}
GATEWAY = {"throttleSettings": {"rateLimit": 10000.0}}
_ACCOUNTS: dict[bool, Mapping[str, Any]] = {True: MAIL, False: GATEWAY}
"""SES and API Gateway call it by the same name."""


@dataclass
class Case:
    """One thing that is not as it should be."""

    told: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    stage: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=dict)
    count: int = 400


def mail(**said: Any) -> dict[str, Answer]:
    return {"GetAccount": lambda params: {**in_order_account(params), **said}}


def in_order_account(params: Mapping[str, Any]) -> Mapping[str, Any]:
    return _ACCOUNTS[bool(params.get("url_path", "").startswith("/v2/email"))]


def a_stage(case: Case) -> Stage:
    local = read_stage("local")
    settings = {name: value for name, value in {**SETTINGS, **case.settings}.items() if value != "ABSENT"}
    given = {"rollback_alarms": ("ApiErrors",), "log_retention_days": 400, "sms_monthly_usd": 500, **case.stage}
    return replace(local, name="prod", account=ACCOUNT, parameters=settings, **given)


def look(case: Case, monkeypatch: pytest.MonkeyPatch) -> Look:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    template = copy.deepcopy(a_template(ApiErrors=ALARM, Listener=LISTENER))
    for name, said in case.template.items():
        resource = template["Resources"].setdefault(name, {"Type": said.get("Type", ""), "Properties": {}})
        resource["Properties"].update({key: value for key, value in said.items() if key != "Type"})
    cloud = recorded_cloud({**in_order(), **case.answers})
    return Look(a_stage(case), cloud, a_package(template), "s3://there/1.zip", NOW, case.resources, case.count)


def failing(case: Case, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    return [one for one in findings(look(case, monkeypatch), QUESTIONS) if one.state is not State.GOOD]


def test_where_all_is_in_order_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failing(Case(""), monkeypatch) == []
    assert failing(Case("", resources={"Alarms": TOPIC}), monkeypatch) == []


CASES = [
    Case("infra/stages/prod.toml tiene por llenar parameters.MailFrom", settings={"MailFrom": f"{PLACEHOLDER}x»"}),
    Case("parámetros que la plantilla no conoce: Odd", settings={"Odd": "1"}),
    Case("parámetros sin valor: MailFrom", settings={"MailFrom": "ABSENT"}),
    Case("no tiene la forma [a-z.]+", settings={"ApiAuthority": "api casilla", "ApiCertificateArn": ""}),
    Case("no es uno de PE", settings={"Country": "XX"}),
    Case("pasa de 20 caracteres", settings={"PortalAddress": "casilla.muy-larga.example", "PortalCertificateArn": ""}),
    Case("no es un número", settings={"LockDays": "seven"}),
    Case("está fuera de lo que se acepta", settings={"LockDays": "0"}),
    Case("las credenciales son de la cuenta 111111111111", {"GetCallerIdentity": {"Account": "111111111111"}}),
    Case("las credenciales son de eu-west-1", environment={"AWS_REGION": "eu-west-1"}),
    Case("las llamadas van a http://127.0.0.1:1", environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
    Case("SES fuera de su entorno de pruebas", mail(ProductionAccessEnabled=False)),
    Case("SES con envíos habilitados", mail(SendingEnabled=False)),
    Case("SES toma 1 correos por segundo, MailRate dice 14", mail(SendQuota={"MaxSendRate": 1.0})),
    Case("están verificados en SES", {"GetEmailIdentity": "NotFoundException"}),
    Case("están verificados en SES", {"GetEmailIdentity": {"VerifiedForSendingStatus": False}}),
    Case("SMS fuera de su entorno de pruebas", {"GetSMSSandboxAccountStatus": {"IsInSandbox": True}}),
    Case("SNS puede gastar 1 USD", {"GetSMSAttributes": {"attributes": {}}}),
    Case("SNS puede gastar 499 USD", {"GetSMSAttributes": {"attributes": {"MonthlySpendLimit": "499"}}}),
    Case(
        "ApiCertificateArn de la región", settings={"ApiCertificateArn": CERTIFICATE.replace("us-east-1", "sa-east-1")}
    ),
    Case(
        "Lambda permite 99 ejecuciones",
        {"GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 99}}},
    ),
    Case(
        "las reservadas son 801, más 100 libres",
        template={"Operator": {"ReservedConcurrentExecutions": 801}},
    ),
    Case("la API toma 10001", template={"RestAPI": {"MethodSettings": [{"ThrottlingRateLimit": 10001}]}}),
    Case("API Gateway puede escribir su registro", template={"RestAPI": {"AccessLogSetting": {"Format": "x"}}}),
    Case("las alarmas de Alarms irán a nadie", settings={"PageListener": ""}),
    Case("las alarmas de Alarms irán a nadie", template={"Listener": {"TopicArn": {"Ref": "Others"}}}),
    Case(
        "Alarms: 0 oyentes confirmados de 1",
        {"ListSubscriptionsByTopic": {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]}},
        resources={"Alarms": TOPIC},
    ),
    Case("nombre de la pila de 56 caracteres, de 55", stage={"stack": "s" * 56}),
    Case("ConcurrencyWarning avisa desde 1000 procesos; Lambda permite 1000", settings={"ConcurrencyWarning": "1000"}),
    Case("los registros se guardan 364 días", stage={"log_retention_days": 364}),
    Case("las alarmas se miran 181 minutos más", stage={"rollback_minutes": 181}),
    Case("las alarmas se miran -1 minutos más", stage={"rollback_minutes": -1}),
    Case("la plantilla no tiene: Odd", stage={"rollback_alarms": ("ApiErrors", "Odd")}),
    Case("la plantilla no tiene: Operator", stage={"rollback_alarms": ("Operator",)}),
    Case("PageProtocol = https", settings={"PageProtocol": "https"}),
    Case("TicketProtocol = email", settings={"TicketListener": "https://guardia.example/x"}),
    Case("un dominio por nombre", settings={"ApiAuthority": "casilla.example"}),
    Case("501 recursos después de su transformación", count=501),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.told)
def test_what_is_not_as_it_should_be_fails_and_says_what_to_do(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    found = failing(case, monkeypatch)
    assert [one.state for one in found] == [State.FAILED]
    assert case.told in found[0].what
    assert found[0].to_do


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (a_certificate(Status="PENDING_VALIDATION"), "PENDING_VALIDATION"),
        (a_certificate(DomainName="other.example", SubjectAlternativeNames=["*.other.example"]), "vale para"),
        (a_certificate(NotAfter=NOW + timedelta(days=29)), "vale 29 días más"),
        ("ResourceNotFoundException", "no existe"),
    ],
)
def test_a_certificate_that_does_not_serve_is_told_of_each_host(
    answer: Answer, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failing(Case("", {"DescribeCertificate": answer}), monkeypatch)
    assert [one.state for one in found] == [State.FAILED, State.FAILED]
    assert all(told in one.what for one in found)


def test_that_no_copy_leaves_the_account_is_told_and_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    found = failing(Case("", settings={"BackupCopyVaultArn": ""}), monkeypatch)
    assert [one.state for one in found] == [State.TOLD]
    told: list[str] = []
    require([GOOD, *found], told.append, accepts_unknown=False)
    assert "quedan en esta cuenta sola" in told[0]


def test_a_wildcard_covers_one_level_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("", settings={"ApiAuthority": "deep.api.casilla.example"})
    [told] = failing(case, monkeypatch)
    assert told.what.startswith("ApiCertificateArn vale para")


def test_an_identity_that_the_stack_makes_itself_is_missing_only_after_the_first_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = {"Identity": {"Type": "AWS::SES::EmailIdentity"}}
    case = Case("", {"GetEmailIdentity": "NotFoundException"}, template=made)
    assert failing(case, monkeypatch) == []
    [told] = failing(replace(case, resources={"Alarms": TOPIC}), monkeypatch)
    assert told.state is State.FAILED
    [told] = failing(replace(case, answers=in_order()), monkeypatch)
    assert "ya está en SES" in told.what


def test_the_body_and_the_api_have_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {f"/p{number}": {"x-amazon-apigateway-any-method": {"said": "x" * 4000}} for number in range(300)}
    found = failing(Case("", template={"RestAPI": {"DefinitionBody": {"paths": paths}}}), monkeypatch)
    assert [one.what.split()[:3] for one in found] == [
        ["plantilla", "de", found[0].what.split()[2]],
        ["301", "recursos", "de"],
    ]


def test_the_count_of_resources_that_cannot_be_told_is_that_before_the_transform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = findings(replace(look(Case(""), monkeypatch), resource_count=None), QUESTIONS)
    assert [one.what for one in found if "antes de su transformación" in one.what]


@pytest.mark.parametrize("operation", sorted(set(in_order()) - {"ListSubscriptionsByTopic"}))
@pytest.mark.parametrize("code", ["AccessDeniedException", "ServiceUnavailable"])
def test_what_could_not_be_asked_is_unknown_and_not_failed(
    operation: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failing(Case("", {operation: code}), monkeypatch)
    assert found
    assert {one.state for one in found} == {State.UNKNOWN}
    assert all(code in one.what and one.to_do for one in found)


def test_a_listener_that_could_not_be_asked_for_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("", {"ListSubscriptionsByTopic": "AuthorizationError"}, resources={"Alarms": TOPIC})
    assert [one.state for one in failing(case, monkeypatch)] == [State.UNKNOWN]


RESTORED = {"RestoredTables": "casilla-r1", "RestoredEventsStream": "arn:aws:dynamodb:us-east-1:1:table/t/stream/1"}
_KNOWN = {name: {"Type": "String", "Default": ""} for name in RESTORED}


def of_tables(
    monkeypatch: pytest.MonkeyPatch,
    present: Mapping[str, str],
    wanted: Mapping[str, str],
    *named: str,
    knows: bool = True,
) -> list[Finding]:
    """Return what stands in the way of a package that knows restored tables or not, even before a way back."""
    looked = look(Case("", settings=wanted if knows else {}), monkeypatch)
    if knows:
        looked.template["Parameters"].update(_KNOWN)
    looked = replace(looked, present={"MailFrom": "x", **present}, given_up=frozenset(named))
    return [one for one in findings(looked, ESSENTIAL) if one.state is not State.GOOD]


def test_restored_tables_stay_in_service_unless_their_change_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_tables(monkeypatch, RESTORED, RESTORED) == []
    assert of_tables(monkeypatch, {}, {}, knows=False) == []
    other = {**RESTORED, "RestoredEventsStream": "arn:aws:dynamodb:us-east-1:1:table/t/stream/2"}
    for present, wanted in ((RESTORED, {}), ({}, RESTORED), (RESTORED, other)):
        [told] = of_tables(monkeypatch, present, wanted)
        assert "LOSES=RestoredTables" in told.to_do
        assert of_tables(monkeypatch, present, wanted, "RestoredTables") == []


def test_a_package_that_knows_no_restored_tables_does_not_take_them_out_of_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [told] = of_tables(monkeypatch, RESTORED, {}, knows=False)
    assert (told.state, "las tablas restauradas casilla-r1" in told.what) == (State.FAILED, True)


@pytest.mark.parametrize("name", RESTORED)
def test_restored_tables_and_their_stream_are_given_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    half = {name: RESTORED[name]}
    [told] = of_tables(monkeypatch, half, half, "RestoredTables")
    assert "van juntos" in told.what


GOOD, FAILED, UNKNOWN = (Finding(state, state.name, "do it") for state in (State.GOOD, State.FAILED, State.UNKNOWN))


def test_all_that_fails_is_told_at_once_and_stops() -> None:
    told: list[str] = []
    with pytest.raises(DeployError, match="Nada se cambió"):
        require([GOOD, FAILED, UNKNOWN, FAILED], told.append, accepts_unknown=True)
    assert [line.strip() for line in told[:3]] == [FAILED.line, UNKNOWN.line, FAILED.line]


def test_what_is_unknown_stops_unless_it_is_accepted() -> None:
    with pytest.raises(DeployError, match="ACCEPT=unknown"):
        require([GOOD, UNKNOWN], lambda _: None, accepts_unknown=False)
    require([GOOD, UNKNOWN], lambda _: None, accepts_unknown=True)


def test_before_a_way_back_only_the_place_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = {**mail(SendingEnabled=False), "GetSMSSandboxAccountStatus": {"IsInSandbox": True}}
    found = findings(look(Case("", stopped), monkeypatch), ESSENTIAL)
    assert {one.state for one in found} == {State.GOOD}
    wrong = {"GetCallerIdentity": {"Account": "111111111111"}}
    found = findings(look(Case("", wrong), monkeypatch), ESSENTIAL)
    assert State.FAILED in {one.state for one in found}


def test_the_longest_name_says_how_long_a_stacks_may_be() -> None:
    assert longest_stack_name(a_template()) == (55, "Operator: ${AWS::StackName}-operator")
    template = load_template()
    names = {
        name: {**one, "Type": one.get("Type", "AWS::Serverless::Function")}
        for name, one in template["Resources"].items()
    }
    longest, made = longest_stack_name({"Resources": names})
    assert longest == 43
    assert "finish_registrations" in made or "-copies" in made  # of 64 and of 50 characters at most
