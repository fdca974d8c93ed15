"""Which media type an answer has (rows P-01, P-02, P-06)."""

from __future__ import annotations

SCIM = "application/scim+json"
JSON = "application/json"


def answer_type(accept: str | None) -> str:
    """`application/json` where `Accept` asks for it alone, else `application/scim+json`.

    A type with weight 0 is not asked for; what we cannot serve is answered as scim+json all the same, since an error in
    a form nobody reads helps nobody.
    """
    asked = set(_asked(accept or ""))
    return JSON if asked == {JSON} else SCIM


def _asked(accept: str) -> list[str]:
    kinds = []
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [piece.removeprefix("q=") for piece in parameters if piece.startswith("q=")]
        if kind and not any(weight.strip("0.") == "" for weight in weights):
            kinds.append(kind)
    return kinds
