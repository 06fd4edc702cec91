"""What qualifies an agent for a skill, and how answers and a practice are marked. Pure.

Everything is plain and written by leads: questions with their right answers, and rules for each
of the applicant's replies (must mention, must not say, must ask, tone words, time). A rule looks
for words; it infers nothing about the person, and its explanation is shown with the verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

# By language code; English is always there and stands in for what is missing.
Words = Mapping[str, str]
Phrases = Mapping[str, tuple[str, ...]]
RuleKind = Literal["must_mention", "must_not_say", "must_ask", "tone", "time"]

QUESTIONS_MAX: Final = 30
TURNS_MAX: Final = 12
RULES_MAX: Final = 12
OPTIONS_MAX: Final = 8
PHRASES_MAX: Final = 40
WORDS_CHARACTERS_MAX: Final = 1000
ANSWER_CHARACTERS_MAX: Final = 200
REPLY_CHARACTERS_MAX: Final = 2000
PAID_MINUTES_MAX: Final = 240
REPLY_SECONDS_MAX: Final = 3600
_LEVEL_MAX: Final = 3
_PERCENT: Final = 100
_NAME_CHARACTERS_MAX: Final = 80
_FALLBACK: Final = "en"


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with options, of which all in `right` (numbers from 0) have to be chosen."""

    id: str
    text: Words
    options: tuple[Words, ...]
    right: tuple[int, ...]
    because: Words
    kind: Literal["choice"] = "choice"

    def __post_init__(self) -> None:
        """Refuse what can't be answered."""
        _check_words(self.text, self.because, *self.options)
        _check(1 < len(self.options) <= OPTIONS_MAX, f"A choice has 2 to {OPTIONS_MAX} options.")
        known = range(len(self.options))
        _check(
            bool(self.right) and all(each in known for each in self.right),
            "At least one of a question's options has to be right.",
        )


@dataclass(frozen=True, slots=True)
class ShortText:
    """A question that is answered in a word or two; any of the accepted answers is right."""

    id: str
    text: Words
    accepted: Phrases
    because: Words
    kind: Literal["text"] = "text"

    def __post_init__(self) -> None:
        """Refuse what can't be answered."""
        _check_words(self.text, self.because)
        _check_phrases(self.accepted)
        _check(any(self.accepted.values()), "A short answer needs an accepted answer.")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a reply is looked at for. `needed`: without it the practice isn't passed."""

    kind: RuleKind
    explain: Words
    phrases: Phrases = field(default_factory=dict)
    seconds: int = 0
    needed: bool = False

    def __post_init__(self) -> None:
        """Refuse a rule that can't be kept or broken."""
        _check_words(self.explain)
        _check_phrases(self.phrases)
        if self.kind == "time":
            fits = 0 < self.seconds <= REPLY_SECONDS_MAX
            _check(fits, f"A rule about time has 1 to {REPLY_SECONDS_MAX} seconds.")
        elif self.kind != "must_ask":  # any question will do, where no phrase is named
            _check(any(self.phrases.values()), "A rule about words needs a phrase to look for.")


@dataclass(frozen=True, slots=True)
class Turn:
    """What the scripted customer says, and the rules for the reply."""

    says: Words
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        """Keep within bounds."""
        _check_words(self.says)
        _check(0 < len(self.rules) <= RULES_MAX, f"A turn has 1 to {RULES_MAX} rules.")


@dataclass(frozen=True, slots=True)
class Qualification:
    """All that qualifies for one skill at one level, with what share of it is enough."""

    level: int
    paid_minutes_max: int
    introduction: Words
    questions: tuple[Choice | ShortText, ...]
    questions_percent: int
    customer: str
    scene: Words
    turns: tuple[Turn, ...]
    practice_percent: int

    def __post_init__(self) -> None:
        """Keep within bounds."""
        _check(1 <= self.level <= _LEVEL_MAX, "A level is 1, 2 or 3.")
        minutes = 1 <= self.paid_minutes_max <= PAID_MINUTES_MAX
        _check(minutes, f"Paid minutes are 1 to {PAID_MINUTES_MAX}.")
        for percent in (self.questions_percent, self.practice_percent):
            _check(1 <= percent <= _PERCENT, "What is enough is 1 to 100 percent.")
        _check(0 < len(self.questions) <= QUESTIONS_MAX, f"Ask 1 to {QUESTIONS_MAX} questions.")
        _check(0 < len(self.turns) <= TURNS_MAX, f"A practice has 1 to {TURNS_MAX} turns.")
        ids = {each.id for each in self.questions}
        _check(len(ids) == len(self.questions) and "" not in ids, "Each question has its own id.")
        _check(
            0 < len(self.customer) <= _NAME_CHARACTERS_MAX, "The practice's customer needs a name."
        )
        _check_words(self.introduction, self.scene)


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """Whether one question was answered rightly, and why what is right is right."""

    question: str
    right: bool
    because: str


@dataclass(frozen=True, slots=True)
class RuleMark:
    """Whether a reply kept one rule; `found` is the phrase that decided it."""

    kind: RuleKind
    kept: bool
    needed: bool
    explain: str
    found: str | None = None


def said(words: Words, language: str) -> str:
    """Return the words in the language, else in English, else in any."""
    return words.get(language) or words.get(_FALLBACK) or next(iter(words.values()))


def mark_answers(
    qualification: Qualification,
    answers: Mapping[str, Sequence[int] | str],
    language: str,
) -> list[AnswerMark]:
    """Mark each question; one without an answer is not right."""
    marks = []
    for question in qualification.questions:
        answer = answers.get(question.id)
        if question.kind == "choice":
            right = not isinstance(answer, str) and set(answer or ()) == set(question.right)
        else:
            accepted = {_plain(each) for some in question.accepted.values() for each in some}
            right = isinstance(answer, str) and _plain(answer) in accepted
        marks.append(AnswerMark(question.id, right, said(question.because, language)))
    return marks


def mark_reply(turn: Turn, reply: str, language: str, seconds: float) -> list[RuleMark]:
    """Mark a reply that came `seconds` after the customer spoke, by each rule of the turn."""
    plain = _plain(reply)
    asked = " | ".join(_plain(each) for each in _questions_in(reply))
    marks = []
    for rule in turn.rules:
        phrases = rule.phrases.get(language) or rule.phrases.get(_FALLBACK, ())
        found = None
        if rule.kind == "time":
            kept = seconds <= rule.seconds
        elif rule.kind == "must_ask":
            found = _found(phrases, asked)
            kept = found is not None if phrases else asked != ""
        else:
            found = _found(phrases, plain)
            kept = (found is None) == (rule.kind == "must_not_say")
        explain = said(rule.explain, language)
        marks.append(RuleMark(rule.kind, kept, rule.needed, explain, found))
    return marks


def questions_passed(qualification: Qualification, marks: Sequence[AnswerMark]) -> bool:
    """Tell whether enough questions were answered rightly."""
    right = sum(mark.right for mark in marks)
    return right * _PERCENT >= qualification.questions_percent * len(qualification.questions)


def practice_passed(qualification: Qualification, marks: Sequence[RuleMark]) -> bool:
    """Tell whether every needed rule was kept, and enough of all."""
    if any(mark.needed and not mark.kept for mark in marks):
        return False
    kept = sum(mark.kept for mark in marks)
    return kept * _PERCENT >= qualification.practice_percent * len(marks)


def _found(phrases: Sequence[str], plain: str) -> str | None:
    """Return the first phrase in the text: whole words, or beginnings of words before a star."""
    for phrase in phrases:
        stem = _plain(phrase.removesuffix("*"))
        end = "" if phrase.endswith("*") else r"(?!\w)"
        if stem and re.search(rf"(?<!\w){re.escape(stem)}{end}", plain):
            return phrase
    return None


def _questions_in(reply: str) -> list[str]:
    return [part for part in re.findall(r"[^.!?\n]*\?", reply) if _plain(part)]


def _plain(text: str) -> str:
    """Return lower case with single spaces, without what surrounds words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w%€$£.,'-]+", " ", folded).split()).strip(" .,'-")


def _check(fits: bool, sentence: str) -> None:  # noqa: FBT001  a claim and what to say without it
    if not fits:
        raise ValueError(sentence)


def _check_words(*each_words: Words) -> None:
    for words in each_words:
        _check(bool(words) and all(words.values()), "A text needs words in each language it names.")
        longest = max(map(len, words.values()))
        _check(longest <= WORDS_CHARACTERS_MAX, f"A text has {WORDS_CHARACTERS_MAX} characters.")


def _check_phrases(phrases: Phrases) -> None:
    for some in phrases.values():
        _check(len(some) <= PHRASES_MAX, f"A list has {PHRASES_MAX} phrases at most.")
        fits = all(_plain(each) and len(each) <= ANSWER_CHARACTERS_MAX for each in some)
        _check(fits, f"A phrase has words, and {ANSWER_CHARACTERS_MAX} characters at most.")
