"""Imports go one way, and files and functions stay small (DESIGN §2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "scim"

RANKS = {
    "__init__": 0,
    "exceptions": 0,
    "utils": 0.1,
    "config": 0.2,
    "protocol": 1,
    "models": 2,
    "db": 2,
    "caller": 2.1,
    "storage": 3,
    "services": 4,
    "schemas": 4,
    "middleware": 5,
    "dependencies": 5,
    "api": 6,
    "cli": 6,
    "main": 7,
    "__main__": 7,
}
"""The ranks of DESIGN §2; the fractions put in order what stands in one row there."""

PROTOCOL_ORDER = (
    {"grammar", "text_key", "date_time", "media_types", "query", "unknown", "etag", "prefer", "paging"},
    {"attributes"},
    {"values"},
    {"filters"},
    {"equality", "search_document", "changes", "projection", "lists", "near_names"},
    {"validation", "discovery", "errors", "bulk"},
    {"patch"},
    {"compat"},
)
"""Inside the protocol the same holds: each imports from the rows above it, or from its own row."""

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
LATE_IMPORTS_ALLOWED = "cli"


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def own_imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "scim":
            yield node.module, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name.split(".")[0] == "scim")


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", modules(), ids=name)
def test_a_module_imports_from_lower_ranks_or_its_own_folder(path: Path) -> None:
    own = part_of(path)
    if own == "__init__":
        return
    for module, line in own_imports(ast.parse(path.read_text())):
        other = module.split(".")[1] if "." in module else "__init__"
        assert other == own or RANKS[other] < RANKS[own], f"{name(path)}:{line} imports {module}"


def protocol_row(part: str) -> int:
    return next(row for row, parts in enumerate(PROTOCOL_ORDER) if part in parts)


@pytest.mark.parametrize("path", [path for path in modules() if part_of(path) == "protocol"], ids=name)
def test_the_protocol_imports_one_way_inside_too(path: Path) -> None:
    own = path.relative_to(SOURCE / "protocol").parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for module, line in own_imports(ast.parse(path.read_text())):
        if module.startswith("scim.protocol."):
            other = module.split(".")[2]
            assert protocol_row(other) <= protocol_row(own), f"{name(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", [path for path in modules() if part_of(path) == "protocol"], ids=name)
def test_the_protocol_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [node for node in ast.walk(tree) if isinstance(node, waiting)]
    for node in ast.walk(tree):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            assert module.split(".")[0] not in {
                "asyncio",
                "asyncpg",
                "tortoise",
                "fastapi",
                "starlette",
                "time",
                "uuid",
            }


@pytest.mark.parametrize("path", modules(), ids=name)
def test_no_import_hides_in_a_function(path: Path) -> None:
    source = path.read_text()
    if part_of(path) == LATE_IMPORTS_ALLOWED:
        return
    lines = source.splitlines()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    assert "#" in lines[node.lineno - 1], f"{name(path)}:{node.lineno} imports late, without a reason"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_files_and_functions_are_small(path: Path) -> None:
    if path.name.endswith("_table.py"):
        return
    source = path.read_text()
    assert len(source.splitlines()) <= MAX_FILE_LINES
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (function.end_lineno or 0) - function.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{name(path)}: {function.name} has {length} lines"


def storage_functions() -> list[tuple[str, ast.AsyncFunctionDef, set[str]]]:
    found = []
    for path in sorted((SOURCE / "storage").glob("*.py")):
        tree = ast.parse(path.read_text())
        unscoped = {
            element.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and "UNSCOPED" in ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            for element in ast.walk(node)
            if isinstance(element, ast.Constant) and isinstance(element.value, str)
        }
        found += [(path.name, node, unscoped) for node in tree.body if isinstance(node, ast.AsyncFunctionDef)]
    return found


@pytest.mark.parametrize(
    ("file", "function", "unscoped"), storage_functions(), ids=lambda value: getattr(value, "name", None)
)
def test_every_query_carries_the_caller(file: str, function: ast.AsyncFunctionDef, unscoped: set[str]) -> None:
    """What reads or writes the database takes the Caller first; exceptions are listed in their module with a reason."""
    if function.name.startswith("_") or function.name in unscoped:
        return
    first = function.args.args[0] if function.args.args else None
    assert first is not None, f"{file}: {function.name}"
    assert first.arg == "caller", f"{file}: {function.name} takes {first.arg} first"


ATTRIBUTES_NOBODY_NAMES = {
    "phoneNumbers",
    "addresses",
    "photos",
    "ims",
    "nickName",
    "userType",
    "x509Certificates",
    "title",
}


@pytest.mark.parametrize("path", modules(), ids=name)
def test_attributes_are_declared_once(path: Path) -> None:
    """No code names an attribute, but where its meaning is special (DESIGN §1.1)."""
    if "compat" in path.parts or "attributes" in path.parts or part_of(path) == "schemas":
        return
    literals = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not literals & ATTRIBUTES_NOBODY_NAMES
