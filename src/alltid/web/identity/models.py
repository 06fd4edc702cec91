"""The bodies of requests and answers about identity, as OpenAPI shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alltid.agents.accounts import Agent as AgentAccount
from alltid.agents.passkeys import Passkey as KeptPasskey
from alltid.web.identity.demo import DemoRole

# PostgreSQL's text takes no NUL, so no text with one comes in.
PlainText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PasswordSignIn(_In):
    """An agent's e-mail address and password."""

    email: PlainText = Field(max_length=254, examples=["sara@klarsund.example"])
    password: PlainText = Field(max_length=256, examples=["correct horse battery staple"])


class DemoSignIn(_In):
    """Which made-up agent to be."""

    who: DemoRole


class PasskeySignIn(_In):
    """What `navigator.credentials.get()` returned, as `PublicKeyCredential.toJSON()` writes it."""

    credential: dict[str, Any]


class PasskeyRegistration(_In):
    """What `navigator.credentials.create()` returned, and a label to know the passkey by."""

    credential: dict[str, Any]
    label: PlainText = Field(min_length=1, max_length=80, examples=["My phone"])


class Agent(BaseModel):
    """A human who answers customers."""

    id: str
    name: str = Field(description="First name, as customers see it.")
    email: str
    role: Literal["agent", "lead", "admin"]
    languages: list[str] = Field(description="Language codes.", examples=[["sv", "en"]])

    @classmethod
    def of(cls, account: AgentAccount) -> Agent:
        """Show an account."""
        return cls(
            id=account.id,
            name=account.name,
            email=account.email,
            role=account.role.value,
            languages=list(account.languages),
        )


class SignedIn(BaseModel):
    """Who is signed in now; the sign-in itself is in an HttpOnly cookie."""

    agent: Agent


class Me(SignedIn):
    """Who is signed in, and whether this desk is a demo."""

    demo: bool


class Passkey(BaseModel):
    """One of the agent's own passkeys."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, kept: KeptPasskey) -> Passkey:
        """Show a passkey without its keys."""
        return cls(
            id=kept.id, label=kept.label, created_at=kept.created_at, last_used_at=kept.last_used_at
        )


class PasskeyList(BaseModel):
    """The agent's own passkeys, oldest first."""

    passkeys: list[Passkey]


class CeremonyOptions(BaseModel):
    """Options for the browser, in WebAuthn's JSON form."""

    publicKey: dict[str, Any]  # noqa: N815  WebAuthn's name


class Customer(BaseModel):
    """A customer, as they see themselves."""

    id: str
    name: str | None


class GuestToken(BaseModel):
    """A guest's token, to be sent as `Authorization: Bearer`."""

    token: str
    expires_at: datetime
    customer: Customer


class DeskConfig(BaseModel):
    """What pages need to know before anyone signs in."""

    company: str
    demo: bool
    sign_ins: list[Literal["password", "passkey", "demo"]]
    upload_limit_bytes: int
    text_limit: int = Field(description="Characters in one message.")
