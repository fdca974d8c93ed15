"""The discovery documents (RFC 7643 §5 to §7)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.protocol.attributes.registry import builtin_registry
from scim.protocol.discovery import Features, all_documents, discovery_list, service_provider_config
from scim.protocol.unknown import Unknowns
from scim.protocol.values import read_entry

BASE = "https://h.example.org/scim/v2"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
DOCUMENTS = all_documents(builtin_registry(), base_url=BASE)


def config(**more: Any) -> dict[str, Any]:
    limits = {"bulk_max_operations": 9, "bulk_max_payload_bytes": 99, "cursor_timeout": 60} | more
    return service_provider_config(Features(max_results=200, default_page_size=50, **limits), base_url=BASE)


def test_a06_features_are_announced_as_they_are() -> None:
    found = config(change_password=False)
    assert found["bulk"] == {"supported": True, "maxOperations": 9, "maxPayloadSize": 99}
    assert found["filter"] == {"supported": True, "maxResults": 200}
    assert found["changePassword"] == {"supported": False}
    assert found["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 50,
        "maxPageSize": 200,
        "cursorTimeout": 60,
    }


def test_the_configuration_says_where_it_is() -> None:
    assert config()["meta"] == {
        "resourceType": "ServiceProviderConfig",
        "location": f"{BASE}/ServiceProviderConfig",
    }
    assert config()["authenticationSchemes"][0]["type"] == "oauthbearertoken"


def test_the_configuration_fits_its_own_schema() -> None:
    schema = builtin_registry().schema(CONFIG)
    assert schema is not None
    for name, value in config().items():
        if name not in {"schemas", "meta"}:
            attribute = schema.attribute(name)
            assert attribute is not None, name
            entries = value if attribute.multi_valued else [value]
            for entry in entries:
                unknown = Unknowns()
                read_entry(attribute, entry, where=name, unknowns=unknown)


def test_resource_types_are_documents_by_name() -> None:
    assert list(DOCUMENTS["ResourceTypes"]) == ["User", "Group"]
    assert DOCUMENTS["ResourceTypes"]["User"] == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "User account.",
        "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions": [
            {"schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "required": False}
        ],
        "meta": {"resourceType": "ResourceType", "location": f"{BASE}/ResourceTypes/User"},
    }
    assert "schemaExtensions" not in DOCUMENTS["ResourceTypes"]["Group"]


@pytest.mark.parametrize("schema", builtin_registry().schemas, ids=lambda schema: schema.name)
def test_schemas_are_documents_by_urn(schema: Any) -> None:
    found = DOCUMENTS["Schemas"][schema.id]
    assert found["id"] == schema.id
    assert found["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:Schema"]
    assert found["attributes"] == schema.body["attributes"]
    assert found["meta"] == {"resourceType": "Schema", "location": f"{BASE}/Schemas/{schema.id}"}


def test_a17_a_list_of_documents_is_never_cut() -> None:
    assert discovery_list([{"id": "a"}, {"id": "b"}]) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 2,
        "itemsPerPage": 2,
        "startIndex": 1,
        "Resources": [{"id": "a"}, {"id": "b"}],
    }
