"""Keeps the shared desk tidy between stories, as an agent's page would: nobody waits any more."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import psycopg
from websockets.sync.client import ClientConnection, connect

from tests.support.server import Server

Frame = dict[str, Any]
_AGENTS: Final = ("agent", "second_agent")
_SECONDS: Final = 30.0
_UNPAID: Final = """
    SELECT count(*) FROM online_sessions o
    WHERE o.ended_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM pay_statements s WHERE s.session_id = o.id)
"""


def tidy(server: Server) -> None:
    """Finish every conversation that waits or is with an agent, and send all agents home."""
    for who in _AGENTS:
        with _agent(server, who) as socket:
            mine = [card["conversation"] for card in _until(socket, "welcome")["conversations"]]
            online = _until(socket, "session")["online"]
            for conversation in mine:
                _step(socket, "resolve", conversation)
            if online:
                _go_offline(socket)
            if who == _AGENTS[-1]:
                _say(socket, {"type": "go_online", "languages": []})
                for row in _until(socket, "queue")["waiting"]:
                    _step(socket, "take", row["conversation"])
                    _step(socket, "resolve", row["conversation"])
                _go_offline(socket)


def all_paid(server: Server) -> None:
    """Wait until each session that has ended has its statement, which is made just after."""
    deadline = time.monotonic() + _SECONDS
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        while connection.execute(_UNPAID).fetchone() != (0,):
            assert time.monotonic() < deadline, "a session has ended and got no statement"
            time.sleep(0.05)


def _go_offline(socket: ClientConnection) -> None:
    _say(socket, {"type": "go_offline", "hand_back": True})
    while _until(socket, "session")["online"]:
        pass


@contextmanager
def _agent(server: Server, who: str) -> Iterator[ClientConnection]:
    origin = {"Origin": server.http}
    url = f"{server.http}/api/sign-in/demo"
    answer = httpx.post(url, json={"who": who}, headers=origin, timeout=_SECONDS)
    answer.raise_for_status()
    cookie = answer.headers["set-cookie"].split(";")[0]
    headers = {**origin, "Cookie": cookie}
    address = f"{server.ws}/api/agent/socket"
    with connect(address, additional_headers=headers, proxy=None, open_timeout=_SECONDS) as socket:
        _say(socket, {"type": "hello", "watching": {}})
        yield socket


def _step(socket: ClientConnection, kind: str, conversation: str) -> None:
    client_id = str(uuid.uuid4())
    frame = {"type": kind, "client_id": client_id, "conversation": conversation}
    if kind == "resolve":
        frame |= {"reason": "other", "note": ""}
    _say(socket, frame)
    while True:
        answer = json.loads(socket.recv(_SECONDS))
        if answer["type"] == "ack" and answer["client_id"] == client_id:
            return
        assert answer["type"] != "error", answer


def _say(socket: ClientConnection, frame: Frame) -> None:
    socket.send(json.dumps(frame))


def _until(socket: ClientConnection, kind: str) -> Frame:
    while True:
        frame: Frame = json.loads(socket.recv(_SECONDS))
        if frame["type"] == kind:
            return frame
