"""What each of the lender's tools takes. No tool takes who the customer is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

InvoiceId = Annotated[
    str, Field(min_length=1, max_length=400, description="the invoice, as list_invoices names it")
]
MethodId = Annotated[
    str,
    Field(min_length=1, max_length=400, description="as list_payment_methods names it"),
]
PurchaseId = Annotated[
    str, Field(min_length=1, max_length=400, description="the purchase, as list_purchases names it")
]
Days = Annotated[int, Field(ge=1, le=30, description="by how many days the due date moves")]
Parts = Annotated[int, Field(ge=2, le=4, description="in how many monthly parts")]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="the six digits that were sent")]


class Arguments(BaseModel):
    """Arguments of a tool: nothing but what is named, and no other type than is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Arguments):
    """No arguments."""


class WhichInvoices(Arguments):
    """Which invoices to list."""

    status: Literal["open", "paid", "all"] = Field(
        default="all", description="open: all that is not paid yet"
    )


class Extension(Arguments):
    """An invoice and the days by which its due date moves."""

    invoice: InvoiceId
    days: Days


class Split(Arguments):
    """An invoice and the number of its parts."""

    invoice: InvoiceId
    parts: Parts


class Payment(Arguments):
    """An invoice and the payment method that pays it."""

    invoice: InvoiceId
    method: MethodId


class OneInvoice(Arguments):
    """An invoice."""

    invoice: InvoiceId


class Dispute(Arguments):
    """A purchase that the customer says isn't theirs."""

    purchase: PurchaseId
    reason: Literal["not_mine", "double", "cancelled", "wrong_amount"]


class Damage(Arguments):
    """Goods that came damaged, wrong or not at all."""

    invoice: InvoiceId
    reason: Literal["damaged", "missing", "wrong_item", "not_as_described"]
    description: str = Field(min_length=1, max_length=1000, description="in the customer's words")


class NewEmail(Arguments):
    """The e-mail address that the account shall have from now on."""

    email: str = Field(
        min_length=5,
        max_length=254,
        pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$",
        description="the new address; the account is the signed-in customer's own",
    )


class NewAddress(Arguments):
    """The postal address that the account shall have from now on."""

    street: str = Field(min_length=2, max_length=120)
    postal_code: str = Field(min_length=3, max_length=12)
    city: str = Field(min_length=1, max_length=80)
    country: str = Field(pattern=r"^[A-Z]{2}$", description="two letters, such as SE")


class SentCode(Arguments):
    """The code that was sent to confirm a change."""

    code: Code
