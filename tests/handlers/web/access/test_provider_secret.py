"""The client's secret at the identity provider: not before it is there, changed by itself, not repeated if refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib.gateways.access.identity_provider import ProviderClient, SecretSent
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.secret_texts import SecretTexts
from infra.local.identity.server import WRONG_SECRET, IdentitySimulator, running
from tests.browser_requests import text_of
from tests.cloud import Engine
from tests.identity_world import ENTRIES, Identities, identities
from tests.kept_secret import KeptSecret

TOKEN = "/service/token"
RIGHT = "clave-del-convenio"
Show = Callable[..., KeptSecret]


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running() as served:
        yield served


@pytest.fixture
def way(aws: dict[str, str], moto_engine: Engine, simulator: IdentitySimulator) -> Iterator[Identities]:
    with identities(aws, simulator) as way:
        moto_engine.client("ses").verify_email_identity(EmailAddress=way.world.container.config.mail_from)
        way.browser().people.seed()
        yield way


@pytest.fixture
def show(way: Identities) -> Show:
    """Have the service show what Secrets Manager keeps, which it has read, in one of the ways that there are."""

    def begin(text: str, sent: SecretSent = SecretSent.POST, *, has_read: bool = False) -> KeptSecret:
        kept, clock = KeptSecret(text), way.world.clock
        secret = Credential(SecretTexts(kept, clock), "arn:identity", clock, rest=timedelta(minutes=5))
        if has_read:
            secret.to_show()
        way.provider.client = ProviderClient(way.provider.client.client_id, secret, sent)
        return kept

    return begin


def comes_in(way: Identities) -> bool:
    browser = way.browser()
    answer = way.come_back(browser)
    if answer.status_code == 303:
        return answer.headers["Location"] == ENTRIES
    assert answer.status_code == 503
    assert "Iniciar sesión con mi contraseña" in text_of(answer)
    return False


def test_a_secret_that_is_not_there_is_not_shown_and_the_password_is_offered(way: Identities, show: Show) -> None:
    kept = show("")

    assert not comes_in(way)
    assert TOKEN not in way.simulator.asked

    kept.put(RIGHT)
    way.world.clock.advance(seconds=60)
    assert comes_in(way)


@pytest.mark.parametrize("sent", [SecretSent.POST, SecretSent.BASIC])
def test_a_secret_that_was_changed_just_now_opens_for_who_comes_back_first(
    way: Identities, show: Show, sent: SecretSent
) -> None:
    kept = show(WRONG_SECRET, sent, has_read=True)
    kept.put(RIGHT)

    assert comes_in(way)
    assert kept.asked == 2


def test_a_refused_secret_is_shown_once_in_five_minutes_however_many_come_back(way: Identities, show: Show) -> None:
    kept = show(WRONG_SECRET)

    assert [comes_in(way) for _ in range(3)] == [False] * 3
    assert (way.simulator.asked.count(TOKEN), kept.asked) == (1, 2)

    kept.put(RIGHT)
    way.world.clock.advance(minutes=5)
    assert comes_in(way)


def test_where_only_the_proof_key_is_shown_no_secret_is_read(way: Identities, show: Show) -> None:
    kept = show("", SecretSent.NOT)

    assert not comes_in(way)
    assert (kept.asked, way.simulator.asked.count(TOKEN)) == (0, 1)
