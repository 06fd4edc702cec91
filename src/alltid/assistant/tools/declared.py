"""A company's own tools as the settings declare them: where they are, which are allowed.

Whatever a document or a server offers beyond the allow-list doesn't exist for the assistant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

_KIND: Final = r"^[a-z][a-z0-9_]{0,39}$"
SECONDS_MAX: Final = 8.0

Kind = Annotated[str, Field(pattern=_KIND)]


class MovedMoney(BaseModel):
    """How much money an act moves, counted towards the day's limit.

    `amount` is one of its arguments, in whole minor units; `currency` another, or a code.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: str = Field(min_length=1)
    currency: str = Field(min_length=1)


class AllowedTool(BaseModel):
    """A tool that may be used. `limits` are JSON Schema keywords added to an argument.

    `handles` names the fields, of arguments and results alike, that hold ids of the company,
    each with the kind of object; `identity` the arguments that may carry a contact detail
    although it looks like naming a customer, such as a new e-mail address.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    effect: Literal["read", "act"]
    description: str | None = Field(default=None, max_length=1000)
    handles: Mapping[str, Kind] = Field(default_factory=dict)
    limits: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    moves: MovedMoney | None = None
    timeout_seconds: float | None = Field(default=None, gt=0, le=SECONDS_MAX)


class _Credentials(BaseModel):
    """Two credentials: the toolbox gets the one to read, the executor alone the one to write.

    `signed`: keys with which tokens are signed (HS256). `named`: bearer tokens of the desk
    itself, with the customer named in headers or metadata.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    handover: Literal["signed", "named"] = "signed"
    audience: str = Field(default="company", min_length=1, max_length=200)
    read_credential: SecretStr = Field(min_length=16)
    write_credential: SecretStr | None = Field(default=None, min_length=16)
    allow: Mapping[str, AllowedTool] = Field(min_length=1)

    @model_validator(mode="after")
    def _acting_needs_a_credential(self) -> Self:
        acts = [name for name, tool in self.allow.items() if tool.effect == "act"]
        if acts and self.write_credential is None:
            raise ValueError(f"{acts[0]} acts, which needs a write_credential")
        if self.write_credential == self.read_credential:
            raise ValueError("read_credential and write_credential must differ")
        return self


class OpenApiTools(_Credentials):
    """Tools that an OpenAPI document describes: its operations, by operationId."""

    kind: Literal["openapi"]
    document: str = Field(min_length=1, description="a file, or an address with http(s)://")
    url: str = Field(pattern=r"^https?://", description="where the operations' paths begin")


class McpTools(_Credentials):
    """Tools of an MCP server: `url` for streamable HTTP, or `command` for one on stdio."""

    kind: Literal["mcp"]
    url: str | None = Field(default=None, pattern=r"^https?://")
    command: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if (self.url is None) == (not self.command):
            raise ValueError("give either url or command")
        return self


DeclaredTools = Annotated[OpenApiTools | McpTools, Field(discriminator="kind")]


class DeclaredLimits(BaseModel):
    """How much the assistant may do: in a conversation, and for a customer within 24 hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actions_per_conversation: int = Field(default=20, ge=0, le=1000)
    actions_per_day: int = Field(default=40, ge=0, le=10_000)
    money_per_day: Mapping[
        Annotated[str, Field(pattern=r"^[A-Z]{3}$")], Annotated[int, Field(ge=0)]
    ] = Field(default_factory=dict, description="whole minor units, by currency")
