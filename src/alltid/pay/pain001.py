"""A payment order to the bank: ISO 20022 pain.001.001.09, checked against its schema.

The schema is the one that sepaxml ships. sepaxml writes orders too, but only to IBANs, only in
currencies with two decimals, and with the machine's clock and random names in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final
from xml.etree import ElementTree as ET

from alltid.kernel.money import decimals_of, written
from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import BankAccount, Iban, SwedishAccount

SCHEMA: Final = "pain.001.001.09"
PAYMENTS_MOST: Final = 100_000
_ID_MOST: Final = 35
_NAME_MOST: Final = 70
_TEXT_MOST: Final = 140
_ID: Final = re.compile(r"[A-Za-z0-9+?/\-:().,' ]{1,35}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, and from which account; the bank by its BIC where it wants it."""

    name: str
    account: Iban
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; `reference` comes back in the bank's answers and is unique in the order."""

    reference: str
    name: str
    account: BankAccount
    minor: int
    text: str


def payment_order(
    payer: Payer,
    payments: Sequence[Payment],
    *,
    message_id: str,
    currency: str,
    created_at: datetime,
    pay_on: date,
) -> bytes:
    """Write an order of payments in one currency as XML that is valid by its schema.

    Refused when there is nothing to pay, something that can't be paid, or a reference twice.
    """
    _check(payments, message_id, currency)
    total = written(sum(payment.minor for payment in payments), currency)
    root = ET.Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}")
    order = ET.SubElement(root, "CstmrCdtTrfInitn")
    head = _group(order, "GrpHdr", MsgId=message_id, CreDtTm=_moment(created_at))
    _fill(head, NbOfTxs=str(len(payments)), CtrlSum=total)
    _group(head, "InitgPty", Nm=_clean(payer.name, _NAME_MOST))
    part = _group(order, "PmtInf", PmtInfId=message_id, PmtMtd="TRF", BtchBookg="true")
    _fill(part, NbOfTxs=str(len(payments)), CtrlSum=total)
    sepa = currency == "EUR"
    _group(ET.SubElement(part, "PmtTpInf"), "SvcLvl", Cd="SEPA" if sepa else "NURG")
    _group(part, "ReqdExctnDt", Dt=pay_on.isoformat())
    _group(part, "Dbtr", Nm=_clean(payer.name, _NAME_MOST))
    _account(part, "DbtrAcct", payer.account)
    agent = ET.SubElement(ET.SubElement(part, "DbtrAgt"), "FinInstnId")
    if payer.bic:
        _fill(agent, BICFI=payer.bic)
    else:
        _group(agent, "Othr", Id="NOTPROVIDED")
    _fill(part, ChrgBr="SLEV" if sepa else "SHAR")
    for payment in payments:
        _transfer(part, payment, currency)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    validate(xml)
    return xml


def validate(xml: bytes) -> None:
    """Hold an order against its schema; Refused with the place that doesn't fit."""
    import xmlschema

    try:
        # Parsed here: as text, xmlschema might take it for the name of a file to fetch.
        _schema().validate(ET.fromstring(xml))  # noqa: S314  expat bounds entities by itself
    except (xmlschema.XMLSchemaValidationError, ET.ParseError) as error:
        reason = getattr(error, "reason", None) or str(error)
        path = getattr(error, "path", None) or "the document"
        raise Refused("bad_order", f"The payment order is not valid at {path}: {reason}") from error


@cache
def _schema() -> Any:
    import xmlschema

    text = files("sepaxml").joinpath("schemas", f"{SCHEMA}.xsd").read_text(encoding="utf-8")
    return xmlschema.XMLSchema(text)


def _check(payments: Sequence[Payment], message_id: str, currency: str) -> None:
    decimals_of(currency)
    if not 1 <= len(payments) <= PAYMENTS_MOST:
        raise Refused("bad_order", f"An order has 1 to {PAYMENTS_MOST} payments.")
    if not _ID.fullmatch(message_id):
        raise Refused("bad_order", f"A message id has 1 to {_ID_MOST} plain characters.")
    references = [payment.reference for payment in payments]
    if len(set(references)) != len(references):
        raise Refused("bad_order", "Two payments of this order carry the same reference.")
    for payment in payments:
        where = f"The payment {payment.reference[:_ID_MOST]!r}"
        if not _ID.fullmatch(payment.reference):
            raise Refused("bad_payment", f"{where} needs a reference of plain characters.")
        if payment.minor <= 0:
            raise Refused("bad_payment", f"{where} pays nothing.")
        if not _clean(payment.name, _NAME_MOST):
            raise Refused("bad_payment", f"{where} names nobody.")
        if isinstance(payment.account, SwedishAccount) and currency != "SEK":
            raise Refused("bad_payment", f"{where} needs an IBAN: it is in {currency}.")


def _transfer(part: ET.Element, payment: Payment, currency: str) -> None:
    transfer = ET.SubElement(part, "CdtTrfTxInf")
    _group(transfer, "PmtId", EndToEndId=payment.reference)
    amount = ET.SubElement(ET.SubElement(transfer, "Amt"), "InstdAmt", Ccy=currency)
    amount.text = written(payment.minor, currency)
    if isinstance(payment.account, SwedishAccount):
        agent = ET.SubElement(ET.SubElement(transfer, "CdtrAgt"), "FinInstnId")
        member = ET.SubElement(agent, "ClrSysMmbId")
        _group(member, "ClrSysId", Cd="SESBA")
        _fill(member, MmbId=payment.account.clearing)
    _group(transfer, "Cdtr", Nm=_clean(payment.name, _NAME_MOST))
    _account(transfer, "CdtrAcct", payment.account)
    if text := _clean(payment.text, _TEXT_MOST):
        _group(transfer, "RmtInf", Ustrd=text)


def _account(parent: ET.Element, name: str, account: BankAccount) -> None:
    identity = ET.SubElement(ET.SubElement(parent, name), "Id")
    if isinstance(account, Iban):
        _fill(identity, IBAN=account.number)
        return
    other = _group(identity, "Othr", Id=account.clearing + account.number)
    _group(other, "SchmeNm", Cd="BBAN")


def _group(parent: ET.Element, name: str, **texts: str) -> ET.Element:
    return _fill(ET.SubElement(parent, name), **texts)


def _fill(element: ET.Element, **texts: str) -> ET.Element:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text
    return element


def _clean(text: str, most: int) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()[:most].strip()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
