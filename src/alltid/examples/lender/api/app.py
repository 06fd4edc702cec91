"""The lender's HTTP API: an address for each tool, described by OpenAPI.

Who the customer is comes from a signed token. What changes something needs the right to write
and an Idempotency-Key; asked again with the same key, it answers what it answered before.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Protocol

import psycopg
import psycopg_pool
from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from alltid.assistant.tools.tool import Principal
from alltid.examples.lender.api.arguments import Arguments
from alltid.examples.lender.api.catalogue import TOOLS, LenderTool
from alltid.examples.lender.api.described import PREFIX
from alltid.examples.lender.api.tokens import LenderTokens, NotAuthorised, Right
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused

BODY_BYTES_MAX: Final = 16_384
_STATUS: Final[Mapping[str, int]] = {
    "not_found": 404,
    "no_account": 404,
    "bad_arguments": 422,
    "no_key": 422,
}
_AWAY: Final = "The lender's database does not answer just now."


class Lender(Protocol):
    """What answers: the lender with a database, or the one in memory behind a thin coat."""

    async def ask(
        self, name: str, arguments: Mapping[str, Any], principal: Principal, key: str | None
    ) -> Any:
        """Read, or act once under a key. Raises Refused."""
        ...


class Error(BaseModel):
    """A code for programs and a sentence for people."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: Error


def lender_app(lender: Lender, tokens: LenderTokens, clock: Clock) -> FastAPI:
    """Return the API."""
    app = FastAPI(
        title="Klarsund accounts",
        version="1",
        description="An invented lender's own system: what its customers owe, and what they may "
        "do about it. Customers are named by the token alone.",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(HTTPBearer(auto_error=False))],
    )
    for tool in TOOLS:
        right: Right = "read" if tool.effect == "read" else "write"
        app.add_api_route(
            PREFIX + tool.path,
            _endpoint(tool, right, lender, tokens, clock),
            methods=[tool.method],
            operation_id=tool.name,
            description=tool.description,
            response_model=None,
            responses={status: {"model": ErrorBody} for status in (401, 403, 404, 409, 422)},
        )
    _say_errors_in_one_shape(app)
    app.middleware("http")(_bounded)
    return app


def _endpoint(
    tool: LenderTool, right: Right, lender: Lender, tokens: LenderTokens, clock: Clock
) -> Callable[..., Awaitable[Response]]:
    async def endpoint(
        request: Request, arguments: Arguments, idempotency_key: str | None = None
    ) -> Response:
        principal = tokens.read(request.headers.get("authorization"), clock.now(), right=right)
        answer = await lender.ask(tool.name, arguments.model_dump(), principal, idempotency_key)
        return JSONResponse(answer)

    # FastAPI reads from the signature what an address takes; each tool has arguments of its own.
    parameters = [
        inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request),
        inspect.Parameter(
            "arguments",
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[tool.arguments, Query()]
            if tool.effect == "read"
            else tool.arguments,
        ),
    ]
    if tool.effect == "act":
        parameters.append(
            inspect.Parameter(
                "idempotency_key",
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[str, Header(min_length=8, max_length=128)],
            )
        )
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    endpoint.__name__ = tool.name
    return endpoint


async def _bounded(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    if request.method == "POST":
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            return _answer(411, "length_required", "Say how long the body is.")
        if int(length) > BODY_BYTES_MAX:
            return _answer(413, "too_large", f"A body has at most {BODY_BYTES_MAX} bytes.")
    return await call_next(request)


def _say_errors_in_one_shape(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return _answer(_STATUS.get(error.code, 409), error.code, error.message)

    @app.exception_handler(NotAuthorised)
    async def not_authorised(_: Request, error: NotAuthorised) -> Response:
        return _answer(403 if error.code == "read_only" else 401, error.code, error.message)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])[:60]
        return _answer(422, "bad_arguments", f"The argument {place} is not as it must be.")

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> Response:
        return _answer(error.status_code, "no_such_address", str(error.detail))

    async def away(_: Request, error: Exception) -> Response:
        del error
        return _answer(503, "database_away", _AWAY)

    for kind in (psycopg.OperationalError, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed):
        app.add_exception_handler(kind, away)


def _answer(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
