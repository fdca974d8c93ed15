"""`pyscim profile`: the quirk rules of each profile, and what a profile makes of a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from scim.cli import completion
from scim.cli.definition_files import InApp, json_in
from scim.cli.options import InTenant, Json
from scim.cli.output import fail, print_details, print_json, print_table
from scim.cli.runner import on_database, refusals, settings

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.protocol.compat.profile import Profile
    from scim.protocol.compat.rule import Rule
    from scim.services.profiles import Checked, Outcome

app = typer.Typer(
    no_args_is_help=True,
    help="Profiles: how requests of identity providers are read.",
    epilog="Example: pyscim profile show okta",
)

ProfileName = Annotated[str, typer.Argument(metavar="NAME", autocompletion=completion.profiles)]
_URN_START: Final = "urn:ietf:params:scim:"
_OPEN: Final = "What stored data decides is not judged: members, taken names, what paths select."


@app.command("list", epilog="Example: pyscim profile list")
def list_(as_json: Json = False) -> None:
    """List profiles, with what each is for."""
    from scim.protocol.compat.descriptions import DESCRIPTIONS
    from scim.protocol.compat.profile import PROFILES

    found = [(one.name, DESCRIPTIONS[one.name], len(one.rules)) for one in PROFILES.values()]
    if as_json:
        print_json([{"name": name, "description": text, "rules": count} for name, text, count in found])
        return
    rows = [(name, str(count), text) for name, text, count in found]
    print_table(("Profile", "Rules", "For"), rows, empty="No profiles.", whole=("Profile", "Rules"))


@app.command(epilog="Example: pyscim profile show okta --rule COMMON-10")
def show(
    name: ProfileName,
    rule_id: Annotated[str | None, typer.Option("--rule", metavar="ID", help="Only this rule.")] = None,
    as_json: Json = False,
) -> None:
    """Show the rules of a profile: what each is about, with an example."""
    from scim.protocol.compat.profile import profile

    with refusals():
        found = profile(name)
    rules = [rule for rule in found.rules if rule_id is None or rule.id == rule_id.upper()]
    if rule_id is not None and not rules:
        fail(f"profile '{found.name}' has no rule '{rule_id}'; `pyscim profile show {found.name}` lists them")
    if as_json:
        print_json([_whole(rule) for rule in rules])
        return
    if rule_id is not None:
        _print_rule(rules[0], start="")
        return
    _print_heading(found)
    for rule in rules:
        typer.echo()
        _print_rule(rule, start=_URN_START)


@app.command(epilog="Example: pyscim profile check user.json --app okta-prod")
def check(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A JSON file with a request body; - reads stdin.")
    ] = None,
    filter_text: Annotated[
        str | None, typer.Option("--filter", metavar="TEXT", help="A filter instead of a body.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="The resource type, such as User; default: a guess.")
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="METHOD", help="POST, PUT or PATCH; default: a guess.")
    ] = None,
    app_name: InApp = "default",
    tenant: InTenant = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Another profile than the application's.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what an application makes of a request body, and what strict would say.

    Nothing is written. The exit status is 1 where it is refused.
    """
    from scim.services import profiles

    if (file is None) == (filter_text is None):
        fail("give either a FILE with a request body or --filter", status=2)
    sent = profiles.Sent(
        body=json_in(file, status=2) if file is not None else None, filter=filter_text, type=kind, method=method
    )
    loaded = settings()
    found = on_database(
        lambda database: profiles.check(database, loaded, sent, app=app_name, tenant=tenant, profile=profile)
    )
    if as_json:
        print_json(_document(found))
    else:
        _print_checked(found, guessed=kind is None or (method is None and filter_text is None))
    if not found.accepted:
        fail(f"profile '{found.profile}' refuses it")


def _whole(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "sentence": rule.sentence,
        "concerns": rule.concerns,
        "kind": rule.kind,
        "rewrites": bool(rule.works or rule.own),
        "in_auto": rule.in_auto,
        "same_as": rule.same_as,
        "example": rule.example,
    }


def _print_heading(profile: Profile) -> None:
    from scim.protocol.compat.descriptions import DESCRIPTIONS

    typer.echo(f"{profile.name}: {DESCRIPTIONS[profile.name]}")
    if profile.rules:
        typer.echo(f"{len(profile.rules)} rules; … stands for {_URN_START.removesuffix(':')}.")


def _where(rule: Rule) -> str:
    """Where what the rule is about holds."""
    if rule.own:
        return "in this profile alone"
    return "only with this rule" if rule.works else "in every profile"


def _print_rule(rule: Rule, *, start: str) -> None:
    """A rule; where URNs start so, that is left out: most examples fit into a line then."""
    before, after = rule.example.before, rule.example.after
    typer.echo(f"{rule.id}: {rule.concerns}")
    print_details(
        {
            "  Rule": rule.sentence,
            "  Kind": f"{rule.kind}, {_where(rule)}",
            "  Sent": _example(before, start),
            "  Result": _example(after, start) if after != before else "the same",
        }
    )


def _example(value: Any, start: str) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace(start, "…:") if start else text


def _document(found: Checked) -> dict[str, Any]:
    """The JSON of a check; an operation of a bulk request has the same form."""
    return {
        "profile": found.profile,
        "method": found.method,
        "type": found.type,
        "message": found.message,
        "rules": found.rules,
        "changed": found.changed,
        "body": found.body,
        "filter": found.filter,
        "ignored": found.ignored,
        "outcome": _outcome(found.outcome),
        "strict": _outcome(found.strict),
        "operations": [_document(operation) for operation in found.operations],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    if outcome.error is None:
        return {"accepted": True}
    error = outcome.error
    return {"accepted": False, "status": error.status, "scim_type": error.scim_type, "detail": outcome.detail}


def _print_checked(found: Checked, *, guessed: bool) -> None:
    typer.echo(f"{_request(found)}, read by profile {found.profile}.")
    if guessed:
        typer.echo("That was guessed; --type and --method override it.")
    _print_findings(found)
    for number, operation in enumerate(found.operations, 1):
        typer.echo(f"\nOperation {number}: {_request(operation)}.")
        _print_findings(operation)
    typer.echo(f"\n{_OPEN}")


def _print_findings(found: Checked) -> None:
    if found.rules:
        typer.echo()
        rows = [(rule.id, rule.sentence) for rule in found.rules]
        print_table(("Rule", "What it does"), rows, empty="", whole=("Rule",))
    if found.changed:
        typer.echo("\nIn the form of the RFC:")
        typer.echo(found.filter or json.dumps(found.body, indent=2, ensure_ascii=False))
    typer.echo()
    pairs = {"Rules": "none applies"} if not found.rules else {}
    pairs |= {"Ignored": ", ".join(found.ignored)} if found.ignored else {}
    pairs |= {"Outcome": _said(found.outcome)}
    print_details(pairs if found.profile == "strict" else pairs | {"In strict": _said(found.strict)})


def _said(outcome: Outcome) -> str:
    if outcome.error is None:
        return "accepted"
    kind = " ".join(filter(None, (str(outcome.error.status), outcome.error.scim_type)))
    return f"{kind}: {outcome.detail}"


def _request(found: Checked) -> str:
    of, on = (f" of a {found.type}", f" on {found.type}") if found.type else ("", " over all types")
    if found.message is not None:
        return {"BULK": "Bulk request", "SEARCH": f"Search{on}", "PATCH": f"PATCH{of}"}[found.message.name]
    return f"Filter{on}" if found.method == "GET" and found.type else f"{found.method or 'No method'}{of}"
