"""What a notification says, in the agent's language: never a name or a word of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alltid.kernel.money import Money

LANGUAGES: Final = ("en", "sv", "de", "it", "es")

_OFFER: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("A conversation for you", "About {minutes} minutes, {pay}. Open to see it."),
    "sv": ("Ett samtal till dig", "Ungefär {minutes} minuter, {pay}. Öppna för att se det."),
    "de": ("Ein Gespräch für Sie", "Etwa {minutes} Minuten, {pay}. Öffnen, um es zu sehen."),
    "it": ("Una conversazione per te", "Circa {minutes} minuti, {pay}. Apri per vederla."),
    "es": ("Una conversación para ti", "Unos {minutes} minutos, {pay}. Ábrela para verla."),
}
_CALL_IN: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("Customers are waiting", "Go online if it suits you. Leaving this costs nothing."),
    "sv": ("Kunder väntar", "Gå online om det passar dig. Att låta bli kostar ingenting."),
    "de": ("Kunden warten", "Gehen Sie online, wenn es passt. Wenn nicht, kostet das nichts."),
    "it": ("Ci sono clienti in attesa", "Vai online se ti va bene. Ignorarlo non costa nulla."),
    "es": ("Hay clientes esperando", "Conéctate si te viene bien. No hacerlo no cuesta nada."),
}


def offer_words(
    language: str, expected_minutes: int, pay_minor: int, currency: str
) -> tuple[str, str]:
    """Return title and body for an offer."""
    title, body = _OFFER.get(language, _OFFER["en"])
    pay = str(Money(pay_minor, currency))
    return title, body.format(minutes=expected_minutes, pay=pay)


def call_in_words(language: str) -> tuple[str, str]:
    """Return title and body for a call-in."""
    return _CALL_IN.get(language, _CALL_IN["en"])
