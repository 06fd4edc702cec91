"""`alltid lender`: the example company's own system, without the desk around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Annotated, Any

import typer

from alltid.cli.terminal import USAGE, plain_errors, stop_with

lender_app = typer.Typer(
    help="The example lender's own system: an HTTP API and an MCP server on its own database.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Port = Annotated[int, typer.Option(help="Port on 127.0.0.1.")]
_Write = Annotated[bool, typer.Option("--write", help="May also change things.")]


class Transport(StrEnum):
    """How an MCP client reaches the server."""

    STDIO = "stdio"
    HTTP = "http"


@lender_app.command("serve")
def serve_command(port: _Port = 8010) -> None:
    """Serve the lender's HTTP API until Ctrl-C; /openapi.json describes it.

    alltid lender serve --port 8010
    curl -H "Authorization: Bearer $(alltid lender token elin)" localhost:8010/v1/invoices
    """

    async def run(lender: Any, tokens: Any, clock: Any) -> None:
        from alltid.examples.lender.api.app import lender_app as api

        await _http(api(lender, tokens, clock), port, "/openapi.json")

    _with_lender(run)


@lender_app.command("mcp")
def mcp_command(
    transport: Annotated[Transport, typer.Option(help="stdio, or http with /mcp.")] = (
        Transport.STDIO
    ),
    port: _Port = 8011,
    customer: Annotated[
        str | None, typer.Option("--as", help="Ask as this demo customer, without a token.")
    ] = None,
) -> None:
    """Serve the lender's tools over the Model Context Protocol.

    Who the customer is comes from a token (the Authorization header, or com.alltid/authorization
    in a request's metadata), or on stdio from --as.

      alltid lender mcp --as elin
      alltid lender mcp --transport http --port 8011
    """
    if customer is not None and transport is Transport.HTTP:
        stop_with("--as is for stdio, where nobody else can ask.", USAGE)
    only_for = None if customer is None else _principal(customer)

    async def run(lender: Any, tokens: Any, clock: Any) -> None:
        from alltid.examples.lender.api.mcp_server import lender_mcp

        server = lender_mcp(lender, tokens, clock, only_for=only_for)
        if transport is Transport.HTTP:
            app = server.streamable_http_app(stateless_http=True, json_response=True)
            async with server.session_manager.run():
                await _http(app, port, "/mcp")
            return
        from mcp.server.stdio import stdio_server

        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    _with_lender(run)


@lender_app.command("reset")
def reset_command() -> None:
    """Give the demo's customers their lives at the lender anew, dated from today."""

    async def run(lender: Any, tokens: Any, clock: Any) -> None:
        del tokens, clock
        await lender.reset()
        typer.echo("The lender's accounts are as on the first day.")

    _with_lender(run)


@lender_app.command("token")
def token_command(
    customer: Annotated[str, typer.Argument(help="A demo customer, such as elin.")],
    write: _Write = False,
) -> None:
    """Print a token of this installation for the lender's API, good for a minute."""
    from alltid.assistant.tools.handover import SignedHandover
    from alltid.examples.lender.api.tokens import AUDIENCE
    from alltid.kernel.clock import SystemClock
    from alltid.kernel.ids import SystemIds

    with plain_errors():
        right = "write" if write else "read"
        key = {str(name): value for name, value in _keys().items()}[right]
        handover = SignedHandover(key, right, AUDIENCE, SystemClock(), SystemIds())
        header = handover.headers(_principal(customer))["Authorization"]
        typer.echo(header.removeprefix("Bearer "))


@lender_app.command("credentials")
def credentials_command() -> None:
    """Print the keys with which another desk may sign its tokens: to read, and to write."""
    with plain_errors():
        for right, key in _keys().items():
            typer.echo(f"{right}  {key.decode()}")


def _principal(customer: str) -> Any:
    from alltid.assistant.tools.tool import Principal
    from alltid.examples.lender.customers import DEMO_CUSTOMERS, ISSUER

    found = DEMO_CUSTOMERS.get(customer)
    if found is None:
        stop_with(f"there is no demo customer {customer}: {', '.join(DEMO_CUSTOMERS)}.", USAGE)
    return Principal(ISSUER, found.subject)


def _keys() -> Any:
    from alltid.cli.serving import load_with
    from alltid.examples.lender.api.tokens import keys_from
    from alltid.settings import kept_secret_key
    from alltid.web.identity.keys import derive_key

    secret = kept_secret_key(load_with()).get_secret_value()
    return keys_from(lambda purpose: derive_key(secret, purpose))


def _with_lender(work: Any) -> None:
    from alltid.cli.serving import database_of, load_with

    async def run(desk_url: str, own_url: str | None) -> None:
        from alltid.examples.lender.api.database import lender_database

        # Standard output belongs to the MCP client.
        where = await lender_database(desk_url, own_url, lambda why: typer.echo(why, err=True))
        async with _lender(where) as (lender, tokens, clock):
            await work(lender, tokens, clock)

    with plain_errors(), suppress(KeyboardInterrupt):
        settings = load_with()
        own = settings.lender_database_url
        with database_of(settings) as url:
            asyncio.run(run(url, None if own is None else own.get_secret_value()))


@asynccontextmanager
async def _lender(database_url: str) -> AsyncIterator[tuple[Any, Any, Any]]:
    from alltid.examples.lender.api.store import StoredLender
    from alltid.examples.lender.api.tokens import LenderTokens
    from alltid.examples.lender.customers import ISSUER
    from alltid.kernel.clock import SystemClock
    from alltid.storage.database import open_pool

    clock = SystemClock()
    async with await open_pool(database_url, min_size=1, max_size=4) as pool:
        lender = StoredLender(pool, clock, ISSUER)
        await lender.prepare()
        yield lender, LenderTokens(_keys()), clock


async def _http(app: Any, port: int, path: str) -> None:
    from alltid.web.http_server import bind, serve

    with bind("127.0.0.1", port) as listener:
        where = f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
        await serve(app, listener, on_serving=lambda: typer.echo(where))
