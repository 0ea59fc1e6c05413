"""The commands of `handrail screening`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forum.screening.hostility import engine, weights
from forum.screening.stream import run as screen_lines
from forum.screening.verdict import Surface
from forum.settings import load_settings

screening_commands = typer.Typer(help="The screening of texts.", no_args_is_help=True)
detoxify_commands = typer.Typer(help="The optional second opinion.", no_args_is_help=True)
screening_commands.add_typer(detoxify_commands, name="detoxify")


@screening_commands.command("run")
def screening_run(
    surface: Annotated[Surface, typer.Option(help="Where the text would stand.")] = Surface.BOARD,
) -> None:
    """Read one JSON string a line, write one JSON verdict a line."""
    raise typer.Exit(screen_lines(sys.stdin, sys.stdout, surface))


@detoxify_commands.command("import")
def detoxify_import(
    checkpoint: Annotated[Path, typer.Argument(help="The file with the weights.")],
    folder: Annotated[Path, typer.Argument(help="Holds config.json and the tokenizer's files.")],
) -> None:
    """Check weights tensor by tensor, try them and copy them into the data folder."""
    if not weights.is_installed():
        raise weights.Unfit(f"First install the extra: {weights.INSTALL}")
    data_dir = load_settings().data_dir
    typer.echo("Checking every tensor and trying the model …")
    record = weights.bring_in(checkpoint, folder, data_dir, engine.prove)
    typer.echo(f"Imported: {record.version}, which scores {', '.join(record.labels)}.")
    typer.echo("A server that runs now must be started anew to use it.")


@detoxify_commands.command("status")
def detoxify_status() -> None:
    """Tell how it stands with the second opinion. Exits with 1 when it is not ready."""
    state = weights.state(load_settings().data_dir)
    typer.echo(f"detoxify: {state}")
    if weights.ADVICE[state]:
        typer.echo(weights.ADVICE[state])
    raise typer.Exit(0 if state is weights.State.READY else 1)
