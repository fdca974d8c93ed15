"""`pyscim token`: what an identity provider shows to get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scim.cli import completion
from scim.cli.options import Description, Force, InTenant, Json, TokenArgument
from scim.cli.output import as_object, confirm, distance, fail, moment, print_details, print_json, print_table, shown
from scim.cli.runner import on_database, refusals, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from collections.abc import Sequence
    from datetime import datetime

    from scim.caller import Scope
    from scim.services.tokens import IssuedToken, TokenInfo

app = typer.Typer(
    no_args_is_help=True, help="Tokens of identity providers.", epilog="Example: pyscim token create --app okta"
)

_LONGEST_DAYS = 36_500
_APP = typer.Option(
    "--app",
    metavar="NAME_OR_ID",
    help="Its application, made if the name is new; default: the default one.",
    autocompletion=completion.applications,
)
_DAYS = typer.Option("--expires-days", min=1, max=_LONGEST_DAYS, help="Days it works; default: for ever.")


@app.command(epilog="Example: pyscim token create --app okta-prod --expires-days 365")
def create(
    name: Annotated[str | None, typer.Option("--name", help="What it is called; default: as what it is for.")] = None,
    description: Description = None,
    app_name: Annotated[str | None, _APP] = None,
    tenant: InTenant = None,
    expires_days: Annotated[int | None, _DAYS] = None,
    scopes: Annotated[
        str | None, typer.Option("--scopes", help="read, write, or both with a comma; default: both.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="The same as --scopes read.")] = False,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="USER", help="The user that /Me stands for, by id or userName.")
    ] = None,
    tenant_wide: Annotated[
        bool, typer.Option("--tenant-wide", help="Reads all applications of the tenant, and writes nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create a token and print it, once and never again."""
    from scim.services import tokens
    from scim.services.applications import DEFAULT_APPLICATION

    with refusals():
        wanted = _scopes(scopes, read_only=read_only)
    if tenant_wide:
        _check_tenant_wide(app_name, subject, wanted if scopes else ())
        issued = on_database(
            lambda database: tokens.create_tenant_wide(
                database, name=name, tenant=tenant, description=description, expires_days=expires_days
            )
        )
    else:
        issued = on_database(
            lambda database: tokens.create(
                database,
                name=name,
                app=app_name or DEFAULT_APPLICATION,
                tenant=tenant,
                description=description,
                expires_days=expires_days,
                scopes=wanted,
                subject=subject,
            )
        )
    _show_issued(issued, as_json)


@app.command("list", epilog="Example: pyscim token list --app okta-prod --all")
def list_(
    app_name: Annotated[
        str | None,
        typer.Option(
            "--app",
            metavar="NAME_OR_ID",
            help="Only of this application.",
            autocompletion=completion.applications,
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            "--tenant",
            metavar="NAME_OR_ID",
            help="Only of this tenant; where --app is looked up.",
            autocompletion=completion.tenants,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Revoked and expired ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List tokens with last use and expiry."""
    from scim.services import tokens
    from scim.utils.clock import now

    found = on_database(
        lambda database: tokens.list_tokens(database, app=app_name, tenant=tenant, include_inactive=everything)
    )
    if as_json:
        print_json(found)
        return
    at = now()
    rows = [(str(one.id), one.name, _owner(one), distance(one.last_used_at, at), _end(one, at)) for one in found]
    print_table(
        ("ID", "Name", "For", "Last used", "Expires"),
        rows,
        empty="No tokens; make one with `pyscim token create`.",
        whole=("ID", "Last used", "Expires"),
    )


@app.command(epilog="Example: pyscim token info 019ab1f0-3c1e-7d52-a0c4-3f6b8e1d2c4a")
def info(token_id: TokenArgument, as_json: Json = False) -> None:
    """Show one token."""
    from scim.services import tokens

    found = on_database(lambda database: tokens.info(database, token_id))
    if as_json:
        print_json(found)
    else:
        _show(found)


@app.command(epilog="Example: pyscim token rotate okta-prod --overlap-hours 72")
def rotate(
    token_id: TokenArgument,
    overlap_hours: Annotated[
        int, typer.Option("--overlap-hours", min=0, max=_LONGEST_DAYS * 24, help="How long the old one still works.")
    ] = 24,
    as_json: Json = False,
) -> None:
    """Create a token with the same rights, and print it, once and never again; the old one expires after the overlap."""
    from scim.services import rotation

    done = on_database(lambda database: rotation.rotate(database, token_id, overlap_hours=overlap_hours))
    old = done.replaced
    if as_json:
        print_json(_issued(done.issued) | {"replaces": old})
        return
    _show_issued(done.issued, as_json=False)
    until = f"works until {moment(old.expires_at)}" if overlap_hours else "works no longer"
    typer.echo(f"The old one ({old.id}) {until}; enter the new one at the identity provider.")


@app.command(epilog="Example: pyscim token revoke 019ab1f0-3c1e-7d52-a0c4-3f6b8e1d2c4a --force")
def revoke(token_id: TokenArgument, force: Force = False, as_json: Json = False) -> None:
    """Revoke a token: from now on it is answered 401 by every running server."""
    from scim.services import tokens

    found = on_database(lambda database: tokens.info(database, token_id))
    if found.revoked_at is None:
        confirm(f"Revoke token '{found.name}' of {_owner(found)}? Whoever uses it is locked out at once.", force=force)
    revoked, done = on_database(lambda database: tokens.revoke(database, str(found.id)))
    if as_json:
        print_json(revoked)
        return
    typer.echo(
        f"Token '{revoked.name}' is revoked."
        if done
        else f"Token '{revoked.name}' was revoked {moment(revoked.revoked_at)}."
    )


def _scopes(text: str | None, *, read_only: bool) -> tuple[Scope, ...]:
    from scim.caller import Scope
    from scim.services.tokens import ALL_SCOPES, parse_scopes

    if text is not None and read_only:
        fail("--read-only and --scopes exclude each other.", status=2)
    if read_only:
        return (Scope.READ,)
    return ALL_SCOPES if text is None else parse_scopes(text)


def _check_tenant_wide(app_name: str | None, subject: str | None, scopes: Sequence[Scope]) -> None:
    """What makes no sense together: such a token has no application, hence nobody that /Me could be, and only reads."""
    from scim.caller import Scope

    if app_name is not None:
        fail("--tenant-wide is for all applications of a tenant: name that by --tenant, and leave out --app.", status=2)
    if subject is not None:
        fail("--tenant-wide and --subject exclude each other: /Me is somebody in one application.", status=2)
    if Scope.WRITE in scopes:
        fail("--tenant-wide only reads; leave out --scopes.", status=2)


def _issued(issued: IssuedToken) -> dict[str, Any]:
    from scim.cli.addresses import scim_url

    head = {"id": issued.info.id, "token": issued.token}
    more = {"app_created": issued.app_created, "base_url": scim_url(settings())}
    return head | as_object(issued.info) | more


def _show_issued(issued: IssuedToken, as_json: bool) -> None:
    from scim.cli.addresses import scim_url

    if as_json:
        print_json(_issued(issued))
        return
    if issued.app_created:
        typer.echo(f"Application '{issued.info.app}' is new in tenant '{issued.info.tenant}'.")
    _show(issued.info, base_url=scim_url(settings()))
    typer.echo(f"\nThe token, shown only this once:\n\n{issued.token}\n")


def _show(one: TokenInfo, *, base_url: str | None = None) -> None:
    pairs = {
        "Token": one.name,
        "ID": str(one.id),
        "Tenant": one.tenant,
        "Application": one.app or "all of the tenant, read only",
        "Description": shown(one.description),
        "Scopes": ", ".join(one.scopes),
        "Subject": shown(str(one.subject_id) if one.subject_id else None),
        "State": one.state if one.revoked_at is None else f"revoked {moment(one.revoked_at)}",
        "Expires": moment(one.expires_at) if one.expires_at else "never",
        "Last used": moment(one.last_used_at) if one.last_used_at else "never",
        "Created": moment(one.created_at),
    }
    print_details(pairs | ({"SCIM base URL": base_url} if base_url else {}))


def _owner(one: TokenInfo) -> str:
    return f"{one.tenant}/{one.app or '*'}"


def _end(one: TokenInfo, at: datetime) -> str:
    """What stands under "Expires": one that works no longer says why instead."""
    if one.state != "active":
        return one.state
    return distance(one.expires_at, at, never="never")
