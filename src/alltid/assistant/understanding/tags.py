"""The word classes of the lexicons: what a word can mean for the wish for a human.

Plain integers, not `enum.Flag`: they are combined for every word of every message, and Flag
arithmetic costs more than all the rest. Each name is also a section of the lexicon files.
"""

from typing import Final

PERSON: Final = 1 << 0
"""A human being, or a role that only a human has: person, agent, adviser, manager."""
SERVICE: Final = 1 << 1
"""The people behind a name: customer service, support, reception."""
SOMEONE: Final = 1 << 2
"""Somebody, anyone: human, but also "someone used my card"."""
REAL: Final = 1 << 3
"""Real, living, human, actual."""
TALK: Final = 1 << 4
"""To talk, chat, contact, in the forms a wish takes (infinitive, imperative)."""
TALKING: Final = 1 << 5
"""Forms of it that also describe: talking, conversation. Count only beside a wanting word."""
CONNECT: Final = 1 << 6
"""To connect, transfer, escalate: a wish together with a person."""
CONNECT_ME: Final = 1 << 7
"""A whole wish in itself: put me through, doorverbinden."""
CALLBACK: Final = 1 << 8
"""A whole wish to be called: call me back, bli uppringd."""
CALL_ME: Final = 1 << 9
"""A wish to be called unless a name follows: call me (Anna)."""
WANT: Final = 1 << 10
"""Want, need, give me: wishing words whose negation takes the wish back."""
CAN: Final = 1 << 11
"""Can I, may I, how do I, why can't I: wishing words whose negation keeps the wish."""
PLEASE: Final = 1 << 12
NOT: Final = 1 << 13
NO_NEED: Final = 1 << 14
"""A whole negation of need: no need, don't have to."""
NOBODY: Final = 1 << 15
"""Nobody, in languages that say "I need to talk to nobody"."""
BOT: Final = 1 << 16
ENOUGH: Final = 1 << 17
"""Tired of, done with, stop, useless: said about a bot it is a wish for a human."""
STUCK: Final = 1 << 18
"""The customer gives up on this conversation: we are going in circles."""
IDENTITY: Final = 1 << 19
"""Asks who is talking: are you, is this, am I talking to."""
REPORTED: Final = 1 << 20
"""What follows is somebody else's advice: he told me to."""
PAST: Final = 1 << 21
"""What follows has happened: I was able to, fick."""
BECOME: Final = 1 << 22
"""Jobs: become, work as, salary of."""
IS_THERE: Final = 1 << 23
ABOUT: Final = 1 << 24
"""Starts the topic, where a person is only a topic: talk about a person."""
AND: Final = 1 << 25
BUT: Final = 1 << 26
FILLER: Final = 1 << 27
"""Words that carry nothing here: articles, prepositions, now, here, hello."""
OTHER: Final = 1 << 28
"""Known words and phrases that only resemble the others: human error, another person."""
HER: Final = 1 << 29
"""Her, him, them: a person named before."""
AGAIN: Final = 1 << 30
WHO: Final = 1 << 31
"""Who, whom: with a talking word it asks whom one may call."""
ME: Final = 1 << 32
"""Me, us as objects: with a connecting word a whole wish."""
WITH: Final = 1 << 33
"""With, to, by: what ties a person to a verb that no lexicon knows."""
HANDLE: Final = 1 << 34
"""What one asks somebody to do with a case: look at, take over, decide."""
AID: Final = 1 << 35
"""Help, explain, answer: asked of anybody, so a wish only with a person."""
ALONE: Final = 1 << 36
"""A wish when nothing else is said: "connect", "weiterleiten"."""
NUMBER: Final = 1 << 37
"""Two, second, another, how many: the heads after it are counted, not asked for."""
BOOKING: Final = 1 << 38
"""Room, table, breakfast: the heads after it are guests."""
HEAD: Final = 1 << 39
"""Persons, people, adults: people that are counted in bookings."""
CALL: Final = 1 << 40
"""A call, an appointment by telephone: wished for or arranged."""
ARRANGE: Final = 1 << 41
EXPLAIN: Final = 1 << 42
"""To explain, go through, sort out: a wish when it is wanted together with a person."""
TALE: Final = 1 << 43
"""My brother, yesterday: what is told, unless something is wished for."""
VEXED: Final = 1 << 44
"""Frustrating, annoying: said to the assistant with nothing else that it could be about."""
REL: Final = 1 << 45
"""Who, that: goes on about a person ("someone who knows")."""
FROM: Final = 1 << 46
"""From: the service after it is a place ("call the room from reception")."""
AUXILIARY: Final = (
    WHO | ME | WITH | HANDLE | AID | ALONE | NUMBER | BOOKING | HEAD | CALL | ARRANGE | EXPLAIN
    | VEXED | REL | FROM
)  # fmt: skip
"""Classes that a word has beside the classes of the stem it begins with."""

PEOPLE: Final = PERSON | SERVICE | SOMEONE
WISHING: Final = WANT | CAN | PLEASE
LIGHT: Final = FILLER | REAL | PLEASE | AND | AGAIN | IS_THERE
"""What may stand between a wishing word and the person wished for."""
TRIGGERS: Final = (
    PEOPLE | NOBODY | HER | CONNECT | CONNECT_ME | CALLBACK | CALL_ME | CALL | ALONE | BOT | STUCK
    | WHO | VEXED
)  # fmt: skip
"""A message without any of these cannot be a wish."""

SECTIONS: Final[dict[str, int]] = {
    name.lower(): value
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, int) and value & (value - 1) == 0
}
"""Section names of lexicon files, each with its class."""
SECTIONS["anyone_there"] = IS_THERE | SOMEONE
SECTIONS["plain"] = 0
# Plain words mean nothing here; being known, they are not taken for misspelt others.
