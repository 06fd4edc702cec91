"""Which of PostgreSQL's dictionaries reduces a language's words to their stems."""

from __future__ import annotations

from typing import Final

# PostgreSQL's text search configurations, by language; any other is matched word by word.
_CONFIGS: Final = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish",
    "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "nb": "norwegian",
    "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def text_search_config(language: str) -> str:
    """Return the name of PostgreSQL's text search configuration for a language."""
    return _CONFIGS.get(language, "simple")


def has_dictionary(language: str) -> bool:
    """Tell whether a language is one of those with a dictionary of their own."""
    return language in _CONFIGS
