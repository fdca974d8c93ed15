"""What each profile is for, in one line for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DESCRIPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "auto": "Any identity provider; valid requests stay as they are.",
        "strict": "The RFCs to the letter, without any rule.",
        "entra": "Microsoft Entra ID, with the flag aadOptscim062020.",
        "entra-legacy": "Microsoft Entra ID, without that flag.",
        "okta": "Okta.",
        "onelogin": "OneLogin.",
        "jumpcloud": "JumpCloud, custom SCIM integrations.",
        "ping": "PingOne and PingFederate.",
        "google": "Google Workspace, automatic provisioning.",
        "keycloak": "Keycloak, with a SCIM client plugin.",
        "authentik": "authentik, outgoing SCIM provider.",
    }
)
