"""The one key under which texts that differ only in case, width or composition are the same (row B-59, DESIGN §3).

Only Python makes these keys: SQL stores and compares finished ones, by code point. They depend on the Unicode tables of
the interpreter, which change only for characters that are new.
"""

from __future__ import annotations

import hashlib
import unicodedata

COLUMN_KEY_LIMIT = 480
"""Code points of a key that an index column holds as they are; see `bounded_key`."""

_WIDTH_FORMS = (0x3000, *range(0xFF00, 0xFFF0))
"""The ideographic space and the block of halfwidth and fullwidth forms: all characters with a width mapping."""


def _width_mapping() -> dict[int, str]:
    decompositions = {code: unicodedata.decomposition(chr(code)).split() for code in _WIDTH_FORMS}
    return {
        code: "".join(chr(int(part, 16)) for part in parts[1:])
        for code, parts in decompositions.items()
        if parts and parts[0] in ("<wide>", "<narrow>")
    }


_WIDTHS = _width_mapping()


def text_key(text: str) -> str:
    """NFC(casefold(NFD(text with usual widths))), applied until nothing changes.

    Idempotent. Not NFKC: `x²` is not `x2`.
    """
    if text.isascii():
        return text.lower()
    key = _fold(text)
    while key != text:
        text, key = key, _fold(key)
    return key


def opaque_string(text: str) -> str:
    """A password as it is hashed and compared (RFC 8265 §4.2, row B-59): spaces of any kind are one, NFC, case kept."""
    if text.isascii():
        return text
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)
    return unicodedata.normalize("NFC", spaced)


def bounded_key(text: str) -> str:
    """The text key of `text` for an index column: never more than 2,000 bytes of UTF-8, whatever comes.

    A key of at most `COLUMN_KEY_LIMIT` code points stays whole. Of a longer one the first `COLUMN_KEY_LIMIT` code
    points stay, then come the 64 hex digits of the SHA-256 of the whole key: 480 * 4 + 64 = 1,984 bytes, and a btree
    row of PostgreSQL holds 2,704 with its other columns. So:

    - equal texts have equal bounded keys, and different ones different keys, at any length;
    - a key of at most `COLUMN_KEY_LIMIT` code points compares with the bounded key (order, prefix) as with the whole;
    - longer operands of an order or prefix, and every `co` and `ew`, need the whole key.
    """
    return bounded_text(text_key(text))


def bounded_text(key: str) -> str:
    """A finished key, or text that is compared with case, cut as `bounded_key` says."""
    if len(key) <= COLUMN_KEY_LIMIT:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return key[:COLUMN_KEY_LIMIT] + digest


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text.translate(_WIDTHS)).casefold())
