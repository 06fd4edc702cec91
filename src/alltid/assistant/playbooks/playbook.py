"""The format of a playbook: a company's procedure as data, as YAML writes it.

The JSON Schema of these models (`playbook.schema.json`) is what an editor completes by. What no
schema can say (that a name exists, that an expression compiles, that no wording is missing) is
checked by `reading`. A `Wording` is one text a language; an `Expression` is CEL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

NAME: Final = r"^[a-z][a-z0-9_]{0,39}$"
TEXT_CHARACTERS_MAX: Final = 2_000
STEPS_MAX: Final = 100
SLOTS_MAX: Final = 20
LINES_MAX: Final = 10
OPTIONS_MAX: Final = 20
TRIGGERS_MAX: Final = 200

Name = Annotated[str, StringConstraints(pattern=NAME)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_CHARACTERS_MAX)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Wording = Annotated[dict[Language, Text], Field(min_length=1, max_length=40)]
# A text by its name under `texts`, or the wording itself.
Words = Name | Wording
# A template that is the same in every language, or the wording.
Shown = Text | Wording
# A bound: a whole number, or an expression.
Bound = Annotated[int, Field(ge=-(2**53), le=2**53)] | Expression
Arguments = Annotated[dict[Name, Expression], Field(max_length=20)]


class Strict(BaseModel):
    """What has no fields but these, and doesn't change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class HandOffTo(Strict):
    """Over to a person: why, with which skill (the playbook's own when left out)."""

    because: Name
    skill: Name | None = None
    say: Words | None = None


class Outcome(Strict):
    """What happens at a fork: said first, then at most one of `go`, `hand_off` and `end`.

    `go` names a label further down. `clear` empties slots, and they are asked again.
    """

    say: Words | None = None
    offer_person: bool = False
    clear: Annotated[tuple[Name, ...], Field(max_length=SLOTS_MAX)] = ()
    go: Name | None = None
    hand_off: HandOffTo | None = None
    end: Literal[True] | None = None


class Branch(Outcome):
    """An outcome that holds when its expression is true."""

    when: Expression


# The name of a text is short for an outcome that says it.
Then = Name | Outcome
Failures = Annotated[dict[Name, Then], Field(max_length=20)]


class Require(Strict):
    """What must be true for the company to do it."""

    require: Expression
    otherwise: Then


class PersonWhen(Strict):
    """What a person has to decide."""

    person_when: Expression
    because: Name = "limit"
    skill: Name | None = None
    say: Words | None = None


def _kind_of_rule(rule: Any) -> str | None:
    return _first_key(rule, ("require", "person_when"))


Rule = Annotated[
    Annotated[Require, Tag("require")] | Annotated[PersonWhen, Tag("person_when")],
    Discriminator(_kind_of_rule),
]


class Confirmation(Strict):
    """The card that asks: every line is a label and a value, and nothing else is agreed to."""

    title: Words
    lines: Annotated[
        tuple[tuple[Words, Shown], ...],
        Field(max_length=LINES_MAX, description="Pairs of a label and a value."),
    ] = ()
    yes: Words
    no: Words


class ReadStep(Strict):
    """Ask a read tool. `failed` says what to do by the tool's code; `any` is every other."""

    read: Name
    arguments: Arguments = Field(default={}, alias="with")
    keep: Name = Field(alias="as")
    failed: Failures = {}


class DecideStep(Strict):
    """The first branch that is true is taken; with none, the next step follows."""

    decide: Annotated[tuple[Branch, ...], Field(min_length=1, max_length=20)]


class AskStep(Strict):
    """Ask for a slot unless it is filled. A single object is taken unless `always` is true."""

    ask: Name
    always: bool = False


class RulesStep(Strict):
    """Limits of the company: checked here, and again just before an action is done."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=20)]


class ConfirmStep(Strict):
    """Ask for the customer's yes to exactly this action, and do it once it is there."""

    confirm: Name
    arguments: Arguments = Field(default={}, alias="with")
    card: Confirmation
    declined: Then
    keep: Name = Field(default="done", alias="as")
    failed: Failures = {}


class SayStep(Strict):
    """Say something; with `offer_person` a person is offered beside it."""

    say: Words
    offer_person: bool = False


class HandOffStep(Strict):
    """Hand over to a person; nothing follows."""

    hand_off: HandOffTo


class LabelStep(Strict):
    """A place that `go` names."""

    label: Name


class GoStep(Strict):
    """Go on at a label further down."""

    go: Name


def _kind_of_step(step: Any) -> str | None:
    if isinstance(step, str):
        return "end"
    return _first_key(step, _STEPS)


def _first_key(value: Any, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        if key in value if isinstance(value, Mapping) else hasattr(value, key):
            return key
    return None


_STEPS: Final = ("read", "decide", "ask", "rules", "confirm", "label", "say", "hand_off", "go")

Step = Annotated[
    Annotated[ReadStep, Tag("read")]
    | Annotated[DecideStep, Tag("decide")]
    | Annotated[AskStep, Tag("ask")]
    | Annotated[RulesStep, Tag("rules")]
    | Annotated[ConfirmStep, Tag("confirm")]
    | Annotated[LabelStep, Tag("label")]
    | Annotated[SayStep, Tag("say")]
    | Annotated[HandOffStep, Tag("hand_off")]
    | Annotated[GoStep, Tag("go")]
    | Annotated[Literal["end"], Tag("end")],
    Discriminator(_kind_of_step),
]


class _Slot(Strict):
    ask: Words
    invalid: Words | None = None


class TextSlot(_Slot):
    """The customer's own words; lengths in characters."""

    type: Literal["text"]
    shortest: Annotated[int, Field(ge=1, le=500)] = 1
    longest: Annotated[int, Field(ge=1, le=2_000)] = 500


class IntegerSlot(_Slot):
    """A whole number, both bounds included."""

    type: Literal["integer"]
    least: Bound | None = Field(default=None, alias="from")
    most: Bound | None = Field(default=None, alias="to")


class MoneySlot(_Slot):
    """An amount in minor units of `currency`, both bounds included."""

    type: Literal["money"]
    currency: Expression
    least: Bound | None = Field(default=None, alias="from")
    most: Bound | None = Field(default=None, alias="to")


class DateSlot(_Slot):
    """A day, as YYYY-MM-DD; the bounds are expressions of the same."""

    type: Literal["date"]
    least: Expression | None = Field(default=None, alias="from")
    most: Expression | None = Field(default=None, alias="to")


class ChoiceSlot(_Slot):
    """One of these, shown as buttons; its value is the option's name.

    `also` are other words that customers have for an option, by language.
    """

    type: Literal["choice"]
    options: Annotated[dict[Name, Words], Field(min_length=2, max_length=OPTIONS_MAX)]
    also: dict[Name, dict[Language, list[Text]]] = Field(default_factory=dict)


class PlainSlot(_Slot):
    """What has a form that everybody knows: yes or no, and addresses of three kinds."""

    type: Literal["boolean", "email", "phone", "iban"]


class ObjectSlot(_Slot):
    """One of a list of objects (several with `objects`), kept as the objects' handles.

    `of` is an expression for the list. `label` shows one, as `item`; its words are also what
    the customer's words are compared with.
    """

    type: Literal["object", "objects"]
    of: Expression
    label: Shown
    key: Name = "handle"


Slot = Annotated[
    TextSlot | IntegerSlot | MoneySlot | DateSlot | ChoiceSlot | PlainSlot | ObjectSlot,
    Field(discriminator="type"),
]


class Playbook(Strict):
    """A procedure of the company."""

    model_config = ConfigDict(title="Playbook of Alltid")

    playbook: Name
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    title: Wording
    access: Literal["signed_in", "anyone"] = "signed_in"
    skill: Name | None = None
    money: bool = False
    after: Literal["always_person"] | None = None
    because: Name = Field(
        default="playbook", description="Why a person takes over afterwards (with `after`)."
    )
    triggers: Annotated[
        dict[Language, Annotated[tuple[Text, ...], Field(min_length=1, max_length=TRIGGERS_MAX)]],
        Field(min_length=1, max_length=40),
    ]
    slots: Annotated[dict[Name, Slot], Field(max_length=SLOTS_MAX)] = {}
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=STEPS_MAX)]
    texts: Annotated[dict[Name, Wording], Field(max_length=100)] = {}


def json_schema() -> dict[str, Any]:
    """Return the format as a JSON Schema (2020-12), for editors."""
    schema = Playbook.model_json_schema(by_alias=True)
    _close(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _close(schema: Any) -> None:
    """Refuse keys that match none of the patterns, as the models do."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)
