"""Prepared files: requested once, finished by a worker, deleted by their time to live."""

from __future__ import annotations

from pynamodb.exceptions import PutError, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.domain.export.export import Export, ExportProblem, ExportState, PreparedFile
from chalicelib.store.batch_read import ItemKey, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import ExportItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code


class ExportStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    @staticmethod
    def key(export_id: str) -> ItemKey:
        """Name an export in a read of several tables."""
        return ExportItem, export_id, None

    @staticmethod
    def from_item(item: Model) -> Export:
        """Read an export out of what such a read found."""
        if not isinstance(item, ExportItem):
            raise TypeError(type(item).__name__)
        beside = {name: getattr(item, name) for name in ("state", "prepared", "problem", "parameters")}
        return from_data(Export, {**item.data, **beside})

    def add(self, export: Export) -> None:
        """Keep a new request."""
        data = {name: to_data(getattr(export, name)) for name in _FROZEN}
        item = ExportItem(
            export.export_id,
            state=export.state.value,
            parameters=dict(export.parameters),
            data=data,
            expires_at=export.expires_at,
        )
        try:
            item.save(condition=ExportItem.export_id.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED and self.find(export.export_id) is not None:
                return  # the answer to the first try was lost: nobody else has this id
            raise store_unavailable() from error

    def find(self, export_id: str) -> Export | None:
        """Return the export, read with strong consistency, or None."""
        try:
            return self.from_item(ExportItem.get(export_id, consistent_read=True))
        except ExportItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def finish(self, export_id: str, prepared: PreparedFile) -> bool:
        """Say where the file lies; False when another worker did so first, whose file stands."""
        actions: list[Action] = [
            ExportItem.state.set(ExportState.READY.value),
            ExportItem.prepared.set(to_data(prepared)),
        ]
        return _update(export_id, actions, ExportItem.state.exists() & (ExportItem.state != ExportState.READY.value))

    def fail(self, export_id: str, problem: ExportProblem | None = None) -> bool:
        """Say that it could not be prepared; without a problem, a later try may still finish it."""
        actions: list[Action] = [ExportItem.state.set(ExportState.FAILED.value)]
        if problem is not None:
            actions.append(ExportItem.problem.set(to_data(problem)))
        return _update(export_id, actions, ExportItem.state == ExportState.PREPARING.value)


_FROZEN = ("export_id", "mailbox_id", "user_id", "kind", "requested_at")


def _update(export_id: str, actions: list[Action], condition: Condition) -> bool:
    try:
        ExportItem(export_id).update(actions, condition=condition)
    except UpdateError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True
