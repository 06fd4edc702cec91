"""The guard: nothing goes out that evidence doesn't hold. Pure.

Whatever words a model made up, each sentence passes only when every figure in it stands in the
evidence, every claim of having acted stands in the record, every promise is a cited passage's,
every name and address is known, and nothing asks for secrets or gives them away. When in doubt
it refuses: a refused sentence costs a template in its place, a false one costs trust.

What it can't do: it knows that a figure is in the evidence, not that it is said of the right
thing; and it reads claims in five languages, so sentences in others are refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from alltid.assistant.model.guard_claims import (
    ASKS,
    CAN,
    CHANNELS,
    CONDITION,
    FIRST_PERSON,
    HARMLESS,
    HUMAN,
    LEAKS,
    LEAVES,
    NO_HUMAN,
    NOT_BEFORE,
    PASSIVE_AFTER,
    PASSIVE_BEFORE,
    POSSIBLE_AFTER,
    POSSIBLE_BEFORE,
    PRESENT,
    PROMISE,
    SECRET_ASKED,
    Family,
    families_in,
)
from alltid.assistant.model.guard_evidence import (
    NEGATIONS,
    Evidence,
    read_evidence,
    stems_of,
)
from alltid.assistant.model.guard_figures import figures_of
from alltid.assistant.model.guard_words import FUNCTION_WORDS, fold
from alltid.assistant.model.sentences import sentences_of, without_markup

__all__ = ["Evidence", "Guard", "GuardVerdict", "check"]

AGREEMENT_LEAST: Final = 0.7
# Of the words that mean something, so many stand in one sentence of a passage.
SUPPORT_LEAST: Final = 0.7
SENTENCE_CHARACTERS_MAX: Final = 600
TEXT_CHARACTERS_MAX: Final = 16_000
# Fewer words agree with something by chance.
_STEMS_LEAST: Final = 3
_SECRET_WORDS: Final = 8
_READABLE_LEAST: Final = 0.2
_FEW_WORDS: Final = 3
# A stop that ends no sentence ends a clause: what is denied before it isn't denied after it.
_CLAUSE: Final = re.compile(
    r"[,;:()\u2013\u2014]| - |[.!?]\s+|\b(?:but|however|aber|men|ma|pero)\b"
)
_CITATION: Final = re.compile(r"\[\d{1,3}\]")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What may go out: clean sentences in order, and those refused, each with its reason."""

    passed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether there was something to say and nothing was refused."""
        return bool(self.passed) and not self.refused

    @property
    def text(self) -> str:
        """The sentences that passed, as one text."""
        return " ".join(self.passed)


def check(text: str, evidence: Evidence) -> GuardVerdict:
    """Judge a text sentence by sentence; see `Guard` for a text that comes bit by bit."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return GuardVerdict((), ((text[:SENTENCE_CHARACTERS_MAX], "too_long"),))
    guard = Guard(evidence)
    for sentence in sentences_of(text):
        guard.judge(sentence)
    return guard.verdict()


class Guard:
    """Judges one answer's sentences as they come, each on its own and after those before it."""

    def __init__(self, evidence: Evidence) -> None:
        """Read the evidence once."""
        self._evidence = evidence
        self._held = read_evidence(evidence)
        self._names = tuple((name, fold(name)) for name in sorted(evidence.known_names))
        self._secrets = tuple(_shingles(secret) for secret in evidence.secrets)
        self._passed: list[str] = []
        self._refused: list[tuple[str, str]] = []

    def judge(self, sentence: str) -> str | None:
        """Return the sentence as it may go out, or None when it is refused."""
        shown = without_markup(sentence)
        if not shown:
            return None
        reason = self.reason_against(shown)
        if reason is None and self._passed and self._joins_badly(shown):
            reason = "figure:across_sentences"
        if reason is not None:
            self._refused.append((sentence, reason))
            return None
        self._passed.append(shown)
        return shown

    def verdict(self) -> GuardVerdict:
        """Return what has been judged so far."""
        return GuardVerdict(tuple(self._passed), tuple(self._refused))

    def reason_against(self, sentence: str) -> str | None:
        """Return why a sentence without markup may not go out, or None."""
        if len(sentence) > SENTENCE_CHARACTERS_MAX:
            return "too_long"
        bare = _CITATION.sub("", sentence)
        folded = fold(bare)
        return (
            self._against_letters(bare)
            or self._against_leaks(folded)
            or self._against_figures(bare)
            or self._against_names(folded)
            or self._against_requests(folded)
            or self._against_claims(folded)
            or self._against_promises(folded)
            or self._against_language(folded)
            or self._against_own_words(folded)
        )

    # ------------------------------------------------------------ each kind of doubt

    def _against_letters(self, sentence: str) -> str | None:
        for letter in sentence:
            kind = unicodedata.category(letter)
            if kind in {"So", "Sk", "Nl", "Co", "Cn", "Cs"} and letter not in "©®°™":
                return "symbol"
            if kind.startswith("L") and not unicodedata.name(letter, "").startswith(_LATIN):
                return "script"
        return None

    def _against_leaks(self, folded: str) -> str | None:
        if LEAKS.search(folded):
            return "leak"
        words = set(_WORDS.findall(folded)) | set(folded.split())
        if any(handle in words or handle in folded for handle in self._held.handles if handle):
            return "leak"
        said = _shingles(folded)
        return "leak" if any(said & secret for secret in self._secrets) else None

    def _against_figures(self, sentence: str) -> str | None:
        for figure in figures_of(sentence):
            if not self._held.holds(figure):
                return f"figure:{figure.kind}"
        return None

    def _against_names(self, folded: str) -> str | None:
        for name, bare in self._names:
            said = re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", folded)
            if said and bare not in self._held.text:
                return f"name:{name}"
        for found in CHANNELS.finditer(folded):
            if found[0] not in self._held.text:
                return "channel"
        return None

    def _against_requests(self, folded: str) -> str | None:
        if HUMAN.search(folded):
            return "human"
        if NO_HUMAN.search(folded):
            return "no_human"
        if LEAVES.search(folded) and not self._agrees(folded):
            return "channel"
        if SECRET_ASKED.search(folded) and not self._agrees(folded):
            return "secret"
        return None

    def _against_claims(self, folded: str) -> str | None:
        if PRESENT.search(folded) and not self._agrees(folded) and not self._held.done:
            return "claim:present"
        asked = folded.rstrip().endswith("?") and ASKS.search(folded) is not None
        for clause in _CLAUSE.split(folded):
            for family, found in families_in(clause):
                if not self._claim_holds(family, clause, found, folded, asked=asked):
                    return f"claim:{family.name}"
        return None

    def _claim_holds(
        self, family: Family, clause: str, found: re.Match[str], folded: str, *, asked: bool
    ) -> bool:
        before, after = clause[: found.start()], clause[found.end() :]
        if NOT_BEFORE.search(before) and "not only" not in before:
            return True
        if POSSIBLE_BEFORE.search(before) or (POSSIBLE_AFTER.search(after) and CAN.search(before)):
            return CAN.search(before) is not None or self._agrees(folded)
        if self._was_done(family):
            return True
        passive = PASSIVE_BEFORE.search(before) or PASSIVE_AFTER.search(after)
        if FIRST_PERSON.search(clause) and not passive:
            return False
        if asked or CONDITION.search(clause):
            return True
        return self._is_so(family, folded) or self._agrees(folded)

    def _was_done(self, family: Family) -> bool:
        done = self._held.done
        return bool(done & family.acts) or (
            not family.acts and bool(done - {"hand_over", "hand", "over"})
        )

    def _is_so(self, family: Family, folded: str) -> bool:
        """Whether tools show it: of all that they show, or of the one thing that is named."""
        able = [thing for thing in self._held.things if thing.names]
        so = [thing for thing in able if thing.states & family.states]
        if not so or not family.states:
            return False
        named = [thing for thing in able if any(_says(folded, name) for name in thing.names)]
        return all(thing in so for thing in (named or able))

    def _against_promises(self, folded: str) -> str | None:
        rest = HARMLESS.sub(" ", folded)
        asked = folded.rstrip().endswith("?") and ASKS.search(folded) is not None
        if PROMISE.search(rest) is None or asked or self._agrees(folded):
            return None
        return "promise"

    def _against_language(self, folded: str) -> str | None:
        words = _WORDS.findall(folded)
        if len(words) < _FEW_WORDS:
            return None
        known = sum(word in FUNCTION_WORDS or word in self._held.words for word in words)
        return None if known / len(words) > _READABLE_LEAST else "language"

    def _against_own_words(self, folded: str) -> str | None:
        """What is worded from passages says nothing that no passage says: lies need no figure."""
        if not self._evidence.from_passages:
            return None
        stems = _content(folded)
        least = SUPPORT_LEAST * len(stems)
        odd = len(NEGATIONS.findall(folded)) % 2
        for each in self._held.sentences:
            if len(stems & each.stems) >= least and odd == each.negations % 2:
                return None
        return "unsupported"

    # ------------------------------------------------------------ agreement

    def _agrees(self, folded: str) -> bool:
        """Whether a sentence says what one sentence of a passage says, as far as words tell."""
        stems = stems_of(folded)
        negations = len(NEGATIONS.findall(folded))
        return any(
            len(stems & each.stems) >= AGREEMENT_LEAST * len(stems)
            and (negations % 2 == each.negations % 2)
            for each in self._held.sentences
            if len(stems) >= _STEMS_LEAST
        )

    def _joins_badly(self, sentence: str) -> bool:
        """Whether a figure comes about only where this sentence meets the one before."""
        both = f"{_CITATION.sub('', self._passed[-1])} {_CITATION.sub('', sentence)}"
        return self._against_figures(both) is not None


_LATIN: Final = ("LATIN", "MODIFIER", "FEMININE", "MASCULINE", "MICRO")


def _content(folded: str) -> frozenset[str]:
    """Return the beginnings of the words that mean something by themselves."""
    words = (word for word in _WORDS.findall(folded) if word not in FUNCTION_WORDS)
    return stems_of(" ".join(words))


def _says(folded: str, name: str) -> bool:
    return len(name) >= _FEW_WORDS and name in folded


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(fold(text))
    return frozenset(
        tuple(words[at : at + _SECRET_WORDS]) for at in range(len(words) - _SECRET_WORDS + 1)
    )
