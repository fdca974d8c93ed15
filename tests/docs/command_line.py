"""docs/cli.md, from the Typer app."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Final

from tests.docs.commands import walk
from tests.docs.markdown import code, table
from tests.docs.pages import slug

_HEAD: Final = """\
# Commands

Made by `scripts/uv run python -m tests.docs.report` from the code; a test fails where this page is not what that writes.

In a clone write `scripts/uv run pyscim` in place of `pyscim`. What holds for all commands:

- They need no running server. They use the database that `DATABASE_URL` names, or the embedded one, which they start for
  as long as they run where no server has started it.
- `--help`, or `-h`, explains a command and shows an example.
- `--json` prints one JSON document on standard output, and nothing else there. Its keys are stable.
- Tenants, applications and tokens are named by name or id. An application's name is looked up in `--tenant`, the default
  tenant if that is not given. Where a name fits several, the error lists their ids.
- What cannot be undone asks first. `--force` answers yes; without a terminal and without `--force` it is refused.
- The exit status is 0 when it is done, 1 when it is refused or failed (the reason is on standard error), 2 when the
  arguments are wrong.
- `pyscim --install-completion` teaches your shell to complete commands, options and names.

"""

_TYPES: Final[dict[Any, str]] = {int: "number", float: "number", Path: "file"}


def render() -> str:
    """The whole page."""
    found = [(path, command) for path, command in walk() if path]
    leaves = [(path, command) for path, command in found if not hasattr(command, "commands")]
    index = table(("Command", "What it does"), (_row(path, command) for path, command in leaves))
    return _HEAD + index + "".join(_section(path, command) for path, command in found)


def title(path: tuple[str, ...]) -> str:
    """A command as it is typed; the heading of its section."""
    return " ".join(("pyscim", *path))


def _row(path: tuple[str, ...], command: Any) -> tuple[str, str]:
    return f"[`{title(path)}`](#{slug(title(path))})", _help(command).partition("\n\n")[0]


def _section(path: tuple[str, ...], command: Any) -> str:
    if hasattr(command, "commands"):
        return f"\n## {title(path)}\n\n{_help(command)}\n"
    heading = "##" if len(path) == 1 else "###"
    parts = [f"{heading} {title(path)}", _help(command), f"```sh\n{_example(command)}\n```"]
    rows = [_parameter(param) for param in command.params if not param.hidden]
    if rows:
        parts.append(table(("Argument, option", "Value", "Default", "Meaning"), rows).rstrip("\n"))
    return "\n" + "\n\n".join(parts) + "\n"


def _help(command: Any) -> str:
    return inspect.cleandoc(command.help or "")


def _example(command: Any) -> str:
    return " ".join((command.epilog or "").split()).removeprefix("Example: ")


def _parameter(param: Any) -> tuple[str, str, str, str]:
    if param.param_type_name == "argument":
        name = param.metavar or param.name.upper()
        return code(name), "" if param.required else "may be left out", "", param.help or ""
    names = [*param.opts, *param.secondary_opts]
    help_text = (param.help or "") + (" May be given several times." if param.multiple else "")
    return ", ".join(map(code, names)), _value(param), _default(param), help_text


def _value(param: Any) -> str:
    """What is written behind an option."""
    if param.is_flag:
        return ""
    kind = code(param.metavar) if param.metavar else _TYPES.get(param.type_descriptor.annotation, "text")
    if param.min is None and param.max is None:
        return kind
    low, high = (f"{limit:,}" if limit is not None else "" for limit in (param.min, param.max))
    return f"{kind}, from {low} up to {high}" if high else f"{kind}, from {low}"


def _default(param: Any) -> str:
    if param.required:
        return "must be given"
    if isinstance(param.show_default, str):
        return code(param.show_default)
    if param.default in (None, False) or not param.show_default:
        return ""
    return code(str(param.default))
