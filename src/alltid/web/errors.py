"""One shape for every error over HTTP: a code for programs, words for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from alltid.kernel.refusal import Refused

_CODES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("bad_request", "The request could not be read. Check that the body is valid JSON."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This address doesn't take that method."),
    413: ("too_large", "The request is too large."),
}
# What every address that reads a body may answer, before its own code is asked.
_UNREADABLE: Final = (400, 413)
_DATABASE_AWAY: Final = "The desk can't reach its database right now. Try again in a few seconds."
_FIELDS_NAMED_MAX: Final = 5
_METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


class ErrorWords(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable, snake_case, for programs.", examples=["not_signed_in"])
    message: str = Field(description="What happened and what to do, for people.")


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorWords


log = structlog.get_logger(__name__)


class WebError(Exception):
    """An answer with an error status. `retry_after_seconds` becomes a Retry-After header."""

    def __init__(
        self, status: int, code: str, message: str, retry_after_seconds: float | None = None
    ) -> None:
        """Keep the parts of the answer."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds


def error_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe these error answers for OpenAPI; 500 is never promised."""
    return {
        status: {"model": ErrorBody, "description": HTTPStatus(status).phrase}
        for status in statuses
    }


class DescribedApp(FastAPI):
    """An application that says of each address with a body how an unreadable one is answered."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once."""
        if self.openapi_schema is None:
            for operations in super().openapi()["paths"].values():
                for operation in operations.values():
                    if "requestBody" in operation:
                        _add_unreadable(operation["responses"])
        return super().openapi()


def _add_unreadable(responses: dict[str, Any]) -> None:
    schema = {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}
    for status in _UNREADABLE:
        words = HTTPStatus(status).phrase
        answer = {"description": words, "content": {"application/json": {"schema": schema}}}
        responses.setdefault(str(status), answer)


def error_response(error: WebError) -> JSONResponse:
    """Write the error as an answer."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_seconds)))
    body = {"error": {"code": error.code, "message": error.message}}
    return JSONResponse(body, status_code=error.status, headers=headers)


def install_error_handlers(app: FastAPI) -> None:
    """Make the app answer every foreseen error in the one shape."""
    app.add_exception_handler(WebError, _web_error)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(psycopg.DataError, _unstorable)
    for away in (psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, psycopg.OperationalError):
        app.add_exception_handler(away, _database_away)


async def _web_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, WebError)  # noqa: S101  what the handler is registered for
    return error_response(error)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101
    return error_response(WebError(409, error.code, error.message))


async def _invalid(_request: Request, error: Exception) -> Response:
    # Pydantic's own report repeats the input, which can be a password or unprintable.
    assert isinstance(error, RequestValidationError)  # noqa: S101
    places = [".".join(str(part) for part in found["loc"]) for found in error.errors()]
    named = ", ".join(dict.fromkeys(places[:_FIELDS_NAMED_MAX]))
    message = f"Some of what was sent doesn't fit: {_printable(named)}."
    return error_response(WebError(422, "invalid", message))


async def _unstorable(_request: Request, error: Exception) -> Response:
    # A value that no check of ours foresaw, such as a NUL in a text. Nothing was stored.
    log.warning("unstorable_request", error=type(error).__name__)
    return error_response(WebError(422, "invalid", "Some of what was sent can't be stored."))


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code, message = _CODES.get(error.status_code, ("error", "That did not work."))
    response = error_response(WebError(error.status_code, code, message))
    response.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return response


def _methods_at(request: Request) -> set[str]:
    # Starlette names the methods of the first route that fits; a path can have several.
    return {
        method
        for method in _METHODS
        for route in request.app.routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }


async def _database_away(_request: Request, _error: Exception) -> Response:
    return error_response(WebError(503, "database_away", _DATABASE_AWAY, 5))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:200])
