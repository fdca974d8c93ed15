"""Which hidden user a create means: who was deleted, and kept, comes back under the same id (`on_delete=deactivate`)."""

from __future__ import annotations

from scim.caller import Caller
from scim.db.session import Session
from scim.models.settings import OnDelete
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.validation import Document
from scim.storage import hidden
from scim.storage.resources import Stored


def may_restore(caller: Caller, kind: ResourceType, document: Document) -> bool:
    """Whether a create may mean a hidden user: by its externalId, or by its userName where a setting says so."""
    settings = caller.settings
    if not kind.is_user or settings.on_delete is not OnDelete.DEACTIVATE:
        return False
    return bool(document.get("externalId")) or settings.restore_by_user_name


async def hidden_user(caller: Caller, session: Session, kind: ResourceType, document: Document) -> Stored | None:
    """The one hidden user with the externalId; with the userName where a setting says so.

    A login alone may have gone to a new person, who must not inherit another's groups: so by default it restores nobody,
    and the new user gets the userName, which no hidden one keeps.
    """
    if not may_restore(caller, kind, document):
        return None
    external_id: str = document.get("externalId") or ""
    found = await hidden.by_external_id(caller, session, external_id) if external_id else []
    if not found and caller.settings.restore_by_user_name:
        found = await hidden.by_user_name(caller, session, document["userName"])
    return found[0].stored if len(found) == 1 else None
