"""File checks: the outcome for each file that was sent apart, once; its time to live deletes it."""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.domain.upload.file_check import FileCheck
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import FileCheckItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code


class FileCheckStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    @staticmethod
    def find(owner: str, check_id: str, now: datetime) -> FileCheck | None:
        """Return the outcome, read with strong consistency; None before there is one, and once its time is over."""
        try:
            found = from_data(FileCheck, FileCheckItem.get(_key(owner, check_id), consistent_read=True).data)
        except FileCheckItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error
        return found if found.expires_at > now else None

    @staticmethod
    def add(check: FileCheck) -> bool:
        """Keep an outcome; False when there is one already, which stands."""
        item = FileCheckItem(
            _key(check.owner, check.check_id), data=to_data(check), expires_at=check.expires_at.astimezone(UTC)
        )
        try:
            item.save(condition=FileCheckItem.file_check.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        except PynamoDBException as error:
            raise store_unavailable() from error
        return True


def _key(owner: str, check_id: str) -> str:
    return f"{owner}#{check_id}"
