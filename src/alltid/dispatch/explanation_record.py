"""Explanations as they are stored: compact bytes that tell everything again (P9). Pure.

The facts are JSON, the verdicts and scores raw numbers, all of it deflated: a round of 300
customers and 300 agents takes some tens of kilobytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import numpy as np

from alltid.dispatch.candidates import AvailableAgent, Verdict, WaitingCustomer
from alltid.dispatch.explanation import Explanations, Proposal, Round
from alltid.dispatch.policy import Policy

FORMAT: Final = 1
_LEVEL: Final = 1
_HEAD_BYTES: Final = 4
# Whoever stores more than this has something else in hand than a round.
UNPACKED_BYTES_LIMIT: Final = 256 * 1024 * 1024


class Written:
    """What was written of agents in earlier rounds: most of them haven't changed since."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: dict[str, tuple[AvailableAgent, str]] = {}

    def agents(self, agents: Sequence[AvailableAgent]) -> str:
        """Return agents as a JSON array, written anew only for those who aren't the same."""
        texts, known = [], self._texts
        for agent in agents:
            found = known.get(agent.agent_id)
            if found is None or found[0] is not agent:
                found = agent, _text(_plain(agent))
                known[agent.agent_id] = found
            texts.append(found[1])
        return f"[{','.join(texts)}]"

    def forget_others(self, rounds: Sequence[Round]) -> None:
        """Keep only what these rounds looked at."""
        there = {agent.agent_id for part in rounds for agent in part.agents}
        if len(self._texts) > 2 * len(there):
            self._texts = {key: each for key, each in self._texts.items() if key in there}


def pack(explanations: Explanations, written: Written | None = None) -> bytes:
    """Write a round's explanations; `written` spares writing again what hasn't changed."""
    written = written or Written()
    rounds = [
        f'{{"rows":{_text([_plain(row) for row in part.rows])},'
        f'"agents":{written.agents(part.agents)}}}'
        for part in explanations.rounds
    ]
    written.forget_others(explanations.rounds)
    head = {
        "format": FORMAT,
        "policy": explanations.policy.content(),
        "policy_id": explanations.policy.id,
        "at": explanations.at.isoformat(),
        "later": explanations.later,
        "offers": [_plain(offer) for offer in explanations.offers],
    }
    text = f'{_text(head)[:-1]},"rounds":[{",".join(rounds)}]}}'.encode()
    arrays = b"".join(
        part.verdicts.tobytes() + part.scores.tobytes() + part.fairness.tobytes()
        for part in explanations.rounds
    )
    return zlib.compress(len(text).to_bytes(_HEAD_BYTES, "big") + text + arrays, _LEVEL)


def unpack(record: bytes) -> Explanations:
    """Read what `pack` wrote.

    Raises:
        ValueError: it is not such a record, or its policy is not the one that it names.
    """
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(record, UNPACKED_BYTES_LIMIT)
    except zlib.error as error:
        raise ValueError("This is no record of a round of matching.") from error
    end = _HEAD_BYTES + int.from_bytes(raw[:_HEAD_BYTES], "big")
    head = json.loads(raw[_HEAD_BYTES:end])
    policy = Policy.from_content(head["policy"])
    if head["format"] != FORMAT or policy.id != head["policy_id"]:
        raise ValueError("This record was written by other rules than it names.")
    rounds = []
    for part in head["rounds"]:
        rows = tuple(_customer(row) for row in part["rows"])
        agents = tuple(_agent(agent) for agent in part["agents"])
        shape, size = (len(rows), len(agents)), len(rows) * len(agents)
        verdicts = np.frombuffer(raw, np.uint8, size, end).reshape(shape)
        scores = np.frombuffer(raw, np.int32, size, end + size).reshape(shape)
        fairness = np.frombuffer(raw, np.float64, len(agents), end + 5 * size)
        end += 5 * size + 8 * len(agents)
        rounds.append(Round(rows, agents, verdicts, scores, fairness))
    return Explanations(
        policy,
        datetime.fromisoformat(head["at"]),
        tuple(rounds),
        tuple(_offer(offer) for offer in head["offers"]),
        tuple(head["later"]),
    )


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _plain(each: WaitingCustomer | AvailableAgent | Proposal) -> dict[str, Any]:
    """Turn into JSON values, leaving out what says nothing."""
    values = ((field.name, getattr(each, field.name)) for field in fields(each))
    return {name: _json(value) for name, value in values if value or value == 0}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _json(each) for key, each in value.items()}
    return value


def _customer(data: dict[str, Any]) -> WaitingCustomer:
    declined = data.get("declined", {}).items()
    handed_over = data.get("handed_over")
    return WaitingCustomer(
        **data
        | {
            "asked_at": datetime.fromisoformat(data["asked_at"]),
            "handed_over": handed_over and datetime.fromisoformat(handed_over),
            "declined": {key: datetime.fromisoformat(each) for key, each in declined},
            "offered_to": tuple(data.get("offered_to", ())),
        }
    )


def _agent(data: dict[str, Any]) -> AvailableAgent:
    sets = {name: frozenset(data.get(name, ())) for name in ("languages", "quiet_topics")}
    return AvailableAgent(**data | sets)


def _offer(data: dict[str, Any]) -> Proposal:
    verdict = Verdict(data["verdict"])
    return Proposal(
        **data | {"verdict": verdict, "expires_at": datetime.fromisoformat(data["expires_at"])}
    )
