"""What a suite of conversations is: scripted and simulated customers, and what should happen.

The expectations say what is right for the customer, never what the program happens to do: a
miss stays a miss in the report and in the baseline until the assistant is better.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LINES_MAX: Final = 30
CONVERSATIONS_MAX: Final = 2_000
TEXT_MAX: Final = 4_000

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Short = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]
Plain = str | int | bool
Outcome = Literal["resolved", "person", "either"]
DISTRESS: Final = frozenset(
    {"bereavement", "debt", "illness", "self_harm", "coercion", "distress", "threat", "fraud"}
)


class Strict(BaseModel):
    """A part of a suite: an unknown key is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Done(Strict):
    """An action that should be in the company's books at the end, with these arguments.

    `with` names them by meaning (an invoice by its number), and others may be there beside.
    """

    tool: Name
    with_: dict[str, Plain] = Field(default_factory=dict, alias="with")

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return {"tool": value} if isinstance(value, str) else value


class Expect(Strict):
    """What should be so after one turn; what isn't named is not looked at."""

    playbook: Name | None = Field(None, description="The open or just ended procedure.")
    slots: dict[str, Plain] = Field(
        default_factory=dict, description="Values that the assistant has taken down by now."
    )
    asks: Name | None = Field(None, description="The slot that it asks for now.")
    says: tuple[Words, ...] = Field(
        (),
        description="Facts in its answer, by value: `$K1.left` is the world's own figure, "
        "`124.50 EUR`, `2026-12-01`, `14`, or words; alternatives between ` | `.",
    )
    says_not: tuple[Words, ...] = Field((), description="As `says`: none of them is there.")
    card: Literal["confirm", "choose", "none"] | None = None
    card_shows: tuple[Words, ...] = Field((), description="As `says`, on the card.")
    language: Language | Literal["any"] | None = Field(
        None, description="Of the answer; the conversation's when left out."
    )
    source: tuple[Name, ...] = Field((), description="One of these articles is cited.")
    person: bool | None = Field(None, description="The customer waits for a person now.")
    offers_person: bool | None = Field(None, description="A button to a person stands below.")
    acted: bool | None = Field(None, description="Something was done in this very turn.")

    @field_validator("says", "says_not", "card_shows", "source", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Line(Strict):
    """One turn of a scripted customer: words, or a press on the card that is open."""

    say: Annotated[str, Field(max_length=TEXT_MAX)] | None = None
    tap: str | bool | None = Field(
        None, description="`yes`, `no`, a choice's id, its label, or a part of its label."
    )
    wants_person: bool = Field(
        default=False, description="The wish for a human: it must be honoured at once."
    )
    agrees: bool = Field(default=False, description="An unambiguous yes in words to the open card.")
    later_days: int = Field(0, ge=0, le=30, description="So many days have gone by before.")
    expect: Expect = Expect()

    @model_validator(mode="before")
    @classmethod
    def _words_alone(cls, value: Any) -> Any:
        return {"say": value} if isinstance(value, str) else value

    @field_validator("tap", mode="before")
    @classmethod
    def _yes(cls, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.say is None) == (self.tap is None):
            raise ValueError("a turn is either `say` or `tap`")
        return self


class Simulated(Strict):
    """A customer with a goal, who answers what is asked; the same for the same seed."""

    goal: Short = Field(description="For the reader: what the customer wants.")
    opening: Words
    facts: dict[str, Plain] = Field(
        default_factory=dict, description="What the customer says when asked for a slot."
    )
    rephrased: tuple[Words, ...] = Field(
        (), description="Other ways to say it, when the assistant didn't understand."
    )
    agrees: bool = Field(default=True, description="Presses yes on a confirmation, else no.")
    patience: int = Field(8, ge=1, le=LINES_MAX, description="Turns before giving up.")
    typos: float = Field(0.0, ge=0.0, le=0.5, description="Share of letters mistyped.")
    mixed: dict[Words, Words] = Field(
        default_factory=dict, description="Words that are said in another language."
    )
    seed: int = 0


class Ending(Strict):
    """What should be so when the conversation is over."""

    outcome: Outcome = "resolved"
    playbook: Name | None = Field(None, description="Was begun at some time.")
    done: tuple[Done, ...] = Field((), description="Exactly these actions, in any order.")
    may_do: tuple[Name, ...] = Field((), description="Actions that are right as well.")
    because: tuple[Name, ...] = Field((), description="One of these reasons of the handoff.")
    skill: Name | None = Field(None, description="The skill that was asked for.")
    packet: dict[str, Plain] = Field(
        default_factory=dict, description="What the agent is told, so that nobody asks again."
    )
    says: tuple[Words, ...] = Field((), description="Somewhere in its answers; as in a turn.")
    says_not: tuple[Words, ...] = ()
    turns_max: int = Field(LINES_MAX, ge=1, le=LINES_MAX)

    @field_validator("says", "says_not", "because", "done", "may_do", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str | dict) else value


class Conversation(Strict):
    """One customer's conversation, and how it should go."""

    id: Name
    about: Short | None = Field(None, description="For the reader of the report.")
    tags: tuple[Name, ...] = ()
    customer: Name = "guest"
    language: Language | None = Field(None, description="The file's, when left out.")
    page: Language | None = Field(
        None, description="The language of the page it is written from; `language` when left out."
    )
    lines: tuple[Line, ...] = Field((), max_length=LINES_MAX)
    simulated: Simulated | None = None
    expect: Ending = Ending()

    @model_validator(mode="after")
    def _somebody_speaks(self) -> Self:
        if bool(self.lines) == (self.simulated is not None):
            raise ValueError("a conversation has either `lines` or a `simulated` customer")
        return self

    @property
    def matters(self) -> bool:
        """Whether a missed handoff harms somebody, and isn't merely unhelpful."""
        return self.expect.outcome == "person" and bool(DISTRESS & set(self.expect.because))


class SuiteFile(Strict):
    """A file of a suite."""

    language: Language
    conversations: tuple[Conversation, ...] = Field(max_length=CONVERSATIONS_MAX)


def suite_schema() -> dict[str, Any]:
    """Return the JSON Schema of a suite's file, for editors."""
    schema = SuiteFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    definitions = schema["$defs"]
    # What the validators take beside: a turn that is only words, an action without arguments.
    for name in ("Line", "Done"):
        whole = definitions[name]
        definitions[name] = {"anyOf": [{"type": "string"}, whole]}
    for name, keys in (
        ("Expect", ("says", "says_not", "card_shows", "source")),
        ("Ending", ("says", "says_not", "because", "done", "may_do")),
    ):
        for key in keys:
            many = definitions[name]["properties"][key]
            definitions[name]["properties"][key] = {"anyOf": [many["items"], many]} | {
                told: many[told] for told in ("description", "default") if told in many
            }
    return schema
