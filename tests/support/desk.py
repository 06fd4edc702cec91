"""A whole desk in a thread of its own: real parts, a real server, a real port."""

from __future__ import annotations

import asyncio
import socket
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import uvloop
from pydantic import SecretStr

from alltid.desk import Desk
from alltid.settings import Settings
from alltid.web.http_server import bind, serve

SECRET = "a secret of the tests, long enough to be one"
T = TypeVar("T")

# Tests write faster than people do.
GENEROUS: dict[str, Any] = {
    "messages_per_minute": 100_000,
    "sentence_encoder": False,
    "guests_per_hour": 1_000_000,
    "sign_ins_per_hour": 1_000_000,
    "uploads_per_hour": 100_000,
}


class RunningDesk:
    """The desk of one process, between `start` and `stop`."""

    def __init__(
        self, database_url: str, *, send_buffer_bytes: int | None = None, **settings: Any
    ) -> None:
        self.listener = bind("127.0.0.1", 0)
        if send_buffer_bytes is not None:
            # What the system keeps for a slow reader; sockets have it from their listener.
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        self.port: int = self.listener.getsockname()[1]
        self.settings = Settings(
            database_url=SecretStr(database_url),
            secret_key=SecretStr(SECRET),
            port=self.port,
            company_name="Klarsund",
            demo=True,
            # Its schema there is as good, and nothing to make and to take away.
            lender_database_url=SecretStr(database_url),
            **GENEROUS | settings,
        )
        self.database_url = database_url
        self.origin = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self.desk: Desk
        self._loop: asyncio.AbstractEventLoop
        self._serving = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"desk {self.port}")

    def start(self) -> Self:
        self._thread.start()
        self._serving.wait(60)
        if self._failure is not None:
            self.listener.close()
            raise self._failure
        assert self._serving.is_set(), "the desk did not start"
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(60)
        self.listener.close()
        assert not self._thread.is_alive(), "the desk did not stop"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def do(self, coroutine: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Run something in the desk's own event loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(seconds)

    def later(self, call: Callable[[], object]) -> None:
        """Call something in the desk's own thread."""
        self._loop.call_soon_threadsafe(call)

    def guest(self) -> tuple[str, str]:
        """A new guest's token and id."""
        answer = call("POST", f"{self.origin}/api/customer/guest").raise_for_status().json()
        return answer["token"], answer["customer"]["id"]

    def sign_in(self, who: str = "agent") -> dict[str, str]:
        """The headers with which a page of one of the demo's people comes."""
        url, origin = f"{self.origin}/api/sign-in/demo", {"Origin": self.origin}
        answer = call("POST", url, json={"who": who}, headers=origin).raise_for_status()
        return {"Cookie": answer.headers["set-cookie"].split(";")[0], "Origin": self.origin}

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return call("GET", f"{self.origin}{path}", headers=headers)

    def post(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        params: dict[str, str] | None = None,
        content: bytes = b"",
    ) -> httpx.Response:
        url = f"{self.origin}{path}"
        return call("POST", url, headers=headers, params=params, content=content)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001  told to the one who started it
            self._failure = error
        finally:
            self._serving.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self.desk = await Desk.open(self.settings, lambda _step: None)
        try:
            await serve(self.desk.app, self.listener, on_serving=self._serves)
        finally:
            await self.desk.close()

    def _serves(self) -> None:
        self.desk.answerer.serves.set()
        self._serving.set()


def call(method: str, url: str, **options: Any) -> httpx.Response:
    """Send one request, without cookies of others before it.

    Nothing here is encrypted: to read the system's certificates takes longer than most requests.
    """
    return httpx.request(method, url, timeout=30, verify=False, **options)


def new_id() -> str:
    return str(uuid.uuid4())
