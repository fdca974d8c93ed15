"""What an application makes of a request body: read by its profile, its settings and its schemas; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import NotFound, ScimError, UsageError
from scim.models.settings import ApplicationSettings
from scim.protocol.attributes.registry import Registry, ResourceType, application_registry
from scim.protocol.bulk.message import BulkOperation, Method, read_bulk
from scim.protocol.compat.guess import guessed_id, guessed_message, guessed_type, guessed_type_of_filter
from scim.protocol.compat.judgement import Judgement
from scim.protocol.compat.keys import member
from scim.protocol.compat.nearest import Asked, explanation, section_note
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.profile import profile as profile_named
from scim.protocol.compat.request import Message, Raw
from scim.services import applications
from scim.services.names import unknown
from scim.services.operator import operator_caller
from scim.services.refusals import BAD_REQUEST, limits_of, safe_detail
from scim.storage import definitions
from scim.utils.masking import mask_filter, mask_secrets

STRICT: Final = "strict"

METHODS: Final = ("POST", "PUT", "PATCH")
"""What a body may be sent by; a filter is sent by GET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the operator has: a body or a filter; type and method are guessed where they are None."""

    body: Any = None
    filter: str | None = None
    type: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request is taken: the error is None where it is accepted. Its secrets are masked."""

    error: ScimError | None = None
    detail: str = ""

    @property
    def accepted(self) -> bool:
        """Whether it is."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that was applied."""

    id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What an application makes of a request; `type` is None for a bulk request, whose operations are checked each.

    `body` and `filter` are in RFC form, with secrets masked; `strict` is the outcome in that profile of what was sent.
    """

    profile: str
    method: str
    type: str | None
    message: Message | None
    rules: tuple[AppliedRule, ...]
    changed: bool
    body: Any
    filter: str | None
    ignored: tuple[str, ...]
    outcome: Outcome
    strict: Outcome
    operations: tuple[Checked, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        """Whether all of it is."""
        return self.outcome.accepted and all(operation.accepted for operation in self.operations)


async def check(
    database: Database,
    settings: Settings,
    sent: Sent,
    *,
    app: str,
    tenant: str | None = None,
    profile: str | None = None,
) -> Checked:
    """What an application makes of a request, by its own profile or by another one.

    Raises:
        OperatorError: no such application, profile or type.
        UsageError: a method that carries no body.
    """
    async with database.session() as session:
        chosen = await applications.resolve(session, app, tenant=tenant)
        found = await definitions.load(operator_caller(chosen.tenant, chosen.app), session)
    checker = _Checker(
        profile=profile_named(profile or chosen.app.profile),
        registry=application_registry(found.schemas, found.resource_types, version=found.version),
        settings=ApplicationSettings.model_validate(chosen.app.settings),
        server=settings,
    )
    return checker.check(checker.raw_of(sent))


@dataclass(frozen=True, slots=True)
class _Checker:
    profile: Profile
    registry: Registry
    settings: ApplicationSettings
    server: Settings

    def raw_of(self, sent: Sent) -> Raw:
        """What the operator has as a request."""
        if sent.filter is not None:
            kind = self._kind(sent.type) or guessed_type_of_filter(sent.filter, self.registry)
            return Raw(method="GET", kind=kind, query=(("filter", sent.filter),))
        method = (sent.method or "").upper()
        if method and method not in METHODS:
            raise UsageError(f"--method is '{sent.method}'; accepted: {', '.join(METHODS)}")
        message = Message.PATCH if method == "PATCH" else guessed_message(sent.body)
        if message is Message.PATCH and method in ("", "PATCH"):
            kind = self._kind(sent.type) or guessed_type(sent.body, self.registry)
            return Raw(method="PATCH", kind=kind, resource_id=guessed_id(sent.body), message=message, body=sent.body)
        if method != "PUT" and message in (Message.BULK, Message.SEARCH):
            return Raw(method="POST", kind=self._kind(sent.type), message=message, body=sent.body)
        kind = self._kind(sent.type) or guessed_type(sent.body, self.registry)
        return Raw(method=method or "POST", kind=kind, body=sent.body)

    def check(self, raw: Raw) -> Checked:
        """One request, and the operations in it."""
        asked = self._asked(raw, self.profile)
        judgement = asked.judged(self.profile, asked.raw.unknown, nothing_stored=False)
        return Checked(
            profile=self.profile.name,
            method=raw.method,
            type=raw.kind.name if raw.kind else None,
            message=raw.message,
            rules=self._rules(judgement),
            changed=judgement.body != raw.body or bool(raw.query and judgement.texts),
            body=mask_secrets(judgement.body, self.registry.secret_names),
            filter=self._filter(raw, judgement),
            ignored=judgement.ignored,
            outcome=self._outcome(judgement.error, asked),
            strict=self._strict(raw),
            operations=tuple(self._operations(raw, judgement)),
        )

    def _asked(self, raw: Raw, profile: Profile) -> Asked:
        policy = self.settings.unknown_policy
        kinds = () if raw.kind else self.registry.resource_types
        raw = replace(raw, unknown=policy(profile.name))
        return Asked(profile=profile, raw=raw, policy=policy, kinds=kinds, limits=limits_of(self.server))

    def _strict(self, raw: Raw) -> Outcome:
        strict = profile_named(STRICT)
        asked = self._asked(raw, strict)
        return self._outcome(asked.judged(strict, asked.raw.unknown, nothing_stored=False).error, asked)

    def _outcome(self, error: ScimError | None, asked: Asked) -> Outcome:
        if error is None:
            return Outcome()
        return self._told(error, asked.raw, explanation(error, asked) if error.status == BAD_REQUEST else "")

    def _told(self, error: ScimError, raw: Raw, added: str) -> Outcome:
        return Outcome(error, safe_detail(error, raw, self.registry.secret_names) + added)

    def _rules(self, judgement: Judgement) -> tuple[AppliedRule, ...]:
        sentences = {rule.id: rule.sentence for rule in self.profile.rules}
        return tuple(AppliedRule(rule, sentences[rule]) for rule in judgement.rules)

    def _filter(self, raw: Raw, judgement: Judgement) -> str | None:
        text = dict(raw.query).get("filter")
        return None if text is None else mask_filter(judgement.texts.get(text, text), self.registry.secret_names)

    def _operations(self, raw: Raw, judgement: Judgement) -> Iterator[Checked]:
        """Those of a bulk request; in `strict` as they were sent, with the members that a rule has left out."""
        if raw.message is not Message.BULK or judgement.error is not None:
            return
        body = judgement.normalised.body
        as_sent = {**body, member(body, "operations")[0]: member(raw.body, "operations")[1]}
        for operation, sent in zip(self._read(body), self._read(as_sent), strict=True):
            kind = self.registry.at_endpoint(f"/{operation.endpoint}")
            if operation.fault is not None or kind is None:
                yield self._refused(operation, sent)
                continue
            checked = self.check(_single(operation, kind))
            yield replace(checked, strict=self._of_form(sent.fault)) if sent.fault else checked

    def _read(self, body: Any) -> tuple[BulkOperation, ...]:
        return read_bulk(body, max_operations=self.server.bulk_max_operations).operations

    def _refused(self, operation: BulkOperation, sent: BulkOperation) -> Checked:
        """An operation whose form is at fault, or whose endpoint is none: its data is not read."""
        missing = NotFound(f"There is no endpoint '/{operation.endpoint}'.")
        return Checked(
            profile=self.profile.name,
            method=operation.method or "",
            type=None,
            message=None,
            rules=(),
            changed=False,
            body=mask_secrets(operation.data, self.registry.secret_names),
            filter=None,
            ignored=(),
            outcome=self._of_form(operation.fault or missing),
            strict=self._of_form(sent.fault or missing),
        )

    def _of_form(self, error: ScimError) -> Outcome:
        raw = Raw(method="POST", message=Message.BULK)
        return self._told(error, raw, section_note(error, raw) if error.status == BAD_REQUEST else "")

    def _kind(self, name: str | None) -> ResourceType | None:
        if name is None:
            return None
        found = next((kind for kind in self.registry.resource_types if kind.name.lower() == name.lower()), None)
        if found is None:
            raise unknown("resource type", name, [kind.name for kind in self.registry.resource_types])
        return found


def _single(operation: BulkOperation, kind: ResourceType) -> Raw:
    return Raw(
        method=operation.method or "",
        kind=kind,
        resource_id=operation.resource_id,
        message=Message.PATCH if operation.method == Method.PATCH else None,
        body=operation.data,
    )
