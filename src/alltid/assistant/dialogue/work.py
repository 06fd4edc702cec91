"""What a turn has in its hands while it is under way, and how that becomes an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from alltid.assistant.answerer import Question
from alltid.assistant.dialogue.commands import Because, DialogueCommand
from alltid.assistant.dialogue.handoff_policy import MISSES_MOST, Situation, Verdict
from alltid.assistant.dialogue.state import Tried, TurnState
from alltid.assistant.dialogue.turn_store import TurnGround
from alltid.assistant.dialogue.understander import OpenQuestion, Option
from alltid.assistant.tools.tool import Executor, Json, Reads
from alltid.assistant.understanding import wish_for_human
from alltid.assistant.understanding.answers import read_reply
from alltid.assistant.wording import small_talk, wording
from alltid.conversations.events import Card, Choice, Chosen, Source
from alltid.conversations.store import Said

TEXT_CHARACTERS_MAX: Final = 4_000
SOURCES_MOST: Final = 5
ELSE: Final = "else"

# Whose words a piece is: the assistant's own sentences, a procedure's, an article's, a model's.
Voice = Literal["own", "procedure", "article", "written"]


@dataclass(frozen=True, slots=True)
class Message:
    """What the customer wrote or pressed, as one thing to answer; `version` is its first's."""

    version: int
    text: str
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What one customer's turn may read with, and who acts, given what is checked before."""

    reads: Reads
    executor: Callable[[Any], Executor]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the answer; `values` are what a procedure's words show, with their sources."""

    text: str
    voice: Voice
    values: tuple[Any, ...] = ()


@dataclass(slots=True)
class Work:
    """One turn under way. `now` is in the company's zone; `deadline` counts steady seconds.

    `agreed` is set by the customer's yes to the open card and taken back by anything else;
    `asks` tells that the last piece is the procedure's own question; `raised` are the counters
    that went up in this turn.
    """

    question: Question
    ground: TurnGround
    state: TurnState
    dialogue: Any
    language: str
    company: str
    now: datetime
    deadline: float
    tools: Tools | None = None
    pieces: list[Piece] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    card: Card | None = None
    which: tuple[Option, ...] = ()
    offers: bool = False
    asks: bool = False
    agreed: bool = False
    acted: list[str] = field(default_factory=list)
    action_unknown: bool = False
    rule: tuple[Because, str | None] | None = None
    unsure_about_money: bool = False
    problem: str | None = None
    raised: set[str] = field(default_factory=set)
    verdict: Verdict | None = None
    rounds: int = 0
    results: list[Json] = field(default_factory=list)
    trace: dict[str, list[Any]] = field(default_factory=dict)

    def own(self, name: str, **values: str) -> None:
        """Say one of the assistant's own sentences."""
        self.pieces.append(Piece(wording(self.language).say(name, self.company, **values), "own"))
        self.asks = False

    def note(self, kind: str, **what: Any) -> None:
        """Write something into the turn's record."""
        self.trace.setdefault(kind, []).append(what)

    def count(self, counter: str) -> None:
        """Count something that went wrong with the problem in hand."""
        self.state = self.state.counted(**{counter: 1})
        self.raised.add(counter)

    def missed_for_good(self) -> None:
        """Take note that the open question was misunderstood as often as it may be."""
        missed = max(self.state.counters.misses, MISSES_MOST)
        self.state = replace(self.state, counters=replace(self.state.counters, misses=missed))
        self.raised.add("misses")
        self.asks = True

    def went_well(self) -> None:
        """Forget misunderstandings: something was understood."""
        counters = replace(self.state.counters, misses=0, unanswered=0)
        self.state = replace(self.state, counters=counters)

    def begin_problem(self, problem: str) -> None:
        """Take note of the matter that this turn is about."""
        if self.problem != problem:
            self.state = self.state.with_problem(problem)
            self.problem = problem
            again = self.state.problems.get(problem, 0) > 1
            self.offers = self.offers or (again and not self.question.waiting_for_human)

    def tried(self, kind: str, name: str, outcome: str = "") -> None:
        """Take note of what was done, for whoever takes over."""
        self.state = self.state.with_tried(Tried(kind, name, outcome))

    def situation(self) -> Situation:
        """Return how it stands after what was done; old trouble counts only with new."""
        counters = self.state.counters
        times = self.state.problems.get(self.problem, 0) if self.problem else 0
        return Situation(
            rule=self.rule,
            same_problem=times - 1,
            misses=self._if_raised("misses", counters.misses),
            guard_refusals=self._if_raised("guard_refusals", counters.guard_refusals),
            model_failures=self._if_raised("model_failures", counters.model_failures),
            tool_failures=self._if_raised("tool_failures", counters.tool_failures),
            action_unknown=self.action_unknown,
            unanswered=self._if_raised("unanswered", counters.unanswered),
            waiting=self.question.waiting_for_human,
            offered=self.state.offered,
        )

    def _if_raised(self, counter: str, value: int) -> int:
        return value if counter in self.raised else 0


def messages_of(question: Question, *, asked: bool) -> list[Message]:
    """Group what the customer wrote: presses alone, texts in a row as one.

    A plain yes or no to what was `asked` stands alone too, so that thanks or another question
    that came a moment later change nothing about what it meant; words that take a yes back,
    or change what it is about, do: then there is no yes.
    """
    if not question.said:
        return [Message(question.version, question.text)]
    found: list[Message] = []
    joins = agreed = False
    for each in _not_heard_yet(question):
        if each.chosen is not None:
            found.append(Message(each.version, each.text, each.chosen))
            joins = agreed = False
        elif not each.text.strip():
            continue
        elif found and (joins or (agreed and not _leaves_it(each.text))):
            joined = f"{found[-1].text}\n{each.text}"[:TEXT_CHARACTERS_MAX]
            found[-1] = Message(found[-1].version, joined)
        else:
            found.append(Message(each.version, each.text))
            reply = read_reply(each.text)
            first = asked and len(found) == 1
            agreed = first and reply.yes
            joins = not (first and (reply.yes or reply.no))
    return found


def _leaves_it(text: str) -> bool:
    """Whether words after a yes leave it a yes: a question of its own, thanks, or yes again."""
    return "?" in text or read_reply(text).yes or small_talk(text, "en") is not None


def _not_heard_yet(question: Question) -> Sequence[Said]:
    """Leave out the wish for a human where it has been heard: who waits is in line for it."""
    if not question.waiting_for_human:
        return question.said
    rest = [each for each in question.said if each.chosen or not wish_for_human(each.text).wanted]
    return rest or question.said


def which_card(title: str, options: Sequence[Option], otherwise: str) -> Card:
    """Return the card that asks which procedure is meant."""
    choices = tuple(Choice(each.id, each.label) for each in options)
    return Card("choose", title, (*choices, Choice(ELSE, otherwise)))


def which_question(options: Sequence[Option]) -> OpenQuestion | None:
    """Return the assistant's own open question, if it has one."""
    return OpenQuestion("which", "", options=tuple(options)) if options else None


def command_json(command: DialogueCommand) -> dict[str, Any]:
    """Return a command as the record shows it."""
    return {"command": type(command).__name__, **asdict(command)}


def text_of(pieces: Sequence[Piece]) -> str:
    """Join the pieces of an answer, each said once."""
    texts = dict.fromkeys(piece.text.strip() for piece in pieces)
    return "\n\n".join(text for text in texts if text)[:TEXT_CHARACTERS_MAX]


def bounded_trace(trace: Mapping[str, Sequence[Any]], most: int = 40) -> dict[str, Any]:
    """Return the record with each of its lists bounded."""
    return {kind: list(rows)[:most] for kind, rows in trace.items()}
