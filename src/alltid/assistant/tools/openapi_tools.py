"""A company's tools over HTTP, as an OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx
import orjson

from alltid.assistant.tools.company import CompanyRefused, CompanyUnreachable
from alltid.assistant.tools.declared import AllowedTool
from alltid.assistant.tools.handover import Handover
from alltid.assistant.tools.importing import ToolsRefused, take_in
from alltid.assistant.tools.tool import RESULT_BYTES_MAX, Json, Principal, ToolSpec

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_KEY: Final = "Idempotency-Key"
# Answers after which nobody knows whether anything was done.
_NOT_SAID: Final = frozenset({408, 425, 429})
_WORDS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Operation:
    """Where an operation is, and which of its arguments go where; the rest is the body."""

    method: str
    path: str
    in_path: frozenset[str] = frozenset()
    in_query: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DescribedTools:
    """The allowed tools of a document."""

    specs: tuple[ToolSpec, ...]
    operations: Mapping[str, Operation]


def read_document(
    document: Mapping[str, Any], allow: Mapping[str, AllowedTool], *, prefix: str = ""
) -> DescribedTools:
    """Take the allowed operations in, by operationId; their paths begin with `prefix`.

    Raises ToolsRefused for one that isn't there or can't be taken in, with the reason.
    """
    specs: list[ToolSpec] = []
    operations: dict[str, Operation] = {}
    for path, methods in _mapping(document.get("paths")).items():
        for method in _METHODS:
            described = _mapping(_mapping(methods).get(method))
            name = described.get("operationId")
            if not isinstance(name, str) or name not in allow:
                continue
            if name in operations:
                raise ToolsRefused(f"Two operations are called {name}.")
            shared = _mapping(methods).get("parameters", [])
            spec, operation = _operation(name, method, path, described, shared, document, allow)
            specs.append(spec)
            operations[name] = Operation(
                operation.method, prefix + path, operation.in_path, operation.in_query
            )
    missing = sorted(set(allow) - set(operations))
    if missing:
        raise ToolsRefused(f"The document describes no operation {missing[0]}.")
    return DescribedTools(tuple(specs), operations)


def _operation(
    name: str,
    method: str,
    path: str,
    described: Mapping[str, Any],
    shared: Any,
    document: Mapping[str, Any],
    allow: Mapping[str, AllowedTool],
) -> tuple[ToolSpec, Operation]:
    allowed = allow[name]
    if allowed.effect == "read" and method != "get":
        raise ToolsRefused(f"{name} is a {method.upper()}, which doesn't only read.")
    properties: dict[str, Any] = {}
    required: list[str] = []
    places: dict[str, set[str]] = {"path": set(), "query": set()}
    for parameter in [*shared, *described.get("parameters", [])]:
        each = _resolved(parameter, document)
        where, argument = each.get("in"), str(each.get("name"))
        if where not in places:
            if each.get("required") and argument.lower() != _KEY.lower():
                raise ToolsRefused(f"{name} needs {argument} in a {where}, which can't be given.")
            continue
        words = {"description": each["description"]} if "description" in each else {}
        properties[argument] = {**_resolved(each.get("schema", {}), document), **words}
        places[where].add(argument)
        if where == "path" or each.get("required"):
            required.append(argument)
    body = _resolved(_body_schema(name, described, document), document)
    for argument, schema in _mapping(body.get("properties")).items():
        if argument in properties:
            raise ToolsRefused(f"{name} has two arguments called {argument}.")
        properties[argument] = schema
    required += [each for each in body.get("required", ()) if each not in required]
    merged = {"properties": properties, "required": required}
    said = described.get("description") or described.get("summary") or ""
    spec = take_in(name, str(said), merged, allowed, document)
    left_out = set(allowed.leave_out)
    return spec, Operation(
        method.upper(), path, frozenset(places["path"]), frozenset(places["query"] - left_out)
    )


def _body_schema(
    name: str, described: Mapping[str, Any], document: Mapping[str, Any]
) -> Mapping[str, Any]:
    body = _resolved(described.get("requestBody", {}), document)
    if not body:
        return {}
    content = _mapping(body.get("content"))
    if "application/json" not in content:
        raise ToolsRefused(f"{name} takes a body that isn't JSON.")
    schema = _resolved(_mapping(content["application/json"]).get("schema", {}), document)
    if schema.get("type", "object") != "object":
        raise ToolsRefused(f"{name} takes a body that isn't an object.")
    return schema


def _resolved(value: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(5):
        found = _mapping(value)
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = _mapping(place).get(part.replace("~1", "/").replace("~0", "~"))
        value = place
    raise ToolsRefused("The document refers in circles.")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass(slots=True)
class OpenApiTransport:
    """Asks operations with one credential; the customer goes in headers."""

    client: httpx.AsyncClient
    operations: Mapping[str, Operation]
    handover: Handover
    _most: int = field(default=RESULT_BYTES_MAX * 2)

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Ask one operation. Raises CompanyRefused or CompanyUnreachable."""
        operation = self.operations[spec.name]
        headers = self.handover.headers(principal)
        if key is not None:
            headers[_KEY] = key
        try:
            async with self.client.stream(
                operation.method,
                _path(operation, arguments),
                params=_query(operation, arguments),
                headers=headers,
                **_body(operation, arguments),
            ) as response:
                data = await self._bounded(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise CompanyUnreachable(type(error).__name__, sent=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise CompanyUnreachable(type(error).__name__, sent=True) from None
        return _answer(response.status_code, data, acts=key is not None)

    async def _bounded(self, response: httpx.Response) -> bytes | None:
        """Read a body; None for one that is too large."""
        data = bytearray()
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > self._most:
                return None
        return bytes(data)


def _path(operation: Operation, arguments: Mapping[str, Json]) -> str:
    path = operation.path
    for name in operation.in_path:
        # Dots would lead to another address than the one that is allowed.
        value = quote(str(arguments[name]), safe="").replace(".", "%2E")
        if not value:
            raise CompanyRefused("bad_arguments", f"The argument {name} is empty.")
        path = path.replace("{" + name + "}", value)
    return path


def _query(operation: Operation, arguments: Mapping[str, Json]) -> dict[str, Any]:
    return {
        name: orjson.dumps(value).decode() if isinstance(value, Mapping) else value
        for name, value in arguments.items()
        if name in operation.in_query and value is not None
    }


def _body(operation: Operation, arguments: Mapping[str, Json]) -> dict[str, Any]:
    if operation.method == "GET":
        return {}
    elsewhere = operation.in_path | operation.in_query
    return {"json": {name: value for name, value in arguments.items() if name not in elsewhere}}


def _answer(status: int, data: bytes | None, *, acts: bool) -> Json:
    if status >= 500 or status in _NOT_SAID or 300 <= status < 400:  # noqa: PLR2004  HTTP's
        raise CompanyUnreachable(f"status {status}", sent=True)
    value: Any = None
    readable = data is not None
    if data:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            readable = False
    if status >= 400:  # noqa: PLR2004  HTTP's
        raise refusal_in(value, f"http_{status}")
    if not readable and not acts:
        code = "too_large" if data is None else "bad_result"
        raise CompanyRefused(code, "The answer can't be used.")
    # What was done was done, whatever the answer looks like.
    answer: Json = value if readable else {}
    return answer


def refusal_in(value: Any, otherwise: str) -> CompanyRefused:
    """Find a code and a sentence in an error's body, in the shapes that are common."""
    said = _mapping(value)
    said = _mapping(said.get("error")) or said
    code, words = said.get("code"), said.get("message") or said.get("detail") or said.get("title")
    return CompanyRefused(
        code if isinstance(code, str) and code else otherwise,
        words[:_WORDS_MAX] if isinstance(words, str) else "The company's system said no.",
    )
