"""`/Me`: the resource that a token is bound to (RFC 7644 §3.11)."""

from __future__ import annotations

from scim.caller import Caller
from scim.exceptions import NotFound
from scim.protocol.attributes.registry import Registry, ResourceType
from scim.services.environment import Environment
from scim.storage import resources


async def subject(env: Environment, caller: Caller, registry: Registry) -> tuple[ResourceType, str]:
    """The type and id of the caller's own resource.

    Raises:
        NotFound: the token has none, or it is gone (row K-05).
    """
    if caller.subject_id is None:
        raise NotFound("The token belongs to no user; `pyscim token create --subject USER` makes one that does.")
    async with env.database.session() as session:
        name = await resources.type_of(caller, session, caller.subject_id)
    kind = registry.resource_type(name) if name else None
    if kind is None:
        raise NotFound("The user that the token belongs to is gone.")
    return kind, str(caller.subject_id)
