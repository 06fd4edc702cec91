"""The lender in memory: the very rules of the real one, without a database or a network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from alltid.assistant.tools.company import CompanyRefused
from alltid.assistant.tools.tool import Json, Principal, ToolSpec
from alltid.examples.lender.api.account import Account
from alltid.examples.lender.api.acts import act
from alltid.examples.lender.api.catalogue import BY_NAME
from alltid.examples.lender.api.people import PEOPLE, seed_account
from alltid.examples.lender.api.reads import read
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused

# No e-mail is sent by an invented lender; this is the code that would be in it.
DEMO_CODE: Final = "424242"
UNKNOWN_CUSTOMER: Final = "There is no account for this customer."


@dataclass(frozen=True, slots=True)
class DoneOnce:
    """What an act answered under its key. `refused` where the rules said no."""

    subject: str
    tool: str
    arguments: Mapping[str, Any]
    result: Any = None
    refused: tuple[str, str] | None = None


@dataclass(slots=True)
class MemoryLender:
    """The lender's system in memory, as a company's tools. It ends with the program.

    `issuer` is whose customers it knows; of any other it says that there is no account.
    """

    clock: Clock
    issuer: str
    accounts: dict[str, Account] = field(default_factory=dict)
    done: dict[str, DoneOnce] = field(default_factory=dict)

    @classmethod
    def seeded(cls, clock: Clock, issuer: str) -> MemoryLender:
        """Return a lender with the demo's customers, dated from now."""
        today = clock.now().date()
        return cls(clock, issuer, {each: seed_account(each, today) for each in PEOPLE})

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Answer a tool as the HTTP API would. Raises CompanyRefused."""
        await asyncio.sleep(0)  # as a real one, so that others have their turn
        try:
            answer: Json = self.ask(spec.name, arguments, principal, key)
        except Refused as refused:
            raise CompanyRefused(refused.code, refused.message) from None
        return answer

    def ask(
        self, name: str, arguments: Mapping[str, Any], principal: Principal, key: str | None
    ) -> Any:
        """Read or act. Raises Refused."""
        account = self.accounts.get(principal.subject)
        if account is None or principal.issuer != self.issuer:
            raise Refused("no_account", UNKNOWN_CUSTOMER)
        tool = BY_NAME[name]
        given = checked(name, arguments)
        if tool.effect == "read":
            return read(account, name, given, self.clock.now().date())
        if key is None:
            raise Refused("no_key", "An act needs an idempotency key.")
        return self._act_once(account, name, given, key)

    def _act_once(self, account: Account, tool: str, given: Mapping[str, Any], key: str) -> Any:
        before = self.done.get(key)
        if before is None:
            changed, before = act_once(account, tool, given, self.clock)
            self.accounts[account.subject] = changed
            self.done[key] = before
        return told_again(before, account.subject, tool, given)


def checked(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as the tool's model reads them. Raises Refused."""
    try:
        return BY_NAME[name].arguments.model_validate(dict(arguments), strict=True).model_dump()
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])[:60]
        raise Refused("bad_arguments", f"The argument {place} is not as it must be.") from None


def act_once(
    account: Account, tool: str, given: Mapping[str, Any], clock: Clock
) -> tuple[Account, DoneOnce]:
    """Do an act by the rules. A refusal is kept under its key too, and changes nothing."""
    try:
        changed, result = act(account, tool, given, clock.now(), DEMO_CODE)
    except Refused as refused:
        said = (refused.code, refused.message)
        return account, DoneOnce(account.subject, tool, given, refused=said)
    return changed, DoneOnce(account.subject, tool, given, result)


def told_again(before: DoneOnce, subject: str, tool: str, given: Mapping[str, Any]) -> Any:
    """Return what an act answered under its key. Raises Refused, as it did the first time."""
    if (before.subject, before.tool, dict(before.arguments)) != (subject, tool, dict(given)):
        raise Refused("key_used", "This idempotency key was used for something else.")
    if before.refused is not None:
        raise Refused(*before.refused)
    return before.result
