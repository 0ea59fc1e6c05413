"""The commands of `handrail screening`."""

import sys
from typing import Annotated

import typer

from forum.screening.stream import run as screen_lines
from forum.screening.verdict import Surface

screening_commands = typer.Typer(help="The screening of texts.", no_args_is_help=True)


@screening_commands.command("run")
def screening_run(
    surface: Annotated[Surface, typer.Option(help="Where the text would stand.")] = Surface.BOARD,
) -> None:
    """Read one JSON string a line, write one JSON verdict a line."""
    raise typer.Exit(screen_lines(sys.stdin, sys.stdout, surface))
