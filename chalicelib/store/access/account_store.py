"""Accounts: read by username, changed only from the version that was read."""

from __future__ import annotations

import dataclasses

from pynamodb.exceptions import PutError, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.account import Account, AccountChanged, UsernameTaken
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import AccountItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code


class AccountStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def find(self, username: str) -> Account | None:
        """Return the account, read with strong consistency, or None; both cost one call."""
        try:
            return account_from(AccountItem.get(username, consistent_read=True))
        except AccountItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def add(self, account: Account) -> None:
        """Keep a new account.

        Raises:
            UsernameTaken: `username_taken`.

        """
        if not _put(account, AccountItem.username.does_not_exist()):
            raise UsernameTaken("username_taken", "Ya hay una cuenta con este usuario. Recupera tu contraseña.")

    def update(self, account: Account) -> Account:
        """Write a changed account if it is still at the version it was read in; return it in its new version.

        Raises:
            AccountChanged: `account_changed`; read it again and decide anew.

        """
        changed = dataclasses.replace(account, version=account.version + 1)
        if not _put(changed, AccountItem.version == account.version):
            detail = "Tus datos cambiaron mientras tanto. Vuelve a abrir la página e inténtalo otra vez."
            raise AccountChanged("account_changed", detail)
        return changed

    @staticmethod
    def add_in(transaction: TransactWrite, account: Account) -> None:
        """Keep a new account as part of a transaction."""
        transaction.save(_to_item(account), condition=AccountItem.username.does_not_exist())

    @staticmethod
    def update_in(transaction: TransactWrite, account: Account) -> Account:
        """Write a changed account as part of a transaction; return it in the version it then has."""
        changed = dataclasses.replace(account, version=account.version + 1)
        transaction.save(_to_item(changed), condition=AccountItem.version == account.version)
        return changed

    @staticmethod
    def replace_in(transaction: TransactWrite, read: tuple[Account, ...], written: tuple[Account, ...]) -> None:
        """Put accounts in the place of those that were read, in one transaction; a name left over is free then."""
        versions = {account.username: account.version for account in read}
        for account in written:
            is_as_read: Condition = AccountItem.username.does_not_exist()
            if account.username in versions:
                is_as_read = AccountItem.version == versions.pop(account.username)
            transaction.save(_to_item(account), condition=is_as_read)
        for username, version in versions.items():
            transaction.delete(AccountItem(username), condition=AccountItem.version == version)


def former_key(user_id: str) -> str:
    """Name the record of who left, which nobody can log in by: usernames are read in capitals."""
    return f"former#{user_id}"


def account_from(item: AccountItem | None) -> Account | None:
    """Read an account."""
    if item is None:
        return None
    account = from_data(Account, item.data)
    return dataclasses.replace(account, version=int(item.version), is_listed=item.person is not None)


def _to_item(account: Account) -> AccountItem:
    data = to_data(dataclasses.replace(account, is_listed=True))
    return AccountItem(account.username, version=account.version, data=data, person=account.person_number)


def _put(account: Account, condition: Condition) -> bool:
    try:
        _to_item(account).save(condition)
    except PutError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True
