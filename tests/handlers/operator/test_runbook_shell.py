"""Every command of the runbook is typed into a shell, and what it asks of AWS is done, or answered as AWS would."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.bootstrap.access import access_tools
from chalicelib.handlers.operator.command_help import help_of
from chalicelib.handlers.operator.commands import COMMANDS
from tests.aws_cli import NotACommand, is_operation, shown, understood, validated_answer
from tests.company_world import seed_company
from tests.deposit_world import World
from tests.runbook import BLOCKS, FUNCTIONS, RUNBOOK, blocks_of, inline_commands, named_commands, named_operations
from tests.typed_shell import BASH, RECORDED, Account, Shell

NOT_RUN = {
    "restore tables": "it is named; a block and `restore check` are read by the program",
    "restore tables --to <instant of the copies> --as casilla-r20261128": "the instant is the copies' own",
    "aws lambda invoke --qualifier live": "it is named; what stands behind `run` and in a block is run",
    "openssl s_client -starttls smtp -connect <MX of the domain>:25": "it connects to somebody's mail server",
}
"""Commands that are not run, each with its reason; nothing else is left out."""
SCRIPTS = {command: command for command in inline_commands(RUNBOOK) if command not in NOT_RUN}
CHAPTERS = {
    title: "\n".join(blocks_of(text))
    for title, text in re.findall(r"^## ([^\n]+)\n(.+?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    if blocks_of(text)
}
"""What a chapter has typed, from its first block to its last: a later one may need what an earlier one set."""
BEGINNING = RUNBOOK.partition("\n## ")[0]
NOT_THERE = {
    "sessions end --user 1-40000002": "nobody with that name has an account",
    "requests show": "nobody asked under that number",
    "requests done": "nobody asked under that number",
    "requests refuse": "nobody asked under that number",
    "requests told": "nobody asked under that number",
    "alerts show AS3B-3MEJ-C22A": "no notice, nor filing, has that number",
    "alerts resend AS3B-3MEJ-C22A_filed": "no filing has that number",
    "mailboxes told K7M3Q": "nothing under that mark waits to be told",
    "registrations show": "no registration has that number",
    "registrations approve": "no registration has that number",
    "registrations refuse": "no registration has that number",
    "mailboxes name 1-40000002": "its name has all its letters",
    "restore release": "nobody checked the tables",
}
"""Commands of the operator that end with 1 here, as the runbook says of what cannot be done, each with its reason.

What they do where there is something to be done is held by the tests beside this one.
"""


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Iterator[Shell]:
    """Open a shell beside a stack with a company's mailbox, and the files of keys that the runbook names."""
    seed_company(access_tools(world.container), world.container)
    for name, number in (("clave-publica", 1), ("clave-publica-nueva", 2)):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key()
        (tmp_path / f"{name}.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "clave.txt").write_text("c" * 40)
    account = Account(world, tmp_path)
    opened = Shell(account, tmp_path)
    yield opened
    opened.close()
    account.close()


def test_every_block_and_command_is_a_script() -> None:
    for text in (*BLOCKS, *SCRIPTS):
        done = subprocess.run([BASH, "-n", "-c", text], capture_output=True, check=False, text=True)  # noqa: S603 - ours
        assert done.returncode == 0, (text, done.stderr)


def test_every_command_of_the_runbook_is_run_and_does_what_it_can(shell: Shell) -> None:
    codes = shell.type_in({"the beginning": "\n".join(blocks_of(BEGINNING)), **CHAPTERS, **SCRIPTS})

    account = shell.account
    assert account.refused == []
    missing = {line for line, code in account.exits.items() if code}
    expected = {line for line in account.exits if any(line.startswith(known) for known in NOT_THERE)}
    assert missing == expected, {line: account.outputs[line] for line in missing ^ expected}
    assert {account.exits[line] for line in missing} == {1}
    assert {known for known in NOT_THERE if not any(line.startswith(known) for line in missing)} == set()
    failed = {name for name, code in codes.items() if code}
    assert failed == {f'operator "{line}"' for line in missing}, shell.errors[-2000:]
    assert set(RECORDED) <= account.asked, "a record that nothing asks for"
    typed = "\n".join((*BLOCKS, *SCRIPTS))
    assert {name for name in FUNCTIONS if len(re.findall(rf"\b{name}\b", typed)) < 2} == set(), "nothing calls it"


def test_what_is_not_run_stands_there_and_is_not_more_than_that() -> None:
    assert set(NOT_RUN) <= set(inline_commands(RUNBOOK))


@pytest.mark.parametrize("line", sorted(set(named_commands(RUNBOOK))))
def test_a_command_that_is_only_named_exists_with_the_options_named(line: str) -> None:
    [command] = [one for one in COMMANDS if one.name.split() == line.split()[:2]]
    told = help_of(command)

    assert [option for option in re.findall(r"--[\w-]+", line) if option not in told] == []


@pytest.mark.parametrize("line", sorted(set(named_operations(RUNBOOK))))
def test_an_operation_that_is_only_named_exists(line: str) -> None:
    assert is_operation(*line.split()[1:])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("sqss purge-queue --queue-url x", "aws has no sqss"),
        ("sqs purge-queues --queue-url x", "has no purge-queues"),
        ("sqs purge-queue --queue x", "has no --queue"),
        ("sqs purge-queue", "Missing required parameter"),
        ("sqs receive-message --queue-url x --max-number-of-messages ten", "is a number"),
        ("sqs get-queue-attributes --queue-url x --attribute-names QueueArm", "is none of"),
        ("sqs purge-queue --queue-url x y", "belong to no option"),
        ("lambda invoke --function-name casilla-operator", "belong to no option"),
        ("lambda wait function-updated-v9 --function-name x", "waits for no"),
        ("logs tail /aws/lambda/x --pattern y", "--pattern"),
        ("cloudtrail put-event-selectors --trail-name x --advanced-event-selectors [{]", "is no JSON"),
        ("sqs purge-queue --queue-url x --output words", "--output words"),
        ("backup update-region-settings --resource-type-opt-in-preference S3=yes", "true or false"),
    ],
)
def test_what_the_command_line_would_refuse_is_refused(typed: str, why: str) -> None:
    with pytest.raises(NotACommand, match=re.escape(why)):
        understood(typed.split())


def test_a_query_that_finds_nothing_and_a_record_that_no_service_would_give_are_refused() -> None:
    words = "cloudformation describe-stack-resource --stack-name s --logical-resource-id L --query A.B"
    typed = understood(words.split(" "))
    answer = {"StackResourceDetail": {"PhysicalResourceId": "x"}}

    with pytest.raises(NotACommand, match="finds nothing"):
        shown(typed, answer)
    assert validated_answer("cloudformation", "DescribeStackResource", answer) == answer
    with pytest.raises(NotACommand, match="does not tell"):
        validated_answer("cloudformation", "DescribeStackResource", {"StackResourceDetail": {"Id": "x"}})
