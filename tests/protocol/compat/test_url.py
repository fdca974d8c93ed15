"""Rules on path, query and media type."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.compat.normalise import accepts_media_type, normal_path, normalise
from scim.protocol.compat.request import Raw
from tests.protocol.compat.tools import AUTO, ENTRA, STRICT, USER, without


class TestPath:
    @pytest.mark.parametrize(
        ("sent", "meant"),
        [
            ("/scim/v2/scim/v2/Users", "/scim/v2/Users"),
            ("/scim/v2/scim/v2/scim/v2/Users/7", "/scim/v2/Users/7"),
            ("/scim/v2/v2/Users", "/scim/v2/Users"),
            ("/scim/v2/v2/scim/v2/Users", "/scim/v2/Users"),
            ("/scim/v2//Users", "/scim/v2/Users"),
            ("/scim/v2///Users//7", "/scim/v2/Users/7"),
            ("/scim/v2//", "/scim/v2/"),
            ("/scim/v2//scim//v2/Users/", "/scim/v2/Users/"),
            ("/scim/v2/scim/v2", "/scim/v2"),
            ("/scim/v2/v2/", "/scim/v2/"),
        ],
    )
    def test_loses_what_is_there_twice(self, sent: str, meant: str) -> None:
        assert normal_path(AUTO, sent) == (meant, ("COMMON-25",))
        assert normal_path(STRICT, sent) == (sent, ())
        assert normal_path(without(AUTO, "COMMON-25"), sent) == (sent, ())

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/scim/v2",
            "/scim/v2/",
            "/scim/v2/Users",
            "/scim/v2/Users/",
            "/scim/v2/Users/v2",
            "/scim/v2/v2Users",
            "/scim/v2x//Users",
            "//scim/v2/Users",
            "/v2/v2/Users",
            "/health//live",
        ],
    )
    def test_stays_as_it_is(self, path: str) -> None:
        assert normal_path(AUTO, path) == (path, ())


class TestQuery:
    @pytest.mark.parametrize(
        ("sent", "meant"),
        [
            ((("", ""),), ()),
            ((("filter", 'userName eq "kim"'), ("", "")), (("filter", 'userName eq "kim"'),)),
            ((("count", ""), ("startIndex", ""), ("FILTER", "")), ()),
            ((("count", ""), ("count", "5")), (("count", "5"),)),
        ],
    )
    def test_loses_its_empty_parts(self, sent: Any, meant: Any) -> None:
        result = _queried(AUTO, sent)
        assert (result.query, result.rules) == (meant, ("COMMON-26",))
        assert _queried(STRICT, sent).query == sent
        assert _queried(without(AUTO, "COMMON-26"), sent).query == sent

    @pytest.mark.parametrize(
        "pairs",
        [
            (),
            (("filter", 'userName eq "kim"'), ("count", "0")),
            (("cursor", ""), ("attributes", "")),
            (("aadOptscim062020", ""),),
            (("", "x"),),
        ],
    )
    def test_stays_as_it_is(self, pairs: Any) -> None:
        result = _queried(AUTO, pairs)
        assert result.query is pairs
        assert result.rules == ()


def _queried(profile: Any, pairs: Any) -> Any:
    return normalise(profile, Raw(method="GET", kind=USER, query=pairs))


class TestMediaType:
    @pytest.mark.parametrize(
        "content_type", [None, "", "text/plain", "application/octet-stream", "text/json; charset=x"]
    )
    def test_of_a_json_object_may_be_any(self, content_type: str | None) -> None:
        assert accepts_media_type(AUTO, content_type, {}) == "COMMON-28"
        assert accepts_media_type(ENTRA, content_type, {}) == "COMMON-28"
        assert accepts_media_type(STRICT, content_type, {}) is None
        assert accepts_media_type(without(AUTO, "COMMON-28"), content_type, {}) is None

    @pytest.mark.parametrize(
        "content_type",
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            " Multipart/Mixed",
            "APPLICATION/X-WWW-FORM-URLENCODED",
        ],
    )
    def test_of_a_form_is_refused(self, content_type: str) -> None:
        assert accepts_media_type(AUTO, content_type, {}) is None

    @pytest.mark.parametrize("body", [None, [], "text", 1], ids=str)
    def test_matters_for_what_is_no_object(self, body: Any) -> None:
        assert accepts_media_type(AUTO, "text/plain", body) is None

    @pytest.mark.parametrize("content_type", ["application/scim+json", "Application/JSON ; charset=utf-8"])
    def test_of_the_rfc_needs_no_rule(self, content_type: str) -> None:
        assert accepts_media_type(AUTO, content_type, {}) is None

    @pytest.mark.parametrize(
        ("content_type", "rules"),
        [("text/plain", ("COMMON-28",)), ("application/scim+json", ()), ("multipart/mixed", ()), (None, ())],
    )
    def test_is_counted_where_the_request_has_one(self, content_type: str | None, rules: tuple[str, ...]) -> None:
        body = {"schemas": [USER.schema.id], "userName": "kim"}
        assert normalise(AUTO, Raw(method="POST", kind=USER, content_type=content_type, body=body)).rules == rules
