"""What each profile is for, in one line for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DESCRIPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "auto": "Any identity provider: every rule that leaves valid requests as they are.",
        "strict": "The RFCs to the letter: no rule at all.",
        "entra": "Microsoft Entra ID, tenant URL with the flag aadOptscim062020.",
        "entra-legacy": "Microsoft Entra ID, tenant URL without the flag.",
        "okta": "Okta, integrations with SCIM 2.0.",
        "onelogin": "OneLogin, SCIM provisioning with SCIM 2.0.",
        "jumpcloud": "JumpCloud, identity management connectors.",
        "ping": "PingOne and PingFederate, outbound provisioning.",
        "google": "Google Workspace, automatic user provisioning.",
        "keycloak": "Keycloak, with one of its SCIM client plugins.",
        "authentik": "authentik, outgoing SCIM provider.",
    }
)
