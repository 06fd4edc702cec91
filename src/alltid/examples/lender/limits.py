"""How much the assistant may move for one customer of the example lender, and what moves it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from alltid.assistant.tools.actions import ActionLimits, Amount
from alltid.assistant.tools.tool import Reads, ToolCall, ToolFailed

# Above it a person helps: 20,000 kr, 2,000 euros, 1,800 pounds within 24 hours.
LENDER_LIMITS: Final = ActionLimits(
    a_conversation=20,
    a_day=40,
    money_a_day=MappingProxyType({"SEK": 2_000_000, "EUR": 200_000, "GBP": 180_000}),
)


async def amount_of(call: ToolCall, reads: Reads) -> Amount | ToolFailed | None:
    """Say what a payment moves: what is left of its invoice. Nothing else moves money."""
    if call.tool != "pay_invoice":
        return None
    found = await reads.read(ToolCall("list_invoices"))
    if isinstance(found, ToolFailed):
        return found
    for invoice in found.value if isinstance(found.value, list) else []:
        if isinstance(invoice, dict) and invoice["handle"] == call.arguments["invoice"]:
            return Amount(invoice["left"], invoice["currency"])
    return None  # the lender will say that there is no such invoice
