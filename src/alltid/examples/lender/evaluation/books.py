"""The lender's books beside an evaluation: facts by name, what was done, what nobody may read.

Names are of the things bought, the same for each demo customer: `$boots.left` is what is left
to pay for the winter boots of whoever it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Final

from alltid.assistant.evaluation.target import Acted, Fact, NoSuchCustomer
from alltid.assistant.tools.tool import Json, Principal, ToolSpec
from alltid.examples.lender.api.account import Account, Invoice
from alltid.examples.lender.api.memory import DEMO_CODE, MemoryLender
from alltid.examples.lender.api.people import PEOPLE
from alltid.examples.lender.api.rules import MARKETS
from alltid.examples.lender.customers import ISSUER
from alltid.kernel.clock import Clock

SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {person[0].split()[0].lower().replace("í", "i"): subject for subject, person in PEOPLE.items()}
)
_THINGS: Final = ("shelf", "boots", "blanket", "books", "jacket", "phone", "headphones")
_REFUNDS: Final = ("waiting", "approved", "paid")
_METHODS: Final = ("visa", "bank", "broken")
_MERCHANT_ONLY: Final = "gadget"


class Books:
    """A lender of one conversation, that writes down what it is asked and what it answers."""

    def __init__(self, clock: Clock, customer: str, mark: str = "") -> None:
        """Seed the demo's customers; `customer` is one of them by first name, or a guest.

        With a `mark` the session knows the same person under an id of its own, so that one can
        hold many conversations at once.
        """
        if customer != "guest" and customer not in SUBJECTS:
            known = ", ".join(["guest", *SUBJECTS])
            raise NoSuchCustomer(f"the lender has no customer {customer}: {known}")
        self._lender = MemoryLender.seeded(clock, ISSUER)
        self._customer = customer
        self._subject = SUBJECTS.get(customer)
        self._clock = clock
        self._mark = mark
        self._shown: list[Any] = []
        self._acted: list[Acted] = []
        self._done: set[str] = set()

    @property
    def principal(self) -> Principal | None:
        """Who the session says that the customer is; None for a guest."""
        if self._subject is None:
            return None
        return Principal(ISSUER, f"{self._subject}{self._mark}")

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Answer as the lender does, and write it down."""
        principal = replace(principal, subject=principal.subject.removesuffix(self._mark))
        value = await self._lender.call(spec, arguments, principal, key=key)
        if principal.subject == self._subject:
            self._shown.append(value)
        # A wrong code is counted by the lender, and changes nothing of the account.
        changed = not (isinstance(value, Mapping) and value.get("confirmed") is False)
        if spec.effect == "act" and changed and key is not None and key not in self._done:
            self._done.add(key)
            who = next((n for n, s in SUBJECTS.items() if s == principal.subject), "somebody")
            self._acted.append(Acted(spec.name, _by_meaning(arguments), who))
        return value

    def facts(self) -> Mapping[str, Fact]:
        """Return the customer's own values by name; only general ones for a guest."""
        facts: dict[str, Fact] = {"code": Fact("text", DEMO_CODE)}
        if self._subject is not None:
            facts |= _facts_of(self._lender.accounts[self._subject], self._clock)
        return facts

    def shown(self) -> Sequence[Any]:
        """Return what the lender has told this customer."""
        return tuple(self._shown)

    def acted(self) -> Sequence[Acted]:
        """Return what was done, for whomever."""
        return tuple(self._acted)

    def others(self) -> Mapping[str, Any]:
        """Return everybody else's accounts."""
        return {
            subject: asdict(account)
            for subject, account in self._lender.accounts.items()
            if subject != self._subject
        }

    def secrets(self) -> Sequence[str]:
        """Return the names, addresses and invoice numbers of everybody else."""
        found: list[str] = []
        for subject, account in self._lender.accounts.items():
            if subject != self._subject:
                street = account.address.split(",")[0]
                found += [account.name, account.email, street, account.subject]
                found += [invoice.number for invoice in account.invoices]
        return tuple(found)


def _by_meaning(arguments: Mapping[str, Json]) -> dict[str, Any]:
    """Put names of things where the lender's ids stand."""
    return {
        name: _named(value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


def _named(value: str) -> str:
    kind, _, rest = value.partition("-")
    number = rest.rpartition("-")[2]
    names = {"inv": _THINGS, "pur": _THINGS, "met": _METHODS}.get(kind, ())
    if not (rest and number.isdigit()):
        return value
    if kind == "pur" and int(number) > len(_THINGS):
        return _MERCHANT_ONLY
    return names[int(number) - 1] if 0 < int(number) <= len(names) else value


def _facts_of(account: Account, clock: Clock) -> dict[str, Fact]:
    today = clock.now().date()
    market = MARKETS[account.market]
    money = market.currency
    owing = [each for each in account.invoices if each.status(today) in {"open", "overdue"}]
    late = sum(each.left for each in owing if each.status(today) == "overdue")
    facts = {
        "name": Fact("text", account.name),
        "today": Fact("date", today.isoformat()),
        "email": Fact("text", account.email),
        "total": Fact("money", sum(each.left for each in owing), money),
        "overdue": Fact("money", late, money),
        "fee": Fact("money", market.extension_fee, money),
        "free": Fact("money", 0, money),
        "reminder_fee": Fact("money", market.reminder_fee, money),
        "split_from": Fact("money", market.split_from, money),
    }
    for name, invoice in zip(_THINGS, account.invoices, strict=True):
        facts |= {f"{name}.{key}": fact for key, fact in _of_invoice(invoice, money).items()}
    for name, refund in zip(_REFUNDS, account.refunds, strict=True):
        facts[f"refund.{name}"] = Fact("money", refund.amount, money)
        day = refund.paid_at or refund.expected_by
        if day is not None:
            facts[f"refund.{name}.day"] = Fact("date", day.isoformat())
    gadget = account.purchases[-1]
    facts["gadget.amount"] = Fact("money", gadget.amount, money)
    facts["gadget.at"] = Fact("date", gadget.at.isoformat())
    if account.decision is not None:
        facts["declined.amount"] = Fact("money", account.decision.amount, money)
    return facts


def _of_invoice(invoice: Invoice, currency: str) -> dict[str, Fact]:
    facts = {
        "left": Fact("money", max(0, invoice.left), currency),
        "amount": Fact("money", invoice.amount, currency),
        "due": Fact("date", invoice.due.isoformat()),
        "number": Fact("text", invoice.number),
        "merchant": Fact("text", invoice.merchant),
    }
    if invoice.instalments:
        facts["part"] = Fact("money", invoice.instalments[0].amount, currency)
    return facts
