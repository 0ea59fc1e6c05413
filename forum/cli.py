"""The command line: `handrail`."""

import asyncio
import sys
from typing import Annotated

import typer

from forum import audit, jobs, logs, schema
from forum.accounts.actions import create_account, make_site_admin
from forum.accounts.forms import NewAccount
from forum.accounts.weak_passwords import why_weak
from forum.admin.doctor import Finding, State, examine
from forum.admin.drill import run_drill
from forum.admin.ears import examine_ears, examine_learnt
from forum.app import create_app
from forum.demo.guide import progress_line
from forum.demonstrate import demonstrate
from forum.errors import BadSettings, ForumError, Invalid
from forum.learning_cli import screening_commands
from forum.offline import with_services
from forum.server import serve as serve_app
from forum.services import Services
from forum.settings import load_settings

cli = typer.Typer(
    name="handrail",
    help="Handrail: a self-hosted peer-support community.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local values would show people's words
)
audit_commands = typer.Typer(help="The audit log.", no_args_is_help=True)
cli.add_typer(audit_commands, name="audit")
cli.add_typer(screening_commands, name="screening")

PROGRESS_EVERY = 50  # steps, where the lines do not replace each other on a screen
MARK = {State.GOOD: "  ok  ", State.CARE: " care ", State.BAD: " BAD  "}


def main() -> None:
    """Run the command that was typed; errors that people can mend are told in plain words."""
    try:
        cli()
    except BadSettings as error:
        typer.echo("Handrail cannot start. Please correct:", err=True)
        for problem in error.problems:
            typer.echo(f"  {problem}", err=True)
        sys.exit(2)
    except ForumError as error:
        typer.echo(f"{error.title}. {error.advice}", err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(f"Handrail cannot go on: {error.strerror or error}", err=True)
        sys.exit(1)


@cli.command()
def serve() -> None:
    """Serve the forum; migrations run first."""
    settings = load_settings()
    logs.set_up(settings.log_level)
    asyncio.run(schema.upgrade(settings.database))
    typer.echo(f"Handrail is at {settings.public_url} (stop with Ctrl-C)")
    serve_app(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )


@cli.command()
def demo() -> None:
    """Run a living demo on this machine, in the folder demo-data, afresh each time."""
    logs.set_up("warning")
    typer.echo("Filling the demo with invented people …")

    def show(done: int, total: int, what: str) -> None:
        if sys.stdout.isatty() or done % PROGRESS_EVERY == 0 or done == total:
            typer.echo(progress_line(done, total, what), nl=done == total)

    demonstrate(typer.echo, show)


@cli.command()
def migrate() -> None:
    """Bring the database to the tables that this release needs."""
    settings = load_settings()
    if asyncio.run(schema.is_current(settings.database)):
        typer.echo("The database is up to date.")
        return
    asyncio.run(schema.upgrade(settings.database))
    typer.echo("The database is now up to date.")


@cli.command("create-admin")
def create_admin(
    name: Annotated[str, typer.Argument(help="The pseudonym to sign in with.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for.")
    ],
) -> None:
    """Make an account that may run this site and create communities."""

    weak = why_weak(password, name)
    if weak:
        typer.echo(weak, err=True)
        raise typer.Exit(1)

    async def create(services: Services) -> None:
        made = await create_account(services, NewAccount(name=name, password=password))
        async with services.db.write() as tx:
            await make_site_admin(tx, made.account_id)
        typer.echo(f"{name} can sign in and create communities.")
        typer.echo(f"Recovery code, shown once: {made.recovery_code}")

    try:
        with_services(create)
    except Invalid as wrong:
        for message in wrong.fields.values():
            typer.echo(message, err=True)
        raise typer.Exit(1) from wrong


@cli.command()
def doctor() -> None:
    """Name each missing or unsafe thing. Exits with 1 when people are not safe."""
    states = set()

    def show(finding: Finding) -> None:
        states.add(finding.state)
        typer.echo(f"[{MARK[finding.state]}] {finding.what}")
        if finding.advice:
            typer.echo(f"         {finding.advice}")

    async def look(services: Services) -> None:
        current = await schema.is_current(services.settings.database)
        async for finding in examine(services, schema_is_current=current):
            show(finding)
        for finding in examine_ears(services.settings):
            show(finding)
        for finding in examine_learnt(services.settings, services.key):
            show(finding)

    with_services(look)
    raise typer.Exit(1 if State.BAD in states else 0)


@cli.command()
def drill(
    community: Annotated[str, typer.Argument(help="The community's address, such as harbour.")],
    wait: Annotated[
        int, typer.Option(min=0, max=3600, help="Seconds that somebody on duty has to claim it.")
    ] = 60,
) -> None:
    """Send an invented crisis through the whole chain. Exits with 1 when a step did not happen."""

    async def go(services: Services) -> list[str]:
        return await run_drill(services, community, typer.echo, wait_seconds=wait)

    faults = with_services(go, listens=True)
    typer.echo("")
    for fault in faults:
        typer.echo(f"Did not happen: {fault}")
    typer.echo("Please mend what did not happen." if faults else "Every step happened.")
    raise typer.Exit(1 if faults else 0)


@cli.command("jobs")
def list_jobs() -> None:
    """Show what waits to be done: kind, how many, the earliest due time (UTC)."""

    async def show(services: Services) -> None:
        async with services.db.read() as reader:
            waiting = await jobs.waiting(reader)
        for kind, count, due in waiting:
            typer.echo(f"{kind:32} {count:6}  {due:%Y-%m-%d %H:%M:%S}")
        if not waiting:
            typer.echo("Nothing is waiting.")

    with_services(show)


@audit_commands.command("verify")
def verify_audit() -> None:
    """Compute the whole chain anew. Exits with 1 where it breaks."""

    async def check(services: Services) -> audit.ChainCheck:
        async with services.db.read() as reader:
            return await audit.verify(reader)

    held = with_services(check)
    if held.broken_id is not None:
        typer.echo(f"The chain breaks at entry {held.broken_id}; {held.entries} before it hold.")
        raise typer.Exit(1)
    typer.echo(f"The chain holds: {held.entries} entries, head {held.head[:16]}.")
