"""What differs from application to application (`app update --set KEY=VALUE`, listed by `app info`)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from scim.protocol.unknown import UnknownPolicy


class MemberReference(StrEnum):
    """By what a client may name a group's member (quirk COMMON-34)."""

    ID = "id"
    EXTERNAL_ID = "externalId"
    USER_NAME = "userName"


class ApplicationSettings(BaseModel):
    """The settings of one application; every field has a default and says what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unknown_attributes: UnknownPolicy | None = Field(
        default=None,
        description="What happens to attributes that no schema knows: 'ignore' leaves them out and names them in the "
        "audit record, 'reject' refuses the request. Unset: 'reject' in profile strict, else 'ignore'.",
    )
    member_references: tuple[MemberReference, ...] = Field(
        default=(MemberReference.ID, MemberReference.EXTERNAL_ID, MemberReference.USER_NAME),
        description="By what a group's member may be named, in the order tried. Profile strict takes the id only.",
    )
    unique_group_names: bool = Field(
        default=False, description="Whether a second group of the same displayName is refused with 409."
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

    @field_validator("member_references", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A comma-separated text, as given on the command line."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    def unknown_policy(self, profile: str) -> UnknownPolicy:
        """The policy in force for a profile (quirk COMMON-33)."""
        if self.unknown_attributes is not None:
            return self.unknown_attributes
        return UnknownPolicy.REJECT if profile == "strict" else UnknownPolicy.IGNORE

    def references(self, profile: str) -> tuple[MemberReference, ...]:
        """By what members are looked up in a profile."""
        return (MemberReference.ID,) if profile == "strict" else self.member_references
