"""docs/configuration.md, from the Settings class and the model of application settings."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from scim.config import Settings, accepted, env_example, environment_name
from scim.db import url
from scim.models.settings import ApplicationSettings
from scim.services import application_settings
from tests.docs.markdown import code, table

_HEAD: Final = """\
# Configuration

Made by `scripts/uv run python -m tests.docs.report` from the code; a test fails where this page is not what that writes.

There are two kinds of settings. Those of the server are environment variables, read once when it starts. Those of an
application are kept in the database, and a change takes effect at once in every running worker.

## Settings of the server

They come from the environment, else from a file `.env` in the folder that `pyscim` is started in, else they have their
default. An empty value means the default. What `pyscim run` is given as an option wins over both.
[`.env.example`](../.env.example) is this table as a file to copy.

```sh
cp .env.example .env
```

`pyscim config` shows each setting and where its value comes from; values are shown with `--show-values`, secrets never. A
`PYSCIM_` variable that is no setting is reported when the server starts. A bad value stops the start, with the setting's
name, what was given, and what is accepted.

"""

_DATABASE: Final = """
### DATABASE_URL

Empty, the server starts a PostgreSQL of its own in `PYSCIM_DATA_DIR`. Else it is what libpq takes: `postgres://` or
`postgresql://`, with user, password, one or more hosts with ports, and the database's name.

```sh
export DATABASE_URL='postgresql://pyscim:PASSWORD@db.example.com:5432/pyscim?sslmode=verify-full&sslrootcert=ca.pem'
```

- Special characters in the password are written percent-encoded: `/` as `%2F`, `?` as `%3F`, `%` as `%25`.
- A socket is a folder: `postgresql:///pyscim?host=%2Fvar%2Frun%2Fpostgresql`.
- Several hosts, for a standby that may take over:
  `postgresql://pyscim@db1,db2/pyscim?target_session_attrs=read-write`.
- Behind a transaction pooler (PgBouncer, Supavisor) add `statement_cache_size=0`: [Production](production.md#poolers).

{parameters}
"""

_APPLICATIONS: Final = """
## Settings of an application

`pyscim app info NAME` shows the values in force. An empty value goes back to the default.

```sh
pyscim app update NAME --set on_delete=deactivate --set guard_users=25
pyscim app update NAME --set on_delete=
```

"""

_MORE: Final = {"database_url": "a `postgres://` or `postgresql://` URL, see [below](#database_url)"}
"""What is accepted, where a link says more than words."""


def render() -> str:
    """The whole page."""
    server = table(("Variable", "Default", "Accepted", "What it does"), _settings())
    applications = table(("Setting", "Default", "Accepted", "What it does"), _application_settings())
    names = ", ".join(code(name) for name in url._PARAMETERS)
    parameters = textwrap.fill(
        f"Parameters after `?`: {names}. Any other one stops the start by its name.", 120, break_on_hyphens=False
    )
    return _HEAD + server + _DATABASE.format(parameters=parameters) + _APPLICATIONS + applications


def defaults() -> dict[str, str]:
    """Each variable with its default, as `.env.example` has them."""
    lines = [line for line in env_example().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _settings() -> list[tuple[str, str, str, str]]:
    values = defaults()
    return [
        (code(variable), code(values[variable]) or "empty", _accepted(name, field), field.description or "")
        for name, field in Settings.model_fields.items()
        for variable in [environment_name(name)]
    ]


def _accepted(name: str, field: FieldInfo) -> str:
    if name in _MORE:
        return _MORE[name]
    return "a path" if field.annotation is Path else accepted(field)


def _application_settings() -> list[tuple[str, str, str, str]]:
    return [
        (
            code(name),
            _default(field.default),
            application_settings.accepted(name) + _limits(field),
            field.description or "",
        )
        for name, field in ApplicationSettings.model_fields.items()
    ]


def _default(value: Any) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(",".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _limits(field: FieldInfo) -> str:
    """Of a number, its least and its greatest value."""
    limits = {
        name: getattr(rule, name) for rule in field.metadata for name in ("ge", "gt", "le") if hasattr(rule, name)
    }
    if not limits:
        return ""
    low = f"above {limits['gt']}" if "gt" in limits else f"from {limits['ge']}"
    return f" {low} up to {limits['le']:,}"
