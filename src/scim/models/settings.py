"""What differs from application to application (`app update --set KEY=VALUE`, listed by `app info`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from scim.protocol.unknown import UnknownPolicy

STRICT: Final = "strict"
"""The profile that takes nothing but what the RFC says."""


class Reference(StrEnum):
    """By what a client may name a group's member or a manager (quirk COMMON-34)."""

    ID = "id"
    EXTERNAL_ID = "externalId"
    USER_NAME = "userName"
    EMAIL = "email"
    EMPLOYEE_NUMBER = "employeeNumber"


class ManagerValue(StrEnum):
    """What `manager.value` answers once it is known who is meant."""

    SENT = "sent"
    ID = "id"


class OnDelete(StrEnum):
    """What becomes of a user whom a client deletes."""

    DELETE = "delete"
    DEACTIVATE = "deactivate"


class ApplicationSettings(BaseModel):
    """The settings of one application; every field has a default and says what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unknown_attributes: UnknownPolicy | None = Field(
        default=None,
        description="What happens to attributes that no schema knows: 'ignore' leaves them out and names them in the "
        "audit record, 'reject' refuses the request. Unset: 'reject' in profile strict, else 'ignore'.",
    )
    member_references: tuple[Reference, ...] = Field(
        default=(Reference.ID, Reference.EXTERNAL_ID, Reference.USER_NAME),
        description="By what a group's member may be named, in the order tried. Profile strict takes the id only.",
    )
    manager_references: tuple[Reference, ...] = Field(
        default=(Reference.ID, Reference.EXTERNAL_ID, Reference.USER_NAME, Reference.EMAIL),
        description="By what a manager may be named, in the order tried. Profile strict takes the id only.",
    )
    manager_value: ManagerValue = Field(
        default=ManagerValue.SENT,
        description="What manager.value answers once the manager is known here: 'sent' as it was sent, 'id' the id.",
    )
    unique_group_names: bool = Field(
        default=False, description="Whether a second group of the same displayName is refused with 409."
    )

    on_delete: OnDelete = Field(
        default=OnDelete.DELETE,
        description="What DELETE of a user does: 'delete' removes the user, 'deactivate' keeps it with its id, hidden "
        "from SCIM, until `user restore` or a create with the same externalId brings it back.",
    )
    restore_by_user_name: bool = Field(
        default=False,
        description="Whether a create with the userName of a hidden user, and no other match, brings that user back "
        "with its groups. Leave it off where logins are given to new people.",
    )
    guard_percent: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="The guard against mass deprovisioning: at most this share of the users may be deactivated or "
        "deleted within the window, more is refused with 429. Unset: no limit.",
    )
    guard_users: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000_000,
        description="The same as a number of users. Unset: no limit.",
    )
    guard_window_minutes: int = Field(
        default=60,
        ge=1,
        le=100_000,
        description="The window of the guard in minutes, and how long a release lasts.",
    )
    audit_reads: bool = Field(
        default=False,
        description="Whether reads leave a record in the audit log too; they are counted in any case.",
    )
    require_if_match: bool = Field(
        default=False,
        description="Whether PUT, PATCH and DELETE are refused with 428 unless If-Match tells which version they are "
        "about.",
    )
    patch_answer_members: int = Field(
        default=200,
        ge=0,
        le=1_000_000,
        description="A PATCH of a group with more members than this is answered 204, without the group, unless the "
        "client asks for it.",
    )

    @field_validator("member_references", "manager_references", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A comma-separated text, as given on the command line."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    def unknown_policy(self, profile: str) -> UnknownPolicy:
        """The policy in force for a profile (quirk COMMON-33)."""
        if self.unknown_attributes is not None:
            return self.unknown_attributes
        return UnknownPolicy.REJECT if profile == STRICT else UnknownPolicy.IGNORE

    def members_by(self, profile: str) -> tuple[Reference, ...]:
        """By what members are looked up in a profile."""
        return (Reference.ID,) if profile == STRICT else self.member_references

    def managers_by(self, profile: str) -> tuple[Reference, ...]:
        """By what managers are looked up in a profile."""
        return (Reference.ID,) if profile == STRICT else self.manager_references

    @property
    def is_guarded(self) -> bool:
        """Whether the guard against mass deprovisioning is on."""
        return self.guard_percent is not None or self.guard_users is not None
