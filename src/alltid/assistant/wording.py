"""The assistant's own words, one file a language in `wording/`, and the small talk it knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from alltid.assistant.vocabulary import fold

FALLBACK: Final = "en"
_WORD: Final = re.compile(r"[^\W_]+")
# Longer than the longest thing that can be small talk and nothing else.
_CHARACTERS_MAX: Final = 80
_WORDS_AROUND_MAX: Final = 6


class SmallTalk(StrEnum):
    """What a message can be that asks nothing of the help articles."""

    GREETING = "greeting"
    THANKS = "thanks"
    BYE = "bye"
    ABOUT_ME = "about_me"


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences by name, and what customers say that needs no article."""

    language: str
    sentences: Mapping[str, str]
    heard: Mapping[str, SmallTalk]

    def say(self, name: str, company: str, **values: str) -> str:
        """Return a sentence with the company's name, and what else it names, in it."""
        text = self.sentences[name].replace("{company}", company)
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        return text


def wording(language: str | None) -> Wording:
    """Return a language's wording (`sv`, or `sv-SE`), English for one that there is none for."""
    short = (language or FALLBACK).partition("-")[0].lower()
    return wordings().get(short) or wordings()[FALLBACK]


@cache
def wordings() -> Mapping[str, Wording]:
    """Read all wordings, once."""
    folder = files("alltid.assistant") / "wording"
    found = {}
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            language = file.name.removesuffix(".toml")
            found[language] = _read(language, tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def small_talk(text: str, language: str) -> tuple[SmallTalk, str] | None:
    """Tell small talk and its language: the one given if its people say so, else any other's.

    Only a whole message counts: "hello" is a greeting, "hello, where is my refund" is not.
    Asking who answers counts with a few words around it ("hi, are you a robot or what").
    """
    if len(text) > _CHARACTERS_MAX:
        return None
    said = _plain(text)
    others = sorted(other for other in wordings() if other != language)
    for each in (language, *others):
        if each in wordings():
            kind = _heard(said, wordings()[each])
            if kind is not None:
                return kind, each
    return None


def _heard(said: str, of: Wording) -> SmallTalk | None:
    kind = of.heard.get(said)
    if kind is not None:
        return kind
    for phrase, meant in of.heard.items():
        if meant is SmallTalk.ABOUT_ME and f" {phrase} " in f" {said} ":
            around = len(said.split()) - len(phrase.split())
            return meant if around <= _WORDS_AROUND_MAX else None
    return None


def _read(language: str, data: Mapping[str, object]) -> Wording:
    heard_by_kind = data["heard"]
    assert isinstance(heard_by_kind, dict)  # noqa: S101  our own files
    heard = {
        _plain(phrase): SmallTalk(kind)
        for kind, phrases in heard_by_kind.items()
        for phrase in phrases
    }
    sentences = {name: text for name, text in data.items() if isinstance(text, str)}
    return Wording(language, sentences, heard)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))
