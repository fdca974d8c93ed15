"""The copy of a document that filters are answered from (DESIGN §1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.registry import ResourceType
from scim.protocol.search_document import search_document
from tests.support.gadgets import gadget
from tests.support.registry import kind

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"


@pytest.mark.parametrize(
    ("of", "document", "search"),
    [
        pytest.param(kind("User"), {"userName": "KIM"}, {"userName": "kim"}, id="text keys where case does not count"),
        pytest.param(kind("User"), {"externalId": "KIM"}, {"externalId": "KIM"}, id="as it is where case counts"),
        pytest.param(
            kind("User"),
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]},
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:user"]},
            id="URNs without case",
        ),
        pytest.param(
            kind("User"),
            {"id": "1", "meta": {"version": "x"}, "groups": [{"value": "1"}], "active": False},
            {"active": False},
            id="nothing that has its own column or table",
        ),
        pytest.param(kind("Group"), {"members": [{"value": "1"}]}, {}, id="no members"),
        pytest.param(
            kind("User"),
            {"emails": [{"value": "A", "primary": True}, {"type": "Work"}]},
            {"emails": [{"value": "a", "primary": True}, {"type": "work"}]},
            id="entries part by part",
        ),
        pytest.param(kind("User"), {"password": "x"}, {}, id="F-40 nothing secret"),
        pytest.param(kind("User"), {LAB: {"pin": "x"}}, {}, id="F-40 nothing secret in an extension"),
        pytest.param(kind("User"), {ENTERPRISE: {}}, {}, id="no empty extension"),
        pytest.param(
            kind("User"),
            {LAB: {"joined": "2022-02-02T02:02:02+02:00", "codes": ["Q"], "tags": ["Q"], "desk": {"code": "W"}}},
            {LAB: {"joined": "2022-02-02T00:02:02.000000Z", "codes": ["Q"], "tags": ["q"], "desk": {"code": "W"}}},
            id="an extension under its URN, dateTimes of fixed width",
        ),
        pytest.param(gadget(), {"box": {"text": "T", "key": "K"}}, {"box": {"text": "t"}}, id="no secret part"),
        pytest.param(
            gadget(),
            {"parts": [{"colours": ["Red"], "weight": 1.5}]},
            {"parts": [{"colours": ["red"], "weight": 1.5}]},
            id="lists in entries",
        ),
    ],
)
def test_a_document_is_normalised_for_search(
    of: ResourceType, document: dict[str, Any], search: dict[str, Any]
) -> None:
    assert search_document(document, of) == search
