"""Messages: their URNs, and members that they do not have."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.compat.normalise import normalise
from scim.protocol.compat.request import Message, Normalised, Raw
from tests.protocol.compat.tools import AUTO, CORE_USER, ENTRA, STRICT, USER, outcome_of_patch, patch_body, without

OPERATION = {"op": "replace", "path": "title", "value": "T"}


def sent(message: Message, body: Any) -> Normalised:
    """A message at a URL that names no type, normalised by `auto`."""
    return normalise(AUTO, Raw(method="POST", message=message, body=body))


class TestSchemas:
    @pytest.mark.parametrize("schemas", [{}, {"schemas": []}, {"schemas": None}], ids=str)
    @pytest.mark.parametrize("message", Message)
    def test_that_are_missing_are_filled_in(self, message: Message, schemas: dict[str, Any]) -> None:
        result = sent(message, {**schemas, "Operations": []} if message is not Message.SEARCH else schemas)
        assert result.body["schemas"] == [str(message)]
        assert result.rules == ("COMMON-04",)

    @pytest.mark.parametrize(
        "schemas",
        [
            [CORE_USER],
            ["urn:ietf:params:scim:api:messages:2.0:patchop"],
            [str(Message.PATCH), CORE_USER],
            str(Message.PATCH),
            ["urn:scim:schemas:core:1.0"],
        ],
        ids=str,
    )
    def test_of_a_patch_say_that_it_is_one(self, schemas: Any) -> None:
        body = {"schemas": schemas, "Operations": [OPERATION]}
        result = patch_body(AUTO, body)
        assert result.body == {"schemas": [str(Message.PATCH)], "Operations": [OPERATION]}
        assert result.rules == ("COMMON-07",)
        assert patch_body(STRICT, body).body is body
        assert outcome_of_patch(STRICT, body) == "400 invalidSyntax"
        assert outcome_of_patch(AUTO, body) == "accepted"
        assert patch_body(without(AUTO, "COMMON-07"), body).body is body

    def test_of_a_patch_that_are_missing_are_refused_in_strict(self) -> None:
        assert outcome_of_patch(STRICT, {"Operations": [OPERATION]}) == "400 invalidSyntax"
        assert outcome_of_patch(AUTO, {"Operations": [OPERATION]}) == "accepted"

    @pytest.mark.parametrize("message", [Message.BULK, Message.SEARCH])
    def test_of_other_messages_stay_when_they_are_wrong(self, message: Message) -> None:
        body = {"schemas": [CORE_USER], "Operations": []} if message is Message.BULK else {"schemas": [CORE_USER]}
        assert sent(message, body).body is body


class TestUnknownMembers:
    def test_of_a_patch_and_its_operations_are_left_out_and_named_once(self) -> None:
        named = {"name": "enable", **OPERATION, "Comment": 1}
        body = {"schemas": [str(Message.PATCH)], "id": "2819c", "Operations": [named, OPERATION, named]}
        result = patch_body(AUTO, body)
        assert result.body == {"schemas": [str(Message.PATCH)], "Operations": [OPERATION] * 3}
        assert result.ignored == ("id", "Operations.name", "Operations.Comment")
        assert result.rules == ("COMMON-37",)
        assert outcome_of_patch(AUTO, body) == "accepted"

    def test_reach_the_core_in_strict(self) -> None:
        body = {"schemas": [str(Message.PATCH)], "id": "2819c", "Operations": [OPERATION]}
        result = patch_body(STRICT, body)
        assert (result.body, result.ignored) == (body, ())
        assert outcome_of_patch(STRICT, body) == "400 invalidSyntax"

    def test_stay_without_the_rule(self) -> None:
        body = {"schemas": [str(Message.PATCH)], "id": "2819c", "Operations": [OPERATION]}
        result = patch_body(without(AUTO, "COMMON-37"), body)
        assert result.body is body
        assert result.ignored == ()

    def test_of_a_bulk_request_are_left_out_but_not_those_of_its_data(self) -> None:
        entry = {"method": "POST", "bulkId": "a", "path": "/Users", "data": {"op": 1}, "version": "x"}
        body = {"schemas": [str(Message.BULK)], "failOnErrors": 1, "id": 7, "Operations": [{**entry, "op": "add"}, 7]}
        result = sent(Message.BULK, body)
        assert result.body == {"schemas": [str(Message.BULK)], "failOnErrors": 1, "Operations": [entry, 7]}
        assert result.ignored == ("id", "Operations.op")

    def test_of_a_search_are_left_out(self) -> None:
        known = {
            "schemas": [str(Message.SEARCH)],
            "attributes": [],
            "excludedAttributes": [],
            "filter": "userName  pr",
            "sortBy": "id",
            "sortOrder": "ascending",
            "startIndex": 1,
            "count": 2,
            "cursor": "",
        }
        result = sent(Message.SEARCH, {**known, "Operations": [], "limit": 3})
        assert (result.body, result.ignored) == (known, ("Operations", "limit"))

    @pytest.mark.parametrize("message", Message)
    def test_are_none_in_what_the_rfc_says(self, message: Message) -> None:
        body: dict[str, Any] = {"SCHEMAS": [str(message)]} | ({} if message is Message.SEARCH else {"operations": [{}]})
        result = sent(message, body)
        assert result.body is body
        assert (result.rules, result.ignored) == ((), ())


class TestPatchWithoutType:
    def test_has_no_operations_that_could_be_read(self) -> None:
        result = normalise(ENTRA, Raw(method="PATCH", message=Message.PATCH, body={"Operations": []}))
        assert not result.no_operation


class TestRequest:
    def test_is_not_changed_by_strict(self) -> None:
        body, query = {"active": "True"}, (("filter", ""),)
        result = normalise(STRICT, Raw(method="POST", kind=USER, query=query, content_type="text/plain", body=body))
        assert (result.body, result.query, result.rules) == (body, query, ())
        assert result.body is body
