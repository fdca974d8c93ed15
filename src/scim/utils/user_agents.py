"""Which identity provider a user agent belongs to, as far as it tells."""

from __future__ import annotations

from typing import Final

_SIGNS: Final = (
    ("entra", ("microsoft", "azure", "aadprovisioning", "windows-azure")),
    ("okta", ("okta",)),
    ("onelogin", ("onelogin",)),
    ("jumpcloud", ("jumpcloud",)),
    ("ping", ("ping",)),
    ("google", ("google",)),
    ("keycloak", ("keycloak",)),
    ("authentik", ("authentik",)),
)


def identity_provider(user_agent: str | None) -> str | None:
    """The provider's name as profiles have it; None where the user agent does not tell."""
    text = (user_agent or "").lower()
    return next((name for name, signs in _SIGNS if any(sign in text for sign in signs)), None)
