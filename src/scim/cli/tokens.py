"""`pyscim token`: what an identity provider shows to get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scim.cli.options import Description, Force, InTenant, Json
from scim.cli.output import as_object, confirm, distance, fail, moment, print_details, print_json, print_table, shown
from scim.cli.runner import on_database, refusals, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from datetime import datetime

    from scim.caller import Scope
    from scim.services.tokens import IssuedToken, TokenInfo

app = typer.Typer(
    no_args_is_help=True, help="Tokens of identity providers.", epilog="Example: pyscim token create --app okta"
)

TokenId = Annotated[str, typer.Argument(metavar="TOKEN_ID", help="Its id, or its name if no other has that.")]
_LONGEST_DAYS = 36_500


@app.command(epilog="Example: pyscim token create --app okta-prod --expires-days 365")
def create(
    name: Annotated[str | None, typer.Option("--name", help="What it is called; default: as the application.")] = None,
    description: Description = None,
    app_name: Annotated[
        str, typer.Option("--app", metavar="NAME_OR_ID", help="Its application; made if the name is new.")
    ] = "default",
    tenant: InTenant = None,
    expires_days: Annotated[
        int | None, typer.Option("--expires-days", min=1, max=_LONGEST_DAYS, help="Days it works; default: for ever.")
    ] = None,
    scopes: Annotated[
        str | None, typer.Option("--scopes", help="read, write, or both with a comma; default: both.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="The same as --scopes read.")] = False,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="USER", help="The user that /Me stands for, by id or userName.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a token and print it, once and never again."""
    from scim.services import tokens

    with refusals():
        wanted = _scopes(scopes, read_only=read_only)
    issued = on_database(
        lambda database: tokens.create(
            database,
            name=name,
            app=app_name,
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
        str | None, typer.Option("--app", metavar="NAME_OR_ID", help="Only of this application.")
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="NAME_OR_ID", help="Only of this tenant; where --app is looked up."),
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
def info(token_id: TokenId, as_json: Json = False) -> None:
    """Show one token."""
    from scim.services import tokens

    found = on_database(lambda database: tokens.info(database, token_id))
    if as_json:
        print_json(found)
    else:
        _show(found)


@app.command(epilog="Example: pyscim token revoke 019ab1f0-3c1e-7d52-a0c4-3f6b8e1d2c4a --force")
def revoke(token_id: TokenId, force: Force = False) -> None:
    """Revoke a token: from now on it is answered 401 by every running server."""
    from scim.services import tokens

    found = on_database(lambda database: tokens.info(database, token_id))
    if found.revoked_at is None:
        confirm(f"Revoke token '{found.name}' of {_owner(found)}? Whoever uses it is locked out at once.", force=force)
    revoked, done = on_database(lambda database: tokens.revoke(database, str(found.id)))
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


def _show_issued(issued: IssuedToken, as_json: bool) -> None:
    from scim.cli.addresses import scim_url

    base_url = scim_url(settings())
    if as_json:
        head = {"id": issued.info.id, "token": issued.token}
        print_json(head | as_object(issued.info) | {"app_created": issued.app_created, "base_url": base_url})
        return
    if issued.app_created:
        typer.echo(f"Application '{issued.info.app}' is new in tenant '{issued.info.tenant}'.")
    _show(issued.info, base_url=base_url)
    typer.echo(f"\nThe token, shown only this once:\n\n{issued.token}\n")


def _show(one: TokenInfo, *, base_url: str | None = None) -> None:
    pairs = {
        "Token": one.name,
        "ID": str(one.id),
        "Tenant": one.tenant,
        "Application": shown(one.app),
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
