"""The demo's customers' lives at the lender, dated from the day they are put in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from alltid.examples.lender.api.account import (
    Account,
    Decision,
    Invoice,
    PaymentMethod,
    Purchase,
    Refund,
    Return,
)
from alltid.examples.lender.api.rules import MARKETS, quote_split

# Who of the demo's customers lives where, with which name, e-mail and address; the ids are
# those by which the shop knows them.
PEOPLE: Final[Mapping[str, tuple[str, str, str, str]]] = MappingProxyType(
    {
        "norrhem-1001": ("Elin Berg", "SE", "elin.berg@example.com", "Storgatan 4, 903 26 Umeå SE"),
        "norrhem-1002": (
            "Lukas Brandt", "DE", "lukas.brandt@example.de", "Lindenweg 12, 04109 Leipzig DE",
        ),
        "norrhem-1003": (
            "Giulia Conti", "IT", "giulia.conti@example.it", "Via Roma 8, 40121 Bologna IT",
        ),
        "norrhem-1004": (
            "Sofía Navarro", "ES", "sofia.navarro@example.es", "Calle Mayor 21, 46001 Valencia ES",
        ),
        "norrhem-1005": (
            "Emma Hughes", "GB", "emma.hughes@example.co.uk", "5 Mill Lane, BS1 4DJ Bristol GB",
        ),
    }
)  # fmt: skip
# Prices are made up in Swedish öre and come out as round sums of the other currencies.
_PER_SEK: Final = MappingProxyType({"SEK": 100, "EUR": 9, "GBP": 8})


class Life:
    """What is counted from a day: dates before and after it, and amounts in the currency."""

    def __init__(self, subject: str, today: date) -> None:
        self.subject = subject
        self.today = today
        self.name, self.market, self.email, self.address = PEOPLE[subject]
        self.rules = MARKETS[self.market]
        self._number = int(subject.rpartition("-")[2])

    def ago(self, days: int) -> date:
        """The day so many days before the seeding day; negative for days to come."""
        return self.today - timedelta(days=days)

    def money(self, kronor: int) -> int:
        """Minor units of the market's currency that cost about so many kronor."""
        minor = kronor * _PER_SEK[self.rules.currency]
        return minor if self.rules.currency == "SEK" else minor // 10 * 10 + 5

    def id(self, kind: str, number: int) -> str:
        """The lender's own id of an object."""
        return f"{kind}-{self._number}-{number:02}"

    def invoice(
        self, number: int, merchant: str, kronor: int, due_in: int, items: tuple[str, ...]
    ) -> Invoice:
        """An unpaid invoice, ordered a month before it is due."""
        return Invoice(
            id=self.id("inv", number),
            number=f"{self._number % 100:02}{4100 + number * 7}",
            merchant=merchant,
            amount=self.money(kronor),
            due=self.ago(-due_in),
            ordered_at=self.ago(-due_in + 30),
            items=items,
        )

    def purchase(self, number: int, invoice: Invoice) -> Purchase:
        """The purchase that led to an invoice."""
        return Purchase(
            self.id("pur", number), invoice.merchant, invoice.amount, invoice.ordered_at,
            "disputed" if invoice.disputed else "completed", invoice.id,
        )  # fmt: skip


def seed_account(subject: str, today: date) -> Account:
    """Return a demo customer's account as it is on the day of seeding. Raises KeyError."""
    life = Life(subject, today)
    invoices = _invoices(life)
    unknown = Purchase(
        life.id("pur", 90), "Gadgetino Online", life.money(2_990), life.ago(3), "pending"
    )
    purchases = tuple(life.purchase(n, each) for n, each in enumerate(invoices, start=1))
    account = Account(
        subject=subject,
        name=life.name,
        market=life.market,
        email=life.email,
        address=life.address,
        invoices=invoices,
        purchases=(*purchases, unknown),
        returns=_returns(life, invoices),
        refunds=_refunds(life),
        methods=_methods(life),
        decision=Decision(
            life.ago(6), "declined", ("recent_overdue", "amount_above_limit"),
            "Solvik Elektronik", life.money(11_900),
        ),
        seeded_at=today,
    )  # fmt: skip
    # Lukas had a reminder fee taken off in spring: the rule says once a year.
    return _waived(account, life) if subject == "norrhem-1002" else account


def _waived(account: Account, life: Life) -> Account:
    return replace(account, waived_at=life.ago(140))


def _invoices(life: Life) -> tuple[Invoice, ...]:
    opened = life.invoice(1, "Norrhem", 1_249, 9, ("Bokhylla Fjäll", "Lampa Tindra"))
    overdue = replace(
        life.invoice(2, "Skoboden", 899, -6, ("Winter boots",)),
        reminder_fee=life.rules.reminder_fee,
    )
    moved = replace(life.invoice(3, "Norrhem", 459, 4, ("Filt Varm",)), extensions_used=2, fees=0)
    paid = life.invoice(4, "Bokhandeln Runa", 329, -40, ("Cookbook", "Two novels"))
    paid = replace(paid, paid=paid.amount, paid_at=life.ago(42))
    returning = replace(
        life.invoice(5, "Klädhuset", 1_590, 12, ("Rain jacket", "Wool jumper")), paused="return"
    )
    disputed = replace(life.invoice(6, "Mobilfix", 649, 2, ("Phone repair",)), disputed=True)
    big = life.invoice(7, "Solvik Elektronik", 4_800, 20, ("Headphones", "Keyboard"))
    parts = quote_split(_nobody(life), big, 3, life.today).instalments
    return (opened, overdue, moved, paid, returning, disputed, replace(big, instalments=parts))


def _nobody(life: Life) -> Account:
    return Account(life.subject, life.name, life.market, life.email, life.address)


def _returns(life: Life, invoices: tuple[Invoice, ...]) -> tuple[Return, ...]:
    returning, paid = invoices[4], invoices[3]
    return (
        Return(life.id("ret", 1), returning.id, returning.merchant, "reported", life.ago(4)),
        Return(life.id("ret", 2), paid.id, paid.merchant, "settled", life.ago(30), life.ago(24)),
    )


def _refunds(life: Life) -> tuple[Refund, ...]:
    card = "Visa •• 4412"
    return (
        Refund(
            life.id("ref", 1), "Klädhuset", life.money(790), "waiting_for_shop",
            life.ago(-10), None, card,
        ),
        Refund(
            life.id("ref", 2), "Norrhem", life.money(249), "approved", life.ago(-3), None, card,
        ),
        Refund(
            life.id("ref", 3), "Bokhandeln Runa", life.money(129), "paid_out",
            None, life.ago(20), card,
        ),
    )  # fmt: skip


def _methods(life: Life) -> tuple[PaymentMethod, ...]:
    return (
        PaymentMethod(life.id("met", 1), "card", "Visa •• 4412"),
        PaymentMethod(life.id("met", 2), "bank_account", "Bank •• 0871"),
        PaymentMethod(life.id("met", 3), "card", "Mastercard •• 0119", works=False),
    )
