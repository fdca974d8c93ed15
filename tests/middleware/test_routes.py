"""Labels of requests: few, whatever clients send."""

from __future__ import annotations

import pytest

from scim.middleware.routes import method_label, route_label


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/scim/v2", "/scim/v2"),
        ("/scim/v2/", "/scim/v2"),
        ("/scim/v2/Users", "/scim/v2/Users"),
        ("/scim/v2/Users/", "/scim/v2/Users"),
        ("/scim/v2/Users/0190-kim", "/scim/v2/Users/{id}"),
        ("/scim/v2/Groups/0190/members", "/scim/v2/Groups/{id}/members"),
        ("/scim/v2/Users/.search", "/scim/v2/Users/.search"),
        ("/scim/v2/.search", "/scim/v2/.search"),
        ("/scim/v2/Me", "/scim/v2/Me"),
        ("/scim/v2/Bulk", "/scim/v2/Bulk"),
        ("/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "/scim/v2/Schemas/{id}"),
        ("/scim/v2/ResourceTypes", "/scim/v2/ResourceTypes"),
        ("/scim/v2/ServiceProviderConfig", "/scim/v2/ServiceProviderConfig"),
        ("/scim/v2/Things", "/scim/v2/{endpoint}"),
        ("/scim/v2/kim@example.com", "/scim/v2/{endpoint}"),
        ("/scim/v2/Things/0190", "/scim/v2/{endpoint}/{id}"),
        ("/scim/v2/Users/0190/kim", "other"),
        ("/scim/v2/Users/a/b/c", "other"),
        ("/scim/v2/Me/kim", "other"),
        ("/scim/v22/Users", "other"),
        ("/scim/Users", "other"),
        ("/kim", "other"),
        ("", "other"),
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
        ("/metrics", "/metrics"),
        ("/docs", "/docs"),
        ("/docs/assets/x.js", "/docs"),
        ("/openapi.json", "/openapi.json"),
    ],
)
def test_a_path_has_the_label_of_its_route(path: str, label: str) -> None:
    assert route_label(path) == label


@pytest.mark.parametrize(("method", "label"), [("PATCH", "PATCH"), ("get", "other"), ("KIM", "other")])
def test_an_unknown_method_has_no_label_of_its_own(method: str, label: str) -> None:
    assert method_label(method) == label
