"""Limits: counters in windows of time, each spent by one conditional call, so that no burst gets more than the limit.

Windows are fixed: around a border up to twice the limit can pass. Keys are stored as keyed hashes, since they hold
usernames and addresses; the items go by TTL. A budget of all callers is spread over eight counters, so that no key
takes all their writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Budget, Standing, window_at
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import TokenItem
from chalicelib.store.token_item import instant_from_micros, micros, update_token

_TTL_MARGIN = timedelta(hours=1)


class LimitStore:
    """Counts by key. Raises `Unavailable` when DynamoDB does not answer: a limit that cannot count lets no one pass."""

    def __init__(self, pepper: bytes) -> None:
        """Hash keys with `pepper`."""
        self._pepper = pepper

    def spend(self, key: str, *, limit: int, window_s: int, now: datetime) -> int:
        """Count one use and return how many remain in this window.

        Raises:
            TooManyRequests: `limit_reached`, with the seconds until the next window; nothing was counted.

        """
        number, ends_at = window_at(now, window_s)
        has_room = TokenItem.attempts.does_not_exist() | (TokenItem.attempts < limit)
        counted = self._count(f"{key}#{window_s}#{number}", ends_at, has_room)
        if counted is None:
            raise _limit_reached(ends_at - now)
        return limit - counted

    def tally(self, key: str, *, window_s: int, now: datetime, uses: int = 1) -> int:
        """Count one use, or several, and return how many there were in this window, with these; refuses none."""
        number, ends_at = window_at(now, window_s)
        counted = self._count(f"{key}#{window_s}#{number}", ends_at, None, uses)
        if counted is None:
            raise store_unavailable()
        return counted

    def draw(self, budget: Budget, standing: Standing, *, by: str, now: datetime) -> int:
        """Spend one of a common budget and return its counter; `by`, such as a new id, says which of the eight.

        Raises:
            TooManyRequests: `budget_spent`, when what is left is kept for those who proved more; nothing was counted.

        """
        window, room, ends_at = _part(budget, standing, by, now)
        has_room = TokenItem.attempts.does_not_exist() | (TokenItem.attempts < room)
        drawn = self._count(window, ends_at, has_room)
        if drawn is None:
            raise _budget_spent(ends_at - now)
        return drawn

    def undraw(self, budget: Budget, *, by: str, now: datetime) -> None:
        """Take back what `draw` spent in this window for the same `by`, since it was not needed."""
        number, ends_at = window_at(now, budget.window_s)
        item = TokenItem(self._key(_window_of(budget, shard_of_code(by), number)))
        actions: list[Action] = [TokenItem.attempts.add(-1), TokenItem.expires_at.set(ends_at + _TTL_MARGIN)]
        update_token(item, actions, TokenItem.attempts > 0)

    def drawn(self, budget: Budget, *, now: datetime) -> int:
        """Return how much of a budget is spent in this window; one call."""
        number, _ = window_at(now, budget.window_s)
        keys = [self._key(_window_of(budget, shard, number)) for shard in SHARDS]
        try:
            return sum(int(item.attempts) for item in TokenItem.batch_get(keys, consistent_read=True))
        except PynamoDBException as error:
            raise store_unavailable() from error

    def look(self, budget: Budget, standing: Standing, *, by: str, now: datetime) -> None:
        """Refuse as `draw` would, and spend nothing.

        Raises:
            TooManyRequests: `budget_spent`.

        """
        window, room, ends_at = _part(budget, standing, by, now)
        try:
            counted = TokenItem.get(self._key(window), consistent_read=True).attempts
        except TokenItem.DoesNotExist:
            return
        except PynamoDBException as error:
            raise store_unavailable() from error
        if counted >= room:
            raise _budget_spent(ends_at - now)

    def give_back(self, key: str, *, window_s: int, now: datetime, uses: int = 1) -> None:
        """Take a use back that `tally` counted in this window: what proved right is held against nobody.

        With none to take back the same call changes nothing.
        """
        number, ends_at = window_at(now, window_s)
        item = TokenItem(self._key(f"{key}#{window_s}#{number}"))
        actions: list[Action] = [TokenItem.attempts.add(-uses), TokenItem.expires_at.set(ends_at + _TTL_MARGIN)]
        update_token(item, actions, None)

    def cool_down(self, key: str, *, seconds: int, now: datetime, what: str = "correo") -> None:
        """Let one pass and none after it for exactly `seconds`, whatever the window: the time between two resends.

        `what` is asked for, as the refusal calls it.

        Raises:
            TooManyRequests: `limit_reached`; waiting `retry_after` seconds is certain to be enough.

        """
        item = TokenItem(self._key(f"cooling#{key}"))
        until = now + timedelta(seconds=seconds)
        is_cool = TokenItem.valid_until.does_not_exist() | (TokenItem.valid_until <= micros(now))
        actions: list[Action] = [
            TokenItem.valid_until.set(micros(until)),
            TokenItem.expires_at.set(until + _TTL_MARGIN),
        ]
        if not update_token(item, actions, is_cool):
            raise _asked_just_now(seconds, what)

    def cools_until(self, key: str) -> datetime | None:
        """Return until when `cool_down` lets none pass; None where nothing cools."""
        try:  # by the call that everybody may make who draws from budgets
            found = list(TokenItem.batch_get([self._key(f"cooling#{key}")], consistent_read=True))
        except PynamoDBException as error:
            raise store_unavailable() from error
        return instant_from_micros(found[0].valid_until) if found else None

    def end_cooling(self, key: str) -> None:
        """Let the next one pass: what was to be done once did not come about."""
        update_token(TokenItem(self._key(f"cooling#{key}")), [TokenItem.valid_until.set(0)], None)

    def _count(self, window: str, ends_at: datetime, condition: Condition | None, uses: int = 1) -> int | None:
        item = TokenItem(self._key(window))
        actions: list[Action] = [TokenItem.attempts.add(uses), TokenItem.expires_at.set(ends_at + _TTL_MARGIN)]
        return int(item.attempts) if update_token(item, actions, condition) else None

    def _key(self, name: str) -> str:
        return f"limit#{keyed_hash(self._pepper, 'limit', name)}"


def _part(budget: Budget, standing: Standing, by: str, now: datetime) -> tuple[str, int, datetime]:
    """Return the name of one of a budget's counters, what it may hold for this standing, and its end."""
    number, ends_at = window_at(now, budget.window_s)
    room = -(-budget.share(standing) // len(SHARDS))
    return _window_of(budget, shard_of_code(by), number), room, ends_at


def _window_of(budget: Budget, shard: str, number: int) -> str:
    return f"budget#{budget.name}#{shard}#{budget.window_s}#{number}"


def _limit_reached(wait: timedelta) -> TooManyRequests:
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    detail = f"Hubo demasiados intentos seguidos. Espera {_spelled(seconds)} y vuelve a intentarlo."
    return TooManyRequests("limit_reached", detail, retry_after=seconds)


def _budget_spent(wait: timedelta) -> TooManyRequests:
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    detail = f"Ahora hay demasiados pedidos. Espera {_spelled(seconds)} y vuelve a intentarlo."
    return TooManyRequests("budget_spent", detail, retry_after=seconds)


def _asked_just_now(seconds: int, what: str) -> TooManyRequests:
    """Refuse without blame: a button pressed twice comes here, and the message of its first press is on its way."""
    detail = (
        f"Ya pediste este {what} hace menos de {_spelled(seconds)}. Si no te llega, espera {_spelled(seconds)} y vuelve"
        " a pedirlo."
    )
    return TooManyRequests("limit_reached", detail, retry_after=seconds)


def _spelled(seconds: int) -> str:
    minutes, hours = -(-seconds // 60), -(-seconds // 3600)
    if seconds < 60:  # noqa: PLR2004 - of a minute
        return f"{seconds} segundos"
    if minutes <= 90:  # noqa: PLR2004 - more are told as hours
        return "1 minuto" if minutes == 1 else f"{minutes} minutos"
    return f"{hours} horas"
