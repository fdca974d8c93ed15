"""`pyscim app`: one application for each connection of an identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scim.cli import completion
from scim.cli.deleting import delete_after_asking
from scim.cli.options import AppArgument, Description, DisplayName, Force, InTenant, Json, OfTenant
from scim.cli.output import as_object, counted, distance, moment, print_details, print_json, print_table, shown
from scim.cli.runner import on_database

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.services.application_details import ApplicationDetails
    from scim.services.application_settings import ShownSetting
    from scim.services.applications import Activation, ApplicationInfo
    from scim.services.guard_control import GuardState
    from scim.services.tokens import TokenInfo

app = typer.Typer(
    no_args_is_help=True,
    help="Applications: one for each connection of an identity provider.",
    epilog="Example: pyscim app list",
)

_PROFILE = typer.Option(
    "--profile",
    help="How requests are read: auto, strict, or an identity provider's name.",
    autocompletion=completion.profiles,
)


@app.command(epilog="Example: pyscim app create --name okta-prod --profile okta")
def create(
    name: Annotated[str, typer.Option("--name", help="Name in commands and logs; unique in its tenant.")],
    display_name: DisplayName = None,
    description: Description = None,
    tenant: InTenant = None,
    profile: Annotated[str, _PROFILE] = "auto",
    as_json: Json = False,
) -> None:
    """Create an application."""
    from scim.services import applications

    made = on_database(
        lambda database: applications.create(
            database, name=name, display_name=display_name, description=description, tenant=tenant, profile=profile
        )
    )
    _show(made, as_json)


@app.command("list", epilog="Example: pyscim app list --tenant acme")
def list_(
    tenant: OfTenant = None,
    everything: Annotated[bool, typer.Option("--all", help="Deactivated ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List applications with how much they hold."""
    from scim.services import applications

    found = on_database(
        lambda database: applications.list_applications(database, tenant=tenant, include_inactive=everything)
    )
    if as_json:
        print_json(found)
        return
    rows = [(one.tenant, one.name, one.profile, counted(one.resources), _state(one)) for one in found]
    print_table(("Tenant", "Name", "Profile", "Resources", "State"), rows, empty="No applications.")


@app.command(epilog="Example: pyscim app info okta-prod --json")
def info(name_or_id: AppArgument, tenant: InTenant = None, as_json: Json = False) -> None:
    """Show one application with its settings and tokens."""
    from scim.services import application_details
    from scim.services.tokens import token_info
    from scim.utils.clock import now

    found = on_database(lambda database: application_details.info(database, name_or_id, tenant=tenant))
    tokens = [token_info(row, now()) for row in found.tokens]
    if as_json:
        print_json(_details(found, tokens))
        return
    _show(found.application, as_json=False, **_activity(found))
    typer.echo()
    print_table(("Setting", "Value", "What it does"), map(_setting, found.settings), empty="")
    typer.echo()
    rows = [
        (str(one.id), one.name, distance(one.last_used_at, now()), distance(one.expires_at, now(), never="never"))
        for one in tokens
    ]
    print_table(
        ("Token", "Name", "Last used", "Expires"),
        rows,
        empty=f"No token works for it; `pyscim token list --app {found.application.id} --all` shows those there are.",
        whole=("Token",),
    )


@app.command(epilog="Example: pyscim app update okta-prod --profile okta --set unknown_attributes=reject")
def update(
    name_or_id: AppArgument,
    tenant: InTenant = None,
    name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    display_name: DisplayName = None,
    description: Description = None,
    profile: Annotated[str | None, _PROFILE] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting, see `app info`; an empty value is the default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change an application; running servers take it on at once."""
    from scim.services import applications

    changed = on_database(
        lambda database: applications.update(
            database,
            name_or_id,
            tenant=tenant,
            name=name,
            display_name=display_name,
            description=description,
            profile=profile,
            settings=assignments or (),
        )
    )
    _show(changed, as_json)


@app.command(epilog="Example: pyscim app activate okta-prod")
def activate(name_or_id: AppArgument, tenant: InTenant = None, as_json: Json = False) -> None:
    """Let the tokens of an application in again."""
    _set_active(name_or_id, tenant, active=True, as_json=as_json)


@app.command(epilog="Example: pyscim app deactivate okta-prod")
def deactivate(name_or_id: AppArgument, tenant: InTenant = None, as_json: Json = False) -> None:
    """Answer the tokens of an application 401 from now on, in every running server; its data stays."""
    _set_active(name_or_id, tenant, active=False, as_json=as_json)


@app.command(epilog="Example: pyscim app delete okta-test --tenant acme")
def delete(name_or_id: AppArgument, tenant: InTenant = None, force: Force = False, as_json: Json = False) -> None:
    """Delete an application with its users, groups and tokens; asks first, and says how much that is.

    It can be interrupted; the same command goes on.
    """
    from scim.services import removal

    delete_after_asking(
        lambda database: removal.look(database, name_or_id, tenant=tenant),
        lambda database, app_id, tell: removal.delete(database, app_id, tell=tell),
        force=force,
        as_json=as_json,
    )


@app.command(epilog="Example: pyscim app guard okta-prod --release")
def guard(
    name_or_id: AppArgument,
    tenant: InTenant = None,
    release: Annotated[
        bool, typer.Option("--release", help="Let everything through, for as long as the window is.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the guard against mass deprovisioning, or release it."""
    from scim.services import guard_control

    work = guard_control.release if release else guard_control.state
    found = on_database(lambda database: work(database, name_or_id, tenant=tenant))
    if as_json:
        print_json(found)
        return
    print_details(
        {
            "Application": found.app,
            "Tenant": found.tenant,
            "Guard": guard_words(found),
            "Limits": shown(found.limits),
            "Deprovisioned": f"{found.deprovisioned} of {found.users} users within {found.window_minutes} minutes",
            "Allowed": "any number" if found.allowed is None else str(found.allowed),
            "Refused": _refusals(found),
        }
    )
    if found.closed:
        typer.echo(f"\n`pyscim app guard {found.app} --release` lets further ones through.")
    elif not found.enabled:
        typer.echo(f"\n`pyscim app update {found.app} --set guard_users=50` turns it on; guard_percent=10 as well.")


def _set_active(name_or_id: str, tenant: str | None, *, active: bool, as_json: bool) -> None:
    from scim.services import applications

    done = on_database(lambda database: applications.set_active(database, name_or_id, tenant=tenant, active=active))
    one = done.application
    if as_json:
        print_json(one)
        return
    state = f"{'active' if active else 'deactivated'}{'' if done.is_new else ' already'}"
    typer.echo(f"Application '{one.name}' of tenant '{one.tenant}' is {state}: {_effect(done)}.")


def _effect(done: Activation) -> str:
    if not done.application.active:
        return "its tokens are answered 401, its data stays"
    return "its tokens get in" if done.tenant_active else "its tokens get in once the tenant is active again"


def guard_words(found: GuardState) -> str:
    """How a guard stands, in words."""
    if not found.enabled:
        return "off"
    if found.released_until:
        return f"released until {moment(found.released_until)}"
    return "closed" if found.closed else "open"


def _refusals(found: GuardState) -> str:
    if not found.refused:
        return "nothing"
    requests = "request" if found.refused == 1 else "requests"
    return f"{found.refused} {requests} since {moment(found.refused_since)}"


def _activity(found: ApplicationDetails) -> dict[str, str]:
    """What is going on in an application, by name."""
    waiting = [f"{number} {what[:-1] if number == 1 else what}" for what, number in found.pending.items() if number]
    rules = [f"{rule} {number}" for rule, number in found.rules.items()]
    return {
        "last_activity": moment(found.last_activity),
        "pending_references": ", ".join(waiting) or "none",
        "hidden_users": str(found.hidden_users),
        "guard": guard_words(found.guard) + (f", refused {_refusals(found.guard)}" if found.guard.refused else ""),
        "requests_(7_days)": ", ".join(f"{number} {kind}" for kind, number in found.requests.items()) or "none",
        "quirk_rules_(7_days)": ", ".join(rules) or "none applied",
    }


def _show(one: ApplicationInfo, as_json: bool, **more: str) -> None:
    if as_json:
        print_json(one)
        return
    pairs = {
        "Name": one.name,
        "Tenant": one.tenant,
        "ID": str(one.id),
        "Display name": shown(one.display_name),
        "Description": shown(one.description),
        "State": _state(one),
        "Profile": one.profile,
        "Resources": counted(one.resources),
        "Created": moment(one.created_at),
        "Changed": moment(one.modified_at),
    }
    print_details(pairs | {name.replace("_", " ").capitalize(): value for name, value in more.items()})


def _details(found: ApplicationDetails, tokens: list[TokenInfo]) -> dict[str, Any]:
    return as_object(found.application) | {
        "settings": found.settings,
        "tokens": tokens,
        "last_activity": found.last_activity,
        "pending_references": found.pending,
        "hidden_users": found.hidden_users,
        "guard": found.guard,
        "quirk_rules": found.rules,
        "requests": found.requests,
    }


def _setting(one: ShownSetting) -> tuple[str, str, str]:
    value = _words(one.value)
    return one.name, f"{value} (default)" if one.is_default else value, one.description


def _words(value: Any) -> str:
    """A setting's value as it is given on the command line."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return shown(None if value is None else str(value))


def _state(one: ApplicationInfo) -> str:
    return "active" if one.active else "inactive"
