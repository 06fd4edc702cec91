"""The few words of the example's pages that are not articles."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "own_name": "English", "nothing": "There is no such page",
        "skip": "Skip to the content", "menu": "Shop", "goods": "Goods",
        "help": "Help with payments", "help_of": "Help from {company}", "languages": "Languages",
        "footer": "Norrhem and Klarsund are made up. This is an example that comes with Alltid.",
    },
    "sv": {
        "own_name": "Svenska", "nothing": "Sidan finns inte",
        "skip": "Hoppa till innehållet", "menu": "Butiken",
        "goods": "Varor", "help": "Hjälp med betalningar", "help_of": "Hjälp från {company}",
        "languages": "Språk",
        "footer": "Norrhem och Klarsund är påhittade. Ett exempel som följer med Alltid.",
    },
    "de": {
        "own_name": "Deutsch", "nothing": "Diese Seite gibt es nicht",
        "skip": "Zum Inhalt springen", "menu": "Shop", "goods": "Waren",
        "help": "Hilfe zu Zahlungen", "help_of": "Hilfe von {company}", "languages": "Sprachen",
        "footer": "Norrhem und Klarsund sind erfunden. Ein Beispiel, das zu Alltid gehört.",
    },
    "it": {
        "own_name": "Italiano", "nothing": "Questa pagina non c'è",
        "skip": "Vai al contenuto", "menu": "Negozio",
        "goods": "Prodotti", "help": "Aiuto con i pagamenti", "help_of": "Aiuto di {company}",
        "languages": "Lingue",
        "footer": "Norrhem e Klarsund sono inventati. Questo è un esempio fornito con Alltid.",
    },
    "es": {
        "own_name": "Español", "nothing": "Esta página no existe",
        "skip": "Ir al contenido", "menu": "Tienda",
        "goods": "Productos", "help": "Ayuda con los pagos", "help_of": "Ayuda de {company}",
        "languages": "Idiomas",
        "footer": "Norrhem y Klarsund son inventados. Es un ejemplo que viene con Alltid.",
    },
}  # fmt: skip

LANGUAGES: Final = tuple(WORDS)
