"""Everything that the tables and the buckets hold, to say what a request left behind."""

from __future__ import annotations

from chalicelib.config import Config
from tests.cloud import Engine


def everything(engine: Engine, config: Config) -> dict[str, str]:
    """Return each item and each object, in words, by where it is."""
    names = {field: str(getattr(config, field)) for field in Config.__dataclass_fields__}
    found: dict[str, str] = {}
    for field, name in names.items():
        if field.endswith("_table"):
            dynamodb = engine.client("dynamodb")
            keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
            for item in dynamodb.scan(TableName=name)["Items"]:
                found[" ".join([field, *(item[key]["S"] for key in keys)])] = str(item)
        elif field.endswith("_bucket"):
            for version in engine.client("s3").list_object_versions(Bucket=name).get("Versions", []):
                found[f"{field} {version['Key']}"] = str(version)
    return found


def left_by(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Return what is new or otherwise than before."""
    return {place: words for place, words in after.items() if before.get(place) != words}
