"""At most so many passwords in one bulk request: hashing takes its time, by design."""

from __future__ import annotations

from scim.config import Settings
from scim.exceptions import PayloadTooLarge
from scim.protocol.bulk.message import BulkMessage
from scim.utils.masking import mask_secrets


def check_passwords(message: BulkMessage, settings: Settings) -> None:
    """Refuse a request before anything of it is done.

    Raises:
        PayloadTooLarge: more operations set a password than are taken.
    """
    if settings.passwords == "discard":
        return
    unlike_any = object()
    holding = sum(mask_secrets(one.data, mask=unlike_any) != one.data for one in message.operations)
    if holding > settings.bulk_max_passwords:
        raise PayloadTooLarge(
            f"{holding} operations set a password; at most {settings.bulk_max_passwords} are taken in one bulk request."
        )
