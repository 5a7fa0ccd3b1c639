"""What stands in no wing uses none but those named here, so that nothing leads around the arrows between wings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "chalicelib"
WINGS = {path.parent.name for path in (PACKAGE / "services").glob("*/__init__.py")}
USES: dict[str, set[str]] = {
    "bootstrap/aws.py": {"access"},
    "bootstrap/chance.py": {"access"},
    "bootstrap/composition.py": {"deposit", "filing", "institution"},
    "bootstrap/files.py": {"sender", "upload"},
    "bootstrap/identity_provider.py": {"access"},
    "bootstrap/login_form.py": {"access"},
    "bootstrap/session.py": {"access"},
    "gateways/files.py": {"upload"},
    "gateways/upload_metadata.py": {"upload"},
    "handlers/admission.py": {"access"},
    "handlers/door.py": {"institution"},
    "handlers/console_doors.py": {"institution"},
    "handlers/commands/application.py": {"registration", "access"},
    "handlers/commands/file_check.py": {"upload", "access"},
    "handlers/commands/identification.py": {"access"},
    "handlers/commands/own_data.py": {"access", "people", "sender"},
    "handlers/http.py": {"access"},
    "handlers/kept_answer.py": {"access"},
    "handlers/web/kept_form.py": {"access"},
    "handlers/operator/answer.py": {"sender"},
    "handlers/operator/arguments.py": {"alert", "business_days", "people", "registration", "sender"},
    "handlers/operator/mailboxes.py": {"access", "reading"},
    "handlers/operator/commands.py": {"business_days", "institution", "people", "sender"},
    "handlers/operator/outage_arguments.py": {"outage"},
    "handlers/page.py": {"outage"},
    "handlers/page_request.py": {"institution"},
    "handlers/web/session_page.py": {"access"},
    "handlers/signed.py": {"sender"},
    "handlers/workers/mailboxes.py": {"access", "reading"},
    "handlers/workers/orphans.py": {"deposit", "filing"},
    "handlers/web/file_check.py": {"upload", "access"},
    "renderers/pages.py": {"institution"},
    "store/calendar_store.py": {"business_days"},
    "store/people/data_request_store.py": {"access", "people"},
    "store/export_store.py": {"export"},
    "store/file_check_store.py": {"upload"},
    "store/limit_store.py": {"access"},
    "store/look_store.py": {"access"},
    "store/mailbox_store.py": {"reading"},
    "store/notice_store.py": {"alert", "reading"},
    "store/outage_store.py": {"outage"},
    "store/page_view.py": {"outage"},
    "store/people_store.py": {"access", "people"},
    "store/receipt_store.py": {"evidence"},
    "store/registration_store.py": {"registration", "access"},
    "store/request_store.py": {"reading", "sender", "upload"},
    "store/token_item.py": {"access"},
    "store/upload_store.py": {"upload"},
}
"""Modules of no wing that know one. In services and domain there is none."""
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def imports_of(module: str) -> Iterator[str]:
    """Yield the name of every module that one imports, wherever it does."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: import by the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def wings_in(name: str) -> set[str]:
    """Return the wing that a module's name or path goes through, if any; a module in it may be called as another is."""
    return set([part for part in name.removesuffix(".py").replace("/", ".").split(".") if part in WINGS][:1])


@pytest.mark.parametrize("module", [module for module in MODULES if not wings_in(module)])
def test_a_module_of_no_wing_uses_none_but_those_named(module: str) -> None:
    used = {wing for name in imports_of(module) if name.startswith("chalicelib.") for wing in wings_in(name)}

    assert used <= USES.get(module, set()), (
        f"{module} belongs to no wing and uses {used}. Move it into the wing that it serves: what all wings use must "
        "know none of them."
    )


def test_every_module_named_exists_and_uses_what_is_said() -> None:
    for module, wings in USES.items():
        assert {wing for name in imports_of(module) for wing in wings_in(name)} == wings, module


@pytest.mark.parametrize("module", MODULES)
def test_the_package_imports_nothing_that_is_not_deployed_with_it(module: str) -> None:
    outside = {name.partition(".")[0] for name in imports_of(module)} & {"app", "bench", "examples", "infra", "tests"}

    assert not outside, f"{module} imports {outside}, which no function has in AWS"


def test_modules_are_looked_up_by_name_in_one_place() -> None:
    found = [module for module in MODULES if any("import_module" in name for name in imports_of(module))]

    assert found == ["handlers/doors.py"], "what is imported by a name that is computed escapes every contract"


@pytest.mark.parametrize(
    "folder", ["handlers/api", "handlers/web", "handlers/workers", "handlers/commands", "handlers/operator"]
)
def test_handlers_have_folders_and_files_of_wings_and_few_others(folder: str) -> None:
    place = PACKAGE / folder
    folders = {path.name for path in place.iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert folders <= WINGS, f"{folder}: a folder that is no wing; docs/architecture.md lists them"
    assert all((place / name / "__init__.py").exists() for name in folders)
    of_no_wing = [path for path in place.glob("[!_]*.py") if path.stem not in WINGS]
    assert len(of_no_wing) <= 14, f"{folder}: move what belongs to a wing into its folder"
