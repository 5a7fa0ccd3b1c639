"""What every table's model shares: its name is bound by `tables.bind`, and connections have short time-outs."""

from __future__ import annotations


class TableMeta:
    """PynamoDB's settings of a model."""

    table_name = ""
    connect_timeout_seconds = 1
    read_timeout_seconds = 3
    max_retry_attempts = 3
    max_pool_connections = 20
    """As many as two depths of `together` ask at once; each is opened when it is first needed."""
