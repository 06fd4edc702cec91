"""What a printed statement says, in the five languages of the agents' pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NAMES: Final = (
    *("title", "agent", "session", "from", "to", "booked", "basis", "guaranteed", "floor"),
    *("what", "how", "amount", "earning", "rounding", "adjustment", "top_up", "extra", "pay"),
    *("total", "invoice", "salary", "evidence", "check", "version"),
)

_TEXTS: Final = {
    "en": "Statement|Agent|Online session|From|To|Booked on|Amounts are|Guaranteed time|Floor|What|"
    "How it is computed|Amount|Work|Rounding|Correction|Top-up to the floor|Besides|"
    "Pay, held against the floor|Total|invoice amount excluding VAT|gross salary|Evidence|"
    "Anyone can recompute this from the recorded facts. Entry in the books: {key}|Version",
    "sv": "Lönebesked|Agent|Inloggat pass|Från|Till|Bokfört|Beloppen är|Garanterad tid|Golv|Vad|"
    "Så är det räknat|Belopp|Arbete|Avrundning|Rättelse|Påfyllnad till golvet|Utöver|"
    "Ersättning, mätt mot golvet|Summa|fakturabelopp exklusive moms|bruttolön|Underlag|"
    "Vem som helst kan räkna om detta ur de sparade uppgifterna. Verifikation: {key}|Version",
    "de": "Abrechnung|Agent|Online-Zeit|Von|Bis|Gebucht am|Die Beträge sind|Garantierte Zeit|"
    "Untergrenze|Was|So ist es gerechnet|Betrag|Arbeit|Rundung|Korrektur|"
    "Aufstockung zur Untergrenze|Daneben|Vergütung, gemessen an der Untergrenze|Summe|"
    "Rechnungsbetrag ohne Umsatzsteuer|Bruttolohn|Beleg|"
    "Jeder kann das aus den gespeicherten Fakten nachrechnen. Buchung: {key}|Fassung",
    "it": "Rendiconto|Agente|Sessione online|Da|A|Registrato il|Gli importi sono|"
    "Tempo garantito|Minimo|Cosa|Come è calcolato|Importo|Lavoro|Arrotondamento|Correzione|"
    "Integrazione al minimo|Inoltre|Compenso, confrontato con il minimo|Totale|"
    "importo della fattura senza IVA|retribuzione lorda|Prova|"
    "Chiunque può ricalcolarlo dai fatti registrati. Scrittura contabile: {key}|Versione",
    "es": "Liquidación|Agente|Sesión en línea|Desde|Hasta|Contabilizado el|Los importes son|"
    "Tiempo garantizado|Mínimo|Qué|Cómo se calcula|Importe|Trabajo|Redondeo|Corrección|"
    "Complemento hasta el mínimo|Además|Pago, comparado con el mínimo|Total|"
    "importe de factura sin IVA|salario bruto|Prueba|"
    "Cualquiera puede recalcularlo a partir de los hechos guardados. Asiento: {key}|Versión",
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        language: MappingProxyType(dict(zip(_NAMES, text.split("|"), strict=True)))
        for language, text in _TEXTS.items()
    }
)
