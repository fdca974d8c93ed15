"""API tokens as texts: made, recognised and hashed without a database (DESIGN §4).

A token is `pyscim_<hint>_<secret>_<checksum>`. The fixed prefix lets secret scanners find it, the hint tells people what
it is for, the secret has 256 bits, and the checksum tells a mistyped or cut-off token from an unknown one without a query.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import unicodedata
import zlib
from typing import Final

PREFIX: Final = "pyscim"
HINT_LENGTH: Final = 20
SECRET_LENGTH: Final = 43
"""Characters of base62 that hold 256 bits (row N-06)."""
CHECKSUM_LENGTH: Final = 6
"""Characters of base62 that hold a CRC-32."""
TOKEN_PATTERN: Final = re.compile(
    rf"{PREFIX}_[a-z0-9]{{1,{HINT_LENGTH}}}_[A-Za-z0-9]{{{SECRET_LENGTH}}}_[A-Za-z0-9]{{{CHECKSUM_LENGTH}}}"
)

_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_NO_HINT: Final = "token"


def make_token(hint: str) -> str:
    """A new token; `hint` is any text, of which letters a-z and digits are kept."""
    secret = "".join(secrets.choice(_BASE62) for _ in range(SECRET_LENGTH))
    body = f"{PREFIX}_{_slug(hint)}_{secret}"
    return f"{body}_{_checksum(body)}"


def is_well_formed(token: str) -> bool:
    """Whether the text has the form of a token and its checksum is right; whether the token exists is another question."""
    if TOKEN_PATTERN.fullmatch(token) is None:
        return False
    body, _, checksum = token.rpartition("_")
    return checksum == _checksum(body)


def token_hash(token: str) -> bytes:
    """What is stored in place of the token (SHA-256; a secret of 256 bits needs no slow hash)."""
    return hashlib.sha256(token.encode()).digest()


def _slug(hint: str) -> str:
    plain = unicodedata.normalize("NFKD", hint).casefold()
    return "".join(char for char in plain if char.isascii() and char.isalnum())[:HINT_LENGTH] or _NO_HINT


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = []
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
