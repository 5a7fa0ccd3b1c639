"""Nonces of signed requests: each counts for one set of signed bytes only."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import PutError, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import NotAuthenticated
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.tables import TokenItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code


def nonce_token(keyid: str, nonce: str) -> str:
    """Return the token's key; the nonce is scoped by the key that signed it."""
    return f"nonce#{keyid}#{nonce}"


def nonce_reused() -> NotAuthenticated:
    """Return the refusal for a nonce that was used for something else."""
    return NotAuthenticated(
        "nonce_reused", "El nonce de la firma ya se usó en otro pedido. Firme de nuevo con un nonce nuevo."
    )


def _free_for(digest: str, now: datetime) -> Condition:
    # TTL deletes late, so an expired token that still lies there counts as absent.
    free: Condition = TokenItem.token.does_not_exist() | (TokenItem.digest == digest) | (TokenItem.expires_at < now)
    return free


class NonceStore:
    """Claims nonces conditionally; the same signed bytes may claim theirs again."""

    def claim(self, token: str, *, digest: str, expires_at: datetime, now: datetime) -> None:
        """Take a nonce for the request whose signature base hashes to `digest`.

        Raises:
            NotAuthenticated: `nonce_reused` when other bytes took it.
            Unavailable: `store_unavailable`.

        """
        try:
            TokenItem(token, digest=digest, expires_at=expires_at).save(_free_for(digest, now))
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                raise nonce_reused() from error
            raise store_unavailable() from error
        except PynamoDBException as error:
            raise store_unavailable() from error

    def claim_in(
        self, transaction: TransactWrite, token: str, *, digest: str, expires_at: datetime, now: datetime
    ) -> None:
        """Take a nonce as part of a transaction."""
        transaction.save(TokenItem(token, digest=digest, expires_at=expires_at), condition=_free_for(digest, now))
