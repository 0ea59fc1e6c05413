"""The commands of `handrail screening` that look at an installation's own history."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from forum.errors import ForumError
from forum.learning import queries
from forum.offline import with_services
from forum.screening.adapted import FILE, write
from forum.screening.anchors import lost
from forum.screening.backtest import Decided, Hear, Talk, alerts, compare, told
from forum.screening.ear import Ear, Mix, Mode
from forum.screening.hearing import Listener
from forum.screening.lessons import everyday, lesson, propose
from forum.screening.lessons import told as effects_told
from forum.screening.local_rules import failures, load_book
from forum.screening.rulebook import RuleBook, RuleError, load_rules
from forum.screening.stored import DamagedWeights, reading
from forum.screening.stream import hear
from forum.screening_cli import screening_commands
from forum.services import Services
from forum.settings import load_settings

__all__ = ["screening_commands"]  # with those of this module

SlugOption = Annotated[str, typer.Option("--community", help="Its address, such as harbour.")]
TextsOption = Annotated[
    bool, typer.Option("--show-texts", help="Print the texts too; on your own terminal only.")
]
ModeOption = Annotated[
    Mode, typer.Option(envvar="HANDRAIL_SCREENING", help="light: without the encoder.")
]


class CannotLearn(ForumError):
    """Nothing was stored, and the advice says why."""

    title = "Nothing was changed"


class BadRules(ForumError):
    """Rules that cannot be used."""

    title = "These rules cannot be used"


class NoEar(ForumError):
    """The weights are missing or damaged."""

    title = "The ear cannot be loaded"


@screening_commands.command("check-rules")
def check_rules(
    folder: Annotated[Path, typer.Argument(help="Where your own rule files lie.")],
    community: Annotated[str, typer.Option(help="Replay them over its history as well.")] = "",
    show_texts: TextsOption = False,
) -> None:
    """Say which sentences of your own rules do not hold. Exits with 1 when any does not."""
    try:
        book = load_rules(local=folder)
    except RuleError as fault:
        raise BadRules(str(fault)) from fault
    # The packaged ones too: a new word may be what a disguised one is now read as.
    failed = list(failures(book, book.rules))
    for failure in failed:
        typer.echo(f"Does not hold: {failure}")
    if failed:
        raise typer.Exit(1)
    typer.echo("Every sentence holds.")
    if community:
        backtest(community, rules=folder, rules_only=True, show_texts=show_texts)


@screening_commands.command("backtest")
def backtest(
    community: SlugOption,
    rules: Annotated[Path | None, typer.Option(help="A folder of rules of your own.")] = None,
    cuts: Annotated[Path | None, typer.Option(help="A cuts.json to try.")] = None,
    weights: Annotated[Path | None, typer.Option(help="A folder of weights to try.")] = None,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Leave the ear out.")] = False,
    show_texts: TextsOption = False,
    mode: ModeOption = Mode.FULL,
) -> None:
    """Replay changed rules, cuts or weights over what people decided here and over the talk."""
    settings = load_settings()
    now = _book(settings.rules_dir)
    then = _book(rules) if rules else now
    if rules_only:
        before, after = partial_hear(now, None), partial_hear(then, None)
    else:
        before = partial_hear(now, _ear(now, mode))
        after = partial_hear(then, _ear(then, mode, weights, cuts))
    decided, talk = with_services(partial(_known, community))
    _show(decided, talk, before, after, show_texts=show_texts)


@screening_commands.command("adapt")
def adapt(
    community: SlugOption,
    publish: Annotated[bool, typer.Option("--publish", help="Store it for the server.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Remove what was learnt.")] = False,
    for_all: Annotated[
        bool, typer.Option("--for-all", help="Publish although other communities are here.")
    ] = False,
    show_texts: TextsOption = False,
    mode: ModeOption = Mode.FULL,
) -> None:
    """Learn from what people decided here; shows what it would change, stores it with --publish."""
    settings = load_settings()
    path = settings.data_dir / FILE
    if forget:
        existed = path.exists()
        path.unlink(missing_ok=True)
        typer.echo("Forgotten; restart the server." if existed else "Nothing had been learnt.")
        return
    if not settings.screening_learns:
        raise CannotLearn("Set HANDRAIL_SCREENING_LEARNS=true first, and tell your communities.")
    book = _book(settings.rules_dir)
    ear, listener = _ear(book, mode), Listener(book)
    decided, talk = with_services(partial(_known, community))
    taught = lesson(ear, listener, decided)
    if taught is None:
        raise CannotLearn("Nobody has decided about a text yet.")
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    proposal = propose(ear, listener, taught, everyday(ear, listener, talk), made_at)
    for line in effects_told(proposal, len(decided)):
        typer.echo(line)
    learnt = ear.adapted(proposal.adapted)
    _show(decided, talk, partial_hear(book, ear), partial_hear(book, learnt), show_texts=show_texts)
    if gone := lost(ear, learnt, listener):
        raise CannotLearn(
            f"It would no longer hear {len(gone)} sentences that must stay heard, such as "
            f"{gone[0]!r}. Look at who decided what."
        )
    if not publish:
        typer.echo("Nothing is stored. Add --publish to let the server use it.")
        return
    others = with_services(partial(_others, community))
    if others and not for_all:
        raise CannotLearn(
            f"It would listen in {', '.join(others)} as well, which had no say. "
            "Add --for-all if that is meant."
        )
    write(proposal.adapted, path, with_services(_key))
    typer.echo(f"Stored in {path}; restart the server to use it. --forget takes it back.")


def partial_hear(book: RuleBook, ear: Ear | None) -> Hear:
    """Rules and an ear as one: what a text is heard as, without a deadline."""
    listener = Listener(book)
    return lambda text, surface: hear(text, surface, listener, ear)


def _show(
    decided: list[Decided], talk: Talk, before: Hear, after: Hear, *, show_texts: bool
) -> None:
    weekly = alerts(talk, before, after) if talk.said else None
    for line in told(compare(decided, before, after), weekly, show_texts=show_texts):
        typer.echo(line)


def _book(folder: Path | None) -> RuleBook:
    """A book with local rules, or with a whole set of files where there is one."""
    try:
        if folder is not None and (folder / "words.toml").exists():
            return load_rules(folder)
        return load_book(folder)
    except RuleError as fault:
        raise BadRules(str(fault)) from fault


def _ear(book: RuleBook, mode: Mode, weights: Path | None = None, cuts: Path | None = None) -> Ear:
    try:
        ear = Ear.load(book.reader, mode, weights)
        if cuts is None:
            return ear
        with reading(cuts):
            stored = json.loads(cuts.read_text(encoding="utf-8"))
            return ear.mixed_anew(Mix.from_json(stored[mode.value]))
    except DamagedWeights as damaged:
        raise NoEar(f"{damaged}. Rules alone can be replayed with --rules-only.") from damaged


async def _known(slug: str, services: Services) -> tuple[list[Decided], Talk]:
    async with services.db.read() as reader:
        here = await queries.community_id(reader, slug)
        return (
            await queries.history(reader, here),
            await queries.talk(reader, here, services.clock.now()),
        )


async def _others(slug: str, services: Services) -> list[str]:
    async with services.db.read() as reader:
        here = await queries.community_id(reader, slug)
        return await queries.other_communities(reader, here)


async def _key(services: Services) -> bytes:
    return services.key
