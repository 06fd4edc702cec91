"""The lender's tools: names, what they take, whether they change anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from alltid.assistant.tools.tool import ACT_SECONDS, READ_SECONDS, Effect, ToolSpec
from alltid.examples.lender.api.arguments import (
    Arguments,
    Damage,
    Dispute,
    Extension,
    NewAddress,
    NewEmail,
    Nothing,
    OneInvoice,
    Payment,
    SentCode,
    Split,
    WhichInvoices,
)

INVOICE: Final = MappingProxyType({"invoice": "invoice"})
ID_OF_INVOICE: Final = MappingProxyType({"id": "invoice"})


@dataclass(frozen=True, slots=True)
class LenderTool:
    """A tool of the lender, and where its HTTP API has it."""

    name: str
    effect: Effect
    path: str
    arguments: type[Arguments]
    description: str
    handles: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """GET for what only reads, POST for what changes something."""
        return "GET" if self.effect == "read" else "POST"

    @property
    def spec(self) -> ToolSpec:
        """The tool as Alltid knows it."""
        return ToolSpec(
            self.name,
            self.description,
            self.effect,
            schema_of(self.arguments),
            READ_SECONDS if self.effect == "read" else ACT_SECONDS,
            self.handles,
        )


def schema_of(arguments: type[Arguments]) -> dict[str, Any]:
    """Return the JSON Schema of arguments, without the titles that pydantic adds."""
    schema = arguments.model_json_schema()
    properties = {
        name: {key: value for key, value in each.items() if key != "title"}
        for name, each in schema.get("properties", {}).items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(schema.get("required", [])),
        "additionalProperties": False,
    }


TOOLS: Final = (
    LenderTool(
        "list_invoices", "read", "/invoices", WhichInvoices,
        "The customer's invoices with what is left to pay, when, and in which state they are.",
        ID_OF_INVOICE,
    ),
    LenderTool(
        "account_summary", "read", "/account", Nothing,
        "What the customer owes in all, what is due next, and masked contact details.",
    ),
    LenderTool(
        "quote_extension", "read", "/invoices/extension-quote", Extension,
        "Whether an invoice's due date may move by so many days, to when and for which fee.",
        INVOICE,
    ),
    LenderTool(
        "quote_split", "read", "/invoices/split-quote", Split,
        "Whether an invoice may be paid in parts, and which parts they would be.",
        INVOICE,
    ),
    LenderTool(
        "list_payment_methods", "read", "/payment-methods", Nothing,
        "The cards and accounts with which the customer may pay.",
        MappingProxyType({"id": "payment_method"}),
    ),
    LenderTool(
        "list_returns", "read", "/returns", Nothing,
        "Returns that were reported, and how far they are.",
        MappingProxyType({"id": "return", "invoice": "invoice"}),
    ),
    LenderTool(
        "list_refunds", "read", "/refunds", Nothing,
        "Refunds: which wait for the shop, which are approved, which are paid out and when.",
        MappingProxyType({"id": "refund"}),
    ),
    LenderTool(
        "list_purchases", "read", "/purchases", Nothing,
        "The customer's latest purchases, also those not invoiced yet.",
        MappingProxyType({"id": "purchase", "invoice": "invoice"}),
    ),
    LenderTool(
        "last_decision", "read", "/decisions/latest", Nothing,
        "The latest decision on a purchase that was applied for, with its main reasons.",
    ),
    LenderTool(
        "pay_invoice", "act", "/payments", Payment,
        "Pay what is left of an invoice with one of the customer's payment methods.",
        MappingProxyType({"invoice": "invoice", "method": "payment_method"}),
    ),
    LenderTool(
        "extend_due_date", "act", "/extensions", Extension,
        "Move the due date of an invoice; a fee is added to it where the rules say so.",
        INVOICE,
    ),
    LenderTool(
        "split_invoice", "act", "/splits", Split,
        "Have an invoice paid in equal monthly parts.",
        INVOICE,
    ),
    LenderTool(
        "report_return", "act", "/returns", OneInvoice,
        "Report that the goods go back; the invoice pauses until the shop has them.",
        MappingProxyType({"invoice": "invoice", "return": "return"}),
    ),
    LenderTool(
        "dispute_purchase", "act", "/disputes", Dispute,
        "Say that a purchase isn't the customer's: it is frozen and looked into within days.",
        MappingProxyType({"purchase": "purchase"}),
    ),
    LenderTool(
        "report_damaged", "act", "/complaints", Damage,
        "Report goods that came damaged, wrong or not at all; the invoice pauses.",
        INVOICE,
    ),
    LenderTool(
        "request_email_change", "act", "/account/email-change", NewEmail,
        "Begin to change the account's e-mail address; a code goes to the present one.",
    ),
    LenderTool(
        "confirm_email_change", "act", "/account/email-change/confirmation", SentCode,
        "Finish the change of e-mail address with the code.",
    ),
    LenderTool(
        "request_address_change", "act", "/account/address-change", NewAddress,
        "Begin to change the account's postal address; a code goes to the e-mail address.",
    ),
    LenderTool(
        "confirm_address_change", "act", "/account/address-change/confirmation", SentCode,
        "Finish the change of postal address with the code.",
    ),
    LenderTool(
        "waive_reminder_fee", "act", "/reminder-fee-waivers", OneInvoice,
        "Take the reminder fee off an invoice, which is possible once a year.",
        INVOICE,
    ),
    LenderTool(
        "request_account_closure", "act", "/account/closure", Nothing,
        "Close the account, which is possible when nothing is open.",
    ),
    LenderTool(
        "request_data_export", "act", "/account/data-export", Nothing,
        "Ask for a copy of all data that the lender holds of the customer.",
    ),
    LenderTool(
        "request_human_review", "act", "/decisions/latest/review", Nothing,
        "Have a person look at the latest declined purchase again.",
    ),
)  # fmt: skip

BY_NAME: Final[Mapping[str, LenderTool]] = MappingProxyType({tool.name: tool for tool in TOOLS})
SPECS: Final[tuple[ToolSpec, ...]] = tuple(tool.spec for tool in TOOLS)
