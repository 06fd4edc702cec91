"""`alltid agents`: the accounts of the people who answer customers."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from alltid.cli.database import with_pool
from alltid.cli.terminal import print_json

agents_app = typer.Typer(
    help="Accounts of agents, leads and admins: add, list, set-password, disable, enable.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Email = Annotated[str, typer.Argument(help="The account's e-mail address.")]
_FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@agents_app.command()
def add(
    email: _Email,
    name: Annotated[str, typer.Option(help="First name, as customers see it.")],
    role: Annotated[str, typer.Option(help="agent, lead or admin.")] = "agent",
    language: Annotated[
        list[str] | None, typer.Option(help="A language they answer in; may be repeated.")
    ] = None,
    password_stdin: _FromInput = False,
) -> None:
    """Add an account; the password is asked for, or read with --password-stdin.

    alltid agents add sara@example.com --name Sara --language sv --language en
    """
    from alltid.agents import accounts
    from alltid.agents.passwords import PasswordKeeper
    from alltid.kernel.clock import SystemClock
    from alltid.kernel.ids import SystemIds

    if role not in list(accounts.Role):
        raise typer.BadParameter(f"{role} is no role: agent, lead or admin.")
    password = _password(password_stdin)

    async def work(pool: Any) -> None:
        agent = await accounts.create_agent(
            pool,
            PasswordKeeper(),
            agent_id=SystemIds().new(),
            email=email,
            name=name,
            role=accounts.Role(role),
            languages=language or [],
            password=password,
            now=SystemClock().now(),
        )
        typer.echo(f"Added {agent.name} <{agent.email}> as {agent.role}.")

    with_pool(work)


@agents_app.command("list")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """List all accounts."""
    from alltid.agents import accounts

    async def work(pool: Any) -> None:
        found = await accounts.list_agents(pool)
        if as_json:
            print_json(
                [
                    {
                        "id": each.id,
                        "email": each.email,
                        "name": each.name,
                        "role": each.role,
                        "languages": list(each.languages),
                        "disabled": each.disabled,
                    }
                    for each in found
                ]
            )
            return
        for each in found:
            state = "disabled" if each.disabled else str(each.role)
            languages = " ".join(each.languages)
            typer.echo(f"{each.email:<32} {each.name:<20} {state:<9} {languages}")
        if not found:
            typer.echo("No accounts yet: `alltid agents add` makes the first.")

    with_pool(work)


@agents_app.command("set-password")
def set_password(email: _Email, password_stdin: _FromInput = False) -> None:
    """Give an account a new password."""
    from alltid.agents import accounts
    from alltid.agents.passwords import PasswordKeeper

    password = _password(password_stdin)

    async def work(pool: Any) -> None:
        agent_id = await _id_of(pool, email)
        await accounts.set_password(pool, PasswordKeeper(), agent_id, password)
        typer.echo("The new password holds from now on.")

    with_pool(work)


@agents_app.command()
def disable(email: _Email) -> None:
    """Lock an account and sign it out everywhere; `alltid agents enable` unlocks it."""
    from alltid.agents import accounts
    from alltid.kernel.clock import SystemClock

    async def work(pool: Any) -> None:
        await accounts.disable_agent(pool, await _id_of(pool, email), SystemClock().now())
        typer.echo("The account is locked.")

    with_pool(work)


@agents_app.command()
def enable(email: _Email) -> None:
    """Unlock an account."""
    from alltid.agents import accounts

    async def work(pool: Any) -> None:
        await accounts.enable_agent(pool, await _id_of(pool, email))
        typer.echo("The account is unlocked.")

    with_pool(work)


async def _id_of(pool: Any, email: str) -> str:
    from alltid.agents.accounts import find_agent_by_email
    from alltid.kernel.refusal import Refused

    agent = await find_agent_by_email(pool, email)
    if agent is None:
        raise Refused("agent_unknown", f"There is no account with the address {email}.")
    return agent.id


def _password(from_input: bool) -> str:
    if from_input or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password (12 characters or more)", hide_input=True))
