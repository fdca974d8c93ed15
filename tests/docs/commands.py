"""The commands that documents tell people to type, and those that there are."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer.main

from scim.cli.main import app
from tests.docs.pages import blocks, name, prose

_IN_SHELL = re.compile(r"(?:^|(?<!-u)[\s(]|/bin/)(pyscim\s+(?!pyscim\b).*)")
_IN_SENTENCE = re.compile(r"(?:scripts/)?(?:uv run )?pyscim \w")


def commands(page: Path) -> Iterator[str]:
    """Every `pyscim …` of a page: in its shell blocks, and in code within sentences."""
    for block in blocks(page, "sh", "sh run"):
        for line in block.replace("\\\n", " ").splitlines():
            if found := _IN_SHELL.search(line):
                yield re.split(r"[|)]", found[1])[0] if "$(" in line else found[1]
    for code in re.findall(r"`([^`\n]+)`", prose(page)):
        if _IN_SENTENCE.match(code) and "…" not in code:
            yield code[code.index("pyscim") :]


def told(pages: Iterable[Path]) -> list[tuple[str, str]]:
    """(page, command) for each command of these pages."""
    return [(name(page), command) for page in pages for command in dict.fromkeys(commands(page))]


def words(command: str) -> list[str]:
    """The arguments of a command, up to what a shell takes for itself."""
    given = shlex.split(command, comments=True)[1:]
    ends = [place for place, word in enumerate(given) if word in {"|", "&&", ";", "<", ">", ">>", "&"}]
    return given[: ends[0]] if ends else given


def values(command: str, option: str) -> set[str]:
    """What stands behind an option, each time it is given."""
    return {value for word, value in pairwise(words(command)) if word == option}


@functools.cache
def whole() -> Any:
    """`pyscim` itself; it is made of what typer carries, so nothing more is known of its type."""
    return typer.main.get_command(app)


def walk(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group of commands, with its path, in the order of the help; the first one is `pyscim` itself."""
    command = command or whole()
    yield path, command
    for child_name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from walk(child, (*path, child_name))


def find(given: list[str]) -> tuple[Any, list[str]]:
    """The command that arguments begin with, or the group that has none of that name; and the arguments that are left."""
    command = whole()
    while given and given[0] in getattr(command, "commands", {}):
        command, given = command.commands[given[0]], given[1:]
    return command, given


def exists(given: list[str]) -> bool:
    """Whether there is such a command, and has such options; what else it needs does not matter."""
    command, rest = find(given)
    options = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return all(word in options for word in rest)


def problem(given: list[str]) -> str | None:
    """What is wrong with the arguments of a command; nothing is run. A command alone, without any, is only named."""
    command, given = find(given)
    if not given:
        return None
    if hasattr(command, "commands"):
        return f"no command {' '.join(given[:1])}"
    context = command.make_context(command.name, [], resilient_parsing=True)
    context.resilient_parsing = False
    try:
        parsed, unexpected, _ = command.make_parser(context).parse_args(list(given))
    except Exception as error:  # noqa: BLE001 - the errors of click are those of the copy that typer carries
        return str(error) or type(error).__name__
    missing = [one.name for one in command.params if one.required and not isinstance(parsed.get(one.name), str)]
    return f"what is {unexpected}, where is {missing}?" if unexpected or missing else None
