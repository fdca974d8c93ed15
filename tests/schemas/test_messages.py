from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import Conflict, NotFound, Uniqueness
from scim.schemas.messages import error_schema, list_schema, patch_schema
from scim.schemas.names import component, reference
from tests.schemas.document import accepts, document

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PAGE = {"schemas": [LIST], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": [7]}
TAKEN = {"schemas": [ERROR], "status": "409", "detail": "taken"}

OPERATIONS = [
    ({"op": "add", "path": "title", "value": "a"}, True),
    ({"op": "replace", "value": {"title": "a"}}, True),
    ({"op": "replace", "path": None, "value": {"title": "a"}}, True),
    ({"op": "replace", "path": "title", "value": None}, True),
    ({"op": "remove", "path": "title"}, True),
    ({"op": "remove"}, False),
    ({"op": "add", "path": "title"}, False),
    ({"op": "move", "path": "title", "value": "a"}, False),
    ({"path": "title", "value": "a"}, False),
    ("add", False),
]


class TestPatch:
    @pytest.mark.parametrize(("operation", "fits"), OPERATIONS)
    def test_operations(self, operation: Any, fits: bool) -> None:
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        assert accepts(document(), patch_schema(), body) == fits

    @pytest.mark.parametrize(
        "body",
        [
            {"schemas": [PATCH_OP], "Operations": []},
            {"schemas": [PATCH_OP]},
            {"schemas": [ERROR], "Operations": [{"op": "remove", "path": "title"}]},
            {"schemas": [], "Operations": [{"op": "remove", "path": "title"}]},
            {"Operations": [{"op": "remove", "path": "title"}]},
        ],
    )
    def test_a_message_of_another_form_does_not_fit(self, body: dict[str, Any]) -> None:
        assert not accepts(document(), patch_schema(), body)


class TestList:
    @pytest.mark.parametrize(
        ("changed", "fits"),
        [
            ({}, True),
            ({"Resources": [], "itemsPerPage": 0, "totalResults": 0}, True),
            ({"Resources": ["7"]}, False),
            ({"totalResults": "1"}, False),
            ({"startIndex": 0}, False),
            ({"more": True}, False),
        ],
    )
    def test_a_page_has_its_numbers_and_entries(self, changed: dict[str, Any], fits: bool) -> None:
        assert accepts(document(), list_schema("List", {"type": "integer"}), PAGE | changed) == fits


class TestError:
    @pytest.mark.parametrize(
        ("changed", "fits"),
        [
            ({}, True),
            ({"scimType": "uniqueness"}, True),
            ({"scimType": "noTarget"}, False),
            ({"status": "404"}, False),
            ({"status": 409}, False),
            ({"trace": "..."}, False),
        ],
    )
    def test_has_its_status_as_text_and_one_of_the_kinds_it_may_have(self, changed: dict[str, Any], fits: bool) -> None:
        assert accepts(document(), error_schema(Uniqueness, Conflict), TAKEN | changed) == fits

    def test_has_no_scim_type_where_the_rfc_names_none(self) -> None:
        body = TAKEN | {"status": "404"}
        assert accepts(document(), error_schema(NotFound), body)
        assert not accepts(document(), error_schema(NotFound), body | {"scimType": "noTarget"})


@pytest.mark.parametrize(
    ("parts", "expected"), [(("User", "list"), "User.list"), (("Blue Badge",), "Blue_Badge"), (("a.b",), "a_b")]
)
def test_component_names_have_only_what_openapi_allows(parts: tuple[str, ...], expected: str) -> None:
    assert component(*parts) == expected
    assert reference("schemas", *parts) == {"$ref": f"#/components/schemas/{expected}"}
