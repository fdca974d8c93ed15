"""`pyscim audit`: what identity providers sent, what became of it, and what operators did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from scim.cli.options import Force, Json, OfApp, OfTenant
from scim.cli.output import as_object, confirm, fail, moment, print_details, print_json, print_table, shown
from scim.cli.runner import on_database, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.db.database import Database
    from scim.services.audit import Asked
    from scim.services.replay import Replayed
    from scim.storage.audit_log import Record

app = typer.Typer(
    no_args_is_help=True,
    help="The audit log: who did what, when, from where, with which result.",
    epilog="Example: pyscim audit list --app okta-prod --status refused",
)

RecordId = Annotated[
    str, typer.Argument(metavar="ID", help="Id of a record, or the end of it as `audit list` shows it.")
]
_BODIES: Final = ("request", "response")


@app.command("list", epilog="Example: pyscim audit list --app okta-prod --since 2h --status refused --follow")
def list_(
    app_name: OfApp = None,
    tenant: OfTenant = None,
    resource: Annotated[str | None, typer.Option("--resource", metavar="ID", help="Only about this resource.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="Only these: create, patch, token.create, …")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only since then: 2h, 3d, or an ISO time.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only with this: 409, 4xx, ok, refused.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="So many of the last ones.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on, and print new ones as they come.")] = False,
    as_json: Json = False,
) -> None:
    """List records, the last one at the end."""
    from scim.services.audit import Asked

    asked = Asked(app=app_name, tenant=tenant, resource=resource, action=action, since=since, status=status)
    if follow:
        _follow(asked, limit, as_json)
        return
    found = _find(asked, limit)
    if as_json:
        print_json([_listed(one) for one in found])
    elif found:
        _print_lines(found)
    else:
        typer.echo("No records.")


@app.command(epilog="Example: pyscim audit show 3fa9c1d2")
def show(record_id: RecordId, as_json: Json = False) -> None:
    """Show one record whole: the request, the rules applied, the changes, the answer, and what to do about a refusal."""
    from scim.services import audit

    record = on_database(lambda database: audit.one(database, record_id))
    if as_json:
        print_json(_whole(record))
        return
    _print_record(record)


@app.command(epilog="Example: pyscim audit prune --older-than 90d --force")
def prune(
    older_than: Annotated[str, typer.Option("--older-than", help="An age such as 90d, or an ISO time.")],
    force: Force = False,
) -> None:
    """Drop old records; the server does so by itself after PYSCIM_AUDIT_RETENTION_DAYS."""
    from scim.cli.runner import refusals
    from scim.services import audit

    with refusals():
        before = audit.moment_before(older_than)
    number = on_database(lambda database: audit.count_before(database, before))
    if not number:
        typer.echo(f"There is nothing from before {moment(before)}.")
        return
    confirm(f"Drop {number} records from before {moment(before)}?", force=force)
    typer.echo(f"Dropped {_dropped(before, number)} records.")


@app.command(epilog="Example: pyscim audit replay 3fa9c1d2 --apply")
def replay(
    record_id: RecordId,
    apply: Annotated[bool, typer.Option("--apply", help="Do it for good; else it is only tried.")] = False,
    as_json: Json = False,
) -> None:
    """Send a recorded request again, and show what it changes, or would change."""
    from scim.services.replay import replay as send_again

    loaded = settings()
    found = on_database(lambda database: send_again(database, loaded, record_id, apply=apply))
    if as_json:
        print_json(_replayed(found))
    else:
        _print_replayed(found)
    if not found.accepted:
        fail(f"it is refused with {found.status}")


def _find(asked: Asked, limit: int) -> list[Record]:
    from scim.services import audit

    return on_database(lambda database: audit.find(database, asked, limit=limit))


def _follow(asked: Asked, limit: int, as_json: bool) -> None:
    from scim.services import audit

    async def print_for_ever(database: Database) -> None:
        _print_some(await audit.find(database, asked, limit=limit), as_json)
        async for record in audit.follow(database, asked):
            _print_some([record], as_json)

    try:
        on_database(print_for_ever)
    except KeyboardInterrupt:
        raise typer.Exit from None


def _print_some(records: Sequence[Record], as_json: bool) -> None:
    """Records as they come: as JSON one object in each line."""
    if not as_json:
        _print_lines(records)
        return
    from scim.cli.output import as_plain

    for record in records:
        typer.echo(json.dumps(_listed(record), default=as_plain))


def _print_lines(records: Sequence[Record]) -> None:
    from rich.console import Console
    from rich.text import Text

    from scim.cli.audit_words import line, style_of
    from scim.utils.clock import now

    console, today = Console(highlight=False), now()
    for record in records:
        console.print(Text(line(record, today=today), style=style_of(record)), no_wrap=True, overflow="ellipsis")


def _print_record(record: Record) -> None:
    from scim.cli.audit_words import advice, changes, who
    from scim.protocol.compat.profile import PROFILES

    print_details(
        {
            "Record": str(record.id),
            "When": moment(record.at),
            "Who": f"{who(record)} ({record.actor})",
            "Application": f"{shown(record.app)} (tenant {shown(record.tenant)})",
            "Action": f"{record.action} {record.resource_type or ''} {record.resource_id or ''}".strip(),
            "Request": f"{record.method} {record.path}" if record.method else "a command",
            "From": shown(record.ip),
            "User agent": shown(record.user_agent),
            "Request id": shown(record.request_id),
            "Result": f"{record.status or 'done'} {record.scim_type or ''}".strip(),
            "Took": f"{record.duration_ms:g} ms" if record.duration_ms is not None else shown(None),
            "Detail": shown(record.detail),
        }
    )
    sentences = {rule.id: rule.sentence for one in PROFILES.values() for rule in one.rules}
    _print_part("Rules applied", [(rule, sentences.get(rule, "")) for rule in record.rules], ("Rule", "What it does"))
    _print_part("Changes", list(changes(record)), ("Attribute", "Before", "After"))
    _print_body("Request as sent", record.request, "PYSCIM_AUDIT_BODIES says which bodies are kept")
    _print_body("Answer", record.response, None)
    if told := advice(record):
        typer.echo(f"\nWhat to do: {told}")


def _print_part(title: str, rows: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    if rows:
        typer.echo(f"\n{title}:")
        print_table(columns, rows, empty="")


def _print_body(title: str, body: Any, absent: str | None) -> None:
    if body is not None:
        typer.echo(f"\n{title}:\n{json.dumps(body, indent=2, ensure_ascii=False)}")
    elif absent:
        typer.echo(f"\n{title}: not kept; {absent}.")


def _listed(record: Record) -> dict[str, Any]:
    return {name: value for name, value in _whole(record).items() if name not in _BODIES}


def _whole(record: Record) -> dict[str, Any]:
    from scim.cli.audit_words import advice
    from scim.services.audit import provider_of

    return as_object(record) | {"idp": provider_of(record), "advice": advice(record)}


def _dropped(before: Any, number: int) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from scim.services import audit

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Dropping", total=number)
        return on_database(
            lambda database: audit.drop_before(database, before, told=lambda gone: progress.update(task, advance=gone))
        )


def _replayed(found: Replayed) -> dict[str, Any]:
    return {
        "record": found.record.id,
        "applied": found.applied,
        "status": found.status,
        "detail": found.detail,
        "left_out": found.left_out,
        "changes": [_listed(one) for one in found.changes],
        "body": found.body,
    }


def _print_replayed(found: Replayed) -> None:
    from scim.cli.audit_words import changes

    done = "was sent again" if found.applied else "was tried; nothing is changed (--apply does it for good)"
    typer.echo(f"{found.record.method} {found.record.path} {done}.")
    typer.echo(f"Result: {found.status} {found.detail}")
    if found.left_out:
        typer.echo(f"Masked values were not sent: {', '.join(found.left_out)}.")
    for one in found.changes:
        rows = list(changes(one))
        _print_part(f"{one.action} {one.resource_type} {one.resource_id}", rows, ("Attribute", "Before", "After"))
