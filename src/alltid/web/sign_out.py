"""What ends with a sign-in: its sockets at once, and with the last of them being online.

Other processes notice within a minute, when their sockets ask whether they are still signed in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from alltid.agents.sign_in_sessions import EndedSignIn
from alltid.web.agent_offers import sign_out
from alltid.web.services import Services


class _Socket(Protocol):
    @property
    def sign_in(self) -> str: ...

    def end(self) -> None: ...


def sign_out_everywhere(services: Services) -> Callable[[EndedSignIn], Awaitable[None]]:
    """Make what is called with each sign-in that has just ended."""

    async def ended(sign_in: EndedSignIn) -> None:
        sockets: tuple[_Socket, ...] = services.hub.sessions_of(sign_in.agent_id)
        theirs = [socket for socket in sockets if socket.sign_in == sign_in.session]
        for socket in theirs:
            socket.end()
        # Who is still at another device stays online; nobody else is shown as being here.
        if len(theirs) == len(sockets):
            await sign_out(services, sign_in.agent_id)
            services.queue.touch()

    return ended
