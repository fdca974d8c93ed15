"""The members of one group, page by page: a sub-resource of our own, for groups too large to be read whole."""

from __future__ import annotations

from functools import partial

from scim.caller import Caller
from scim.exceptions import InvalidValue
from scim.protocol.attributes.definition import Attribute
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.filters.check import check_entry
from scim.protocol.filters.checked import Checked
from scim.protocol.projection import Projection
from scim.services.environment import Environment
from scim.services.intake import Intake, take
from scim.services.read import missing
from scim.services.requests import Answer, ScimRequest
from scim.services.walks import page_of, walk
from scim.storage import resources
from scim.storage.fields import as_id
from scim.storage.member_texts import Membership
from scim.utils.splice import Spliced


async def list_members(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Answer 200 with a ListResponse whose entries are those of `members`, in the order of their ids.

    `filter` is one on an entry (`type eq "User"`), and `attributes` and `excludedAttributes` name its parts, by themselves
    or as they do for the group (`members.display`); `value` is always there.

    Raises:
        NotFound: there is no such group.
        InvalidFilter, InvalidValue: the filter is malformed or names what a member has not; `sortBy` is sent.
        InvalidCursor, ExpiredCursor, InvalidCount: the walk cannot go on there (RFC 9865 §2.1).
    """
    intake = take(caller, request)
    query, attribute = intake.query, request.kind.attribute("members")
    assert attribute is not None
    if query.sort_by:
        raise InvalidValue("'sortBy' is not possible here; members come in the order of their ids.")
    parts, condition = _parts(intake, request), _condition(env, intake, attribute)
    async with env.database.session() as session:
        group_id = as_id(request.resource_id or "")
        if group_id is None or await resources.type_of(caller, session, group_id) != request.kind.name:
            raise missing(request)
        members = Membership(caller, session, group_id, request.base_url, condition)
        asked = await walk(caller, session, env.settings, query, ["members", str(group_id)], at=request.now)
        total = await members.count()
        found, place = await page_of(asked, session, total, partial(members.page, parts=parts))
    entries = Spliced([one.text for one in found])
    body = {"schemas": [LIST_RESPONSE]} | place | {"itemsPerPage": len(found), "Resources": entries}
    summary = f"listed {len(found)} of {total} members of Group {group_id}"
    return intake.told_in(Answer(status=200, body=body, summary=summary))


def _condition(env: Environment, intake: Intake, attribute: Attribute) -> Checked | None:
    text = intake.query.filter
    return None if text is None else check_entry(intake.filter(text, None, env.settings), attribute)


def _parts(intake: Intake, request: ScimRequest) -> list[str]:
    query = intake.query
    names = [_of_members(name) for name in query.attributes]
    unwanted = [_of_members(name) for name in query.excluded_attributes]
    found = Projection.of(request.kind, attributes=names, excluded=unwanted).parts_of("members")
    return [*dict.fromkeys(["value", *found])]


def _of_members(name: str) -> str:
    """A part named by itself stands for that of an entry."""
    whole = name.lower() == "members" or "." in name or ":" in name
    return name if whole else f"members.{name}"
