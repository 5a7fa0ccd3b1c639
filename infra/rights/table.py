"""The table of `docs/security.md` that says what each function may do, as its policy has it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from infra.rights.policies import Allowance, allowances, functions

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
_BEGINS, _ENDS = "<!-- rights: python -m infra.rights table -->\n", "<!-- end of rights -->"
_HEAD = ("| function | files | tables | beside |", "|---|---|---|---|")
_ACTS = {
    "GetObject": "reads",
    "GetObjectTagging": "reads",
    "ListBucket": "lists",
    "PutObject": "writes",
    "AbortMultipartUpload": "writes",
    "DeleteObject": "deletes",
    "GetItem": "r",
    "BatchGetItem": "r",
    "Query": "r",
    "ConditionCheckItem": "r",
    "Scan": "s",
    "PutItem": "w",
    "UpdateItem": "w",
    "DeleteItem": "d",
}
_ORDER = ("reads", "lists", "writes", "deletes")
_BESIDE = {"ses": "mail", "sns": "SMS", "secretsmanager": "", "sqs": "", "kms": ""}


def written_table() -> str:
    """Return the table that the document has.

    Raises:
        ValueError: it has none.

    """
    text = DOCUMENT.read_text(encoding="utf-8")
    return text[text.index(_BEGINS) + len(_BEGINS) : text.index(_ENDS)]


def write_table() -> None:
    """Put the policies' table in place of the document's."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(_BEGINS)
    _, _, after = rest.partition(_ENDS)
    DOCUMENT.write_text(f"{before}{_BEGINS}{rights_table()}{_ENDS}{after}", encoding="utf-8")


def rights_table() -> str:
    """Return the table that the policies make, a line for each function."""
    return "\n".join((*_HEAD, *map(_line, functions()))) + "\n"


def _line(function: str) -> str:
    allowed = [each for each in allowances(function) if each.sid != "Logs"]
    return f"| `{function}` | {_files(allowed)} | {_tables(allowed)} | {_beside(allowed)} |"


def _files(allowed: list[Allowance]) -> str:
    acts: dict[str, dict[str, None]] = defaultdict(dict)
    for each in allowed:
        service, _, name = each.action.partition(":")
        if service == "s3":
            bucket, _, key = each.resource.removeprefix("${").partition("Bucket.Arn}")
            only = each.under.partition("=")[2]
            acts[_ACTS[name]][f"{bucket.lower()} `{(only or key.lstrip('/')) or 'whole'}`"] = None
    return "; ".join(f"{act} {', '.join(acts[act])}" for act in _ORDER if act in acts)


def _tables(allowed: list[Allowance]) -> str:
    acts: dict[str, set[str]] = defaultdict(set)
    keys: dict[str, set[str]] = defaultdict(set)
    for each in allowed:
        table = re.fullmatch(r"\$\{(\w+)Table\.Arn\}(/index/\w+)?", each.resource)
        if table:
            acts[table[1].lower()].add(_ACTS[each.action.partition(":")[2]])
            keys[table[1].lower()].add(each.under.partition("=")[2])
    return ", ".join(f"{table} {_letters(acts[table])}{_only(keys[table])}" for table in sorted(acts))


def _letters(acts: set[str]) -> str:
    return "".join(act for act in "rswd" if act in acts)


def _only(keys: set[str]) -> str:
    """Tell the partition keys where each act is held to some."""
    return f" (`{'`, `'.join(sorted(keys))}`)" if "" not in keys else ""


def _beside(allowed: list[Allowance]) -> str:
    said: dict[str, None] = {}
    for each in allowed:
        service, _, name = each.action.partition(":")
        known = re.match(r"\$\{(\w+)\.(Arn|Id)\}", each.resource)
        if service in {"ses", "sns"}:
            said[_BESIDE[service]] = None
        elif service == "secretsmanager" and known:
            said[f"`{known[1]}`"] = None
        elif service == "sqs" and known:
            said[f"{'sends to' if name == 'SendMessage' else 'takes from'} `{known[1]}`"] = None
        elif known and known[1] == "StaffKey":
            said[f"`StaffKey` {name.lower()}"] = None
        elif "/stream/" in each.resource:
            said["the stream of events"] = None
    return ", ".join(said)
