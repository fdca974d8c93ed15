"""The form of a bulk request, and of each operation in it (rows J-02 to J-06, J-14, J-24, J-25)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.exceptions import InvalidPath, InvalidSyntax, InvalidValue, PayloadTooLarge
from scim.protocol.bulk.message import BULK_REQUEST, BulkMessage, BulkOperation, read_bulk

POST = {"method": "POST", "path": "/Users", "bulkId": "u1", "data": {}}


def read(*operations: Any, most: int = 10, **members: Any) -> BulkMessage:
    body = {"schemas": [BULK_REQUEST], "Operations": list(operations)} | members
    return read_bulk(body, max_operations=most)


def one(**members: Any) -> BulkOperation:
    return read({name: value for name, value in (POST | members).items() if value is not ...}).operations[0]


def test_an_operation_has_its_parts() -> None:
    found = one(method="patch", path="/Users/a%20b?attributes=x", version='W/"1"')
    assert (found.index, found.method, found.endpoint, found.resource_id) == (1, "PATCH", "Users", "a%20b")
    assert (found.query, found.bulk_id, found.version, found.fault) == ("attributes=x", "u1", 'W/"1"', None)
    assert found.creates is None
    assert one().creates == "u1"


def test_names_of_members_are_matched_without_case() -> None:
    found = read({"METHOD": "POST", "Path": "/Users", "BULKID": "u", "DATA": {}}).operations[0]
    assert (found.fault, found.bulk_id) == (None, "u")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"method": "GET", "data": ...}, InvalidSyntax),
        ({"method": ...}, InvalidSyntax),
        ({"method": 7}, InvalidSyntax),
        ({"path": ...}, InvalidPath),
        ({"path": 7}, InvalidPath),
        ({"path": "Users"}, InvalidPath),
        ({"path": "https://h/Users"}, InvalidPath),
        ({"path": "//h/Users"}, InvalidPath),
        ({"path": "/Users/7"}, InvalidPath),
        ({"path": "/Users/7/emails"}, InvalidPath),
        ({"path": "/"}, InvalidPath),
        ({"method": "PUT"}, InvalidPath),
        ({"method": "DELETE", "data": ...}, InvalidPath),
        ({"bulkId": ...}, InvalidSyntax),
        ({"bulkId": ""}, InvalidSyntax),
        ({"bulkId": 7}, InvalidSyntax),
        ({"data": ...}, InvalidSyntax),
        ({"data": []}, InvalidSyntax),
        ({"method": "PATCH", "path": "/Users/7", "data": None}, InvalidSyntax),
        ({"method": "DELETE", "path": "/Users/7", "data": {"a": 1}}, InvalidSyntax),
        ({"version": 7}, InvalidSyntax),
        ({"other": 7}, InvalidSyntax),
        ({"PATH": "/Users"}, InvalidSyntax),
    ],
)
def test_what_is_wrong_with_an_operation_fails_it_alone(members: dict[str, Any], error: type[Exception]) -> None:
    fault = one(**members).fault
    assert type(fault) is error
    assert fault is not None
    assert "peration 1" in fault.detail


def test_a_bulk_id_names_one_operation() -> None:
    first, second = read(POST, POST).operations
    assert (first.fault, type(second.fault)) == (None, InvalidSyntax)
    assert [other.creates for other in (first, second)] == ["u1", None]


@pytest.mark.parametrize("body", [None, [], "x", {}, {"schemas": [BULK_REQUEST]}])
def test_a_bad_envelope_is_one_error(body: Any) -> None:
    with pytest.raises(InvalidSyntax):
        read_bulk(body, max_operations=1)


@pytest.mark.parametrize(
    "members",
    [{"schemas": ["urn:other"]}, {"schemas": None}, {"Operations": {}}, {"Operations": [7]}, {"other": 1}],
)
def test_a_bad_member_of_the_envelope_is_one_error(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidSyntax):
        read(POST, **members)


def test_fail_on_errors_counts_from_one() -> None:
    assert read(POST).fail_on_errors is None
    assert read(POST, failOnErrors=2).fail_on_errors == 2
    for wrong in (0, -1, "1", 1.5, True):
        with pytest.raises(InvalidValue):
            read(POST, failOnErrors=wrong)


def test_too_many_operations_are_refused_with_the_limit() -> None:
    assert read(most=0).operations == ()
    with pytest.raises(PayloadTooLarge, match="maxOperations is 1"):
        read(POST, POST, most=1)
