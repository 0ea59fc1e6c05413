"""`handrail screening check-rules`, `backtest` and `adapt`, as an operator types them."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import forum.app as composition
from forum.boards.models import Post
from forum.cli import cli
from forum.errors import ForumError
from forum.learning.models import Label
from forum.schema import upgrade
from forum.screening.adapted import FILE
from forum.screening.anchors import anchors
from forum.screening.ear import Ear, Mode
from forum.screening.rulebook import RuleBook
from forum.screening.screener import Screener
from forum.screening.verdict import Need
from forum.screening.words import Reader
from forum.settings import load_settings
from tests.boards.scene import Scene
from tests.fakes import QuickHasher
from tests.people import SITE, World
from tests.screening.test_adapting import of_the_lantern
from tests.screening.test_local_rules import RULE, folder
from tests.screening.toy_ear import toy_ear

pytestmark = pytest.mark.slow

BARELY = -4.0  # an ear that hears the anchors, and only just
SECRET_WORDS = "the lanterns are going out"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: RuleBook) -> Path:
    """The data folder of an empty installation that learns, with a toy ear."""
    monkeypatch.setenv("HANDRAIL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HANDRAIL_PUBLIC_URL", SITE)
    monkeypatch.setenv("HANDRAIL_SCREENING_LEARNS", "true")

    use(monkeypatch, toy_ear(rules))
    asyncio.run(upgrade(load_settings().database))
    return tmp_path / "data"


def use(monkeypatch: pytest.MonkeyPatch, ear: Ear) -> None:
    """Let the commands load this ear."""

    def load(reader: Reader, mode: Mode, folder: Path | None = None) -> Ear:
        del reader, mode, folder
        return ear

    monkeypatch.setattr(Ear, "load", load)


def fill(rules: RuleBook, lessons: list[tuple[str, Need]], *slugs: str) -> None:
    """A community with these posts and what was decided about them; further empty ones."""

    async def work() -> None:
        app = composition.create_app(
            load_settings(), screener=Screener(rules), hasher=QuickHasher(), runs_jobs=False
        )
        async with app.router.lifespan_context(app):
            world = World(app)
            scene = await Scene.build(world)
            await scene.topic("Hello there.")
            for slug in slugs:
                await world.community(slug)
            async with world.services.db.write() as tx:
                for number, (text, need) in enumerate(lessons, start=2):
                    post = Post(
                        topic_id=1,
                        community_id=scene.place.id,
                        number=number,
                        author_id=scene.ana.id,
                        text=text,
                        html="",
                        renderer_version=1,
                        created_at=tx.now,
                    )
                    tx.add(post)
                    await tx.flush()
                    tx.add(
                        Label(
                            community_id=scene.place.id,
                            subject_kind="post",
                            subject_id=post.id or 0,
                            version=1,
                            author_id=scene.ana.id,
                            axis="need",
                            heard=0,
                            decided=need,
                            source="worry",
                            decided_at=tx.now,
                        )
                    )
            await world.close()

    asyncio.run(work())


def lanterns(count: int = 120) -> list[tuple[str, Need]]:
    return [(one.text, Need(int(one.level))) for one in of_the_lantern(count)]


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and everything that was said."""
    done = CliRunner().invoke(cli, ["screening", *arguments])
    said = done.output
    if isinstance(done.exception, ForumError):
        said += f"{done.exception.title}. {done.exception.advice}"
    elif done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, said


def test_rules_that_hold_are_said_to(tmp_path: Path) -> None:
    assert run("check-rules", str(folder(tmp_path, RULE))) == (0, "Every sentence holds.\n")


def test_rules_that_do_not_hold_are_named(tmp_path: Path) -> None:
    wrong = RULE.replace("all out now", "gone")
    status, said = run("check-rules", str(folder(tmp_path, wrong)))
    assert status == 1
    assert "lanterns-out" in said
    assert "the lanterns are gone" in said


def test_rules_that_cannot_be_read_are_told_plainly(tmp_path: Path) -> None:
    status, said = run("check-rules", str(folder(tmp_path, "[[rule")))
    assert status == 1
    assert "These rules cannot be used" in said


def test_a_rule_is_replayed_over_what_people_decided(
    data: Path, tmp_path: Path, rules: RuleBook
) -> None:
    del data
    fill(rules, lanterns(40))
    own = tmp_path / "own"
    own.mkdir()
    rule = RULE.replace("lanterns are (all)? out", "lanterns are going out")
    rule = rule.replace("the lanterns are all out now", "the lanterns are going out")
    folder(own, rule)
    status, said = run("backtest", "--community", "harbour", "--rules", str(own), "--rules-only")
    assert status == 0, said
    assert "newly caught       20" in said
    assert "newly missed        0" in said
    assert "0.0 before, 5.0 after" in said
    assert SECRET_WORDS not in said
    shown = run("backtest", "--community", "harbour", "--rules", str(own), "--rules-only",
                "--show-texts")[1]  # fmt: skip
    assert SECRET_WORDS in shown


def test_a_community_that_is_not_there_is_told(data: Path) -> None:
    del data
    status, said = run("backtest", "--community", "nowhere", "--rules-only")
    assert status == 1
    assert "There is no community 'nowhere' here." in said


def test_nothing_is_learnt_where_nobody_opted_in(
    data: Path, rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rules, lanterns())
    monkeypatch.setenv("HANDRAIL_SCREENING_LEARNS", "false")
    status, said = run("adapt", "--community", "harbour", "--publish")
    assert status == 1
    assert "HANDRAIL_SCREENING_LEARNS" in said
    assert not (data / FILE).exists()


def test_the_gain_is_shown_and_nothing_stored_before_somebody_says_so(
    data: Path, rules: RuleBook
) -> None:
    fill(rules, lanterns())
    status, said = run("adapt", "--community", "harbour")
    assert status == 0, said
    assert "120 decisions" in said
    assert "heard, of those that needed it" in said
    assert SECRET_WORDS not in said
    assert not (data / FILE).exists()


def test_what_was_learnt_is_published_and_forgotten(data: Path, rules: RuleBook) -> None:
    fill(rules, lanterns())
    status, said = run("adapt", "--community", "harbour", "--publish")
    assert status == 0, said
    stored = json.loads((data / FILE).read_text())
    assert stored["labels"] == 120
    assert "Forgotten" in run("adapt", "--community", "harbour", "--forget")[1]
    assert not (data / FILE).exists()
    assert "Nothing had been learnt" in run("adapt", "--community", "harbour", "--forget")[1]


def test_other_communities_are_not_given_an_ear_they_did_not_teach(
    data: Path, rules: RuleBook
) -> None:
    fill(rules, lanterns(), "kitchen")
    status, said = run("adapt", "--community", "harbour", "--publish")
    assert status == 1
    assert "kitchen" in said
    assert not (data / FILE).exists()
    assert run("adapt", "--community", "harbour", "--publish", "--for-all")[0] == 0
    assert (data / FILE).exists()


def test_a_moderator_who_calls_every_crisis_none_is_refused(
    data: Path, rules: RuleBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: everything is marked "not a concern", so that nobody is called any more."""
    use(monkeypatch, toy_ear(rules, quiet=BARELY))
    lies = [(sentence, Need.NONE) for sentence in anchors()] * 4
    truths = [(f"the bus is late, {number}", Need.CRISIS) for number in range(60)]
    fill(rules, lies + truths)
    status, said = run("adapt", "--community", "harbour", "--publish")
    assert status == 1
    assert "must stay heard" in said
    assert not (data / FILE).exists()


def test_an_ear_that_is_missing_is_told(
    data: Path, rules: RuleBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del data
    fill(rules, lanterns(2))
    monkeypatch.undo()
    monkeypatch.setenv("HANDRAIL_DATA_DIR", str(tmp_path / "data"))
    status, said = run("backtest", "--community", "harbour", "--weights", str(tmp_path / "none"))
    assert status == 1
    assert "--rules-only" in said
