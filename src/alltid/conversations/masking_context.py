"""The words around a number that say what it is, in the five languages of the pages. Pure.

The nearest word before a number decides, else one shortly after it. A sentence's end, or
another number in between, ends what a word says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Context = Literal["reference", "phone", "account", "card", "identity", "birth"]

BEFORE: Final = 48
AFTER: Final = 28

# Stems; a word may go on after one that ends in "*".
_WORDS: Final[Mapping[Context, str]] = {
    "reference": """
        order* purchase* invoice* ocr reference* ref tracking* parcel* package* shipment* ticket*
        case* item* article* product* receipt* transaction* booking* voucher* refund* return*
        customer
        ordernum* orderref* beställning* faktura* fakturan* köp* referens* kolli* paket*
        försändelse* ärende* artikel* kvitto* transaktion* bokning* kundnummer* kundnr retur*
        bestell* rechnung* auftrag* sendung* verwendungszweck* vorgang* aktenzeichen* beleg*
        kundennummer* lieferung* bestellung* buchung* rückerstattung*
        ordine* ordini fattura* fatture spedizion* pacco pratica* ricevuta* transazione*
        articolo* riferimento* prenotazion* acquisto* rimborso*
        pedido* factura* envío* envio* seguimiento* paquete* referencia* recibo* transacción*
        artículo* compra* reserva* reembolso* expediente*
    """,
    "phone": """
        phone* telephone* tel mobile cell call* text sms whatsapp reach dial ring
        telefon* mobil* mobilnummer* tfn ring* nås
        handy* handynummer* ruf* anruf* erreichbar rückruf*
        cellulare* chiam* telefonare richiam*
        teléfono* telefono* móvil* movil* llam* llám*
    """,
    "account": """
        account* iban sort bank bankkonto* clearing* kontonummer* kontonr konto* kontot bic blz
        bankleitzahl conto corrente bancario cuenta bancaria ccc
    """,
    "card": """
        card* kort* kortnummer* karte* kartennummer* kreditkarte* carta carte tarjeta* visa
        mastercard maestro amex
    """,
    "identity": """
        ssn social nino insurance passport* licence license id-number
        personnummer* personnr pnr samordningsnummer* pass passnummer* körkort* legitimation*
        personalausweis* ausweis* steuer-id steueridentifikationsnummer* reisepass*
        sozialversicherungsnummer* führerschein*
        codice fiscale cf passaporto patente
        dni nie nif pasaporte carné
        fødselsnummer* personnummer cpr hetu pesel bsn nir
    """,
    "birth": """
        born birth birthday birthdate dob
        född* födelse* födelsedatum* födelsedag* fyller
        geboren geb geburt* geburtsdatum* geburtstag*
        nato nata nascita compleanno
        nacido nacida nacimiento nací cumpleaños
    """,
}

# What may be the number of anything: a phone's, unless a word further off says whose.
_ANY_NUMBER: Final = frozenset({"number", "nummer", "numret", "numero", "número"})
_SPLIT: Final = re.compile(r"[^\W\d_][\w'\u2019\-]*")
_END: Final = re.compile(r"[.!?;\n](?=\s|$)")
_OTHER_NUMBER: Final = re.compile(r"\d{4,}")


def _tables() -> tuple[dict[str, Context], tuple[tuple[str, Context], ...]]:
    whole: dict[str, Context] = {}
    stems: list[tuple[str, Context]] = []
    for context, words in _WORDS.items():
        for word in words.split():
            if word.endswith("*"):
                stems.append((word[:-1], context))
            else:
                whole[word] = context
    # The longest stem that fits says most: "kontonummer" before "konto".
    return whole, tuple(sorted(stems, key=lambda each: -len(each[0])))


_WHOLE, _STEMS = _tables()


def context_of(text: str, start: int, end: int) -> Context | None:
    """Say what the words around text[start:end] call it; `text` is in lower case."""
    before = text[max(0, start - BEFORE) : start]
    for ending in (_END, _OTHER_NUMBER):
        for found in ending.finditer(before):
            before = " " * found.end() + before[found.end() :]
    after = text[end : end + AFTER]
    stop = _END.search(after) or _OTHER_NUMBER.search(after)
    words = [
        *reversed(_SPLIT.findall(before)),
        *_SPLIT.findall(after[: stop.start()] if stop else after),
    ]
    said = next((meant for word in words if (meant := _said_by(word)) is not None), None)
    if said is None and not _ANY_NUMBER.isdisjoint(words):
        return "phone"
    return said


def _said_by(word: str) -> Context | None:
    if word in _WHOLE:
        return _WHOLE[word]
    return next((context for stem, context in _STEMS if word.startswith(stem)), None)
