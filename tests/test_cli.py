"""The command line, as an operator types it."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PASSWORD = "a long and quiet evening"


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation of its own."""
    return os.environ | {"HANDRAIL_DATA_DIR": str(tmp_path / "data")}


def run(
    installation: dict[str, str], *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forum", *arguments],
        cwd=ROOT,
        env=installation,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_bad_setting_stops_the_start_in_plain_words(installation: dict[str, str]) -> None:
    ended = run(installation | {"HANDRAIL_PORT": "many"}, "serve")
    assert ended.returncode == 2
    assert "HANDRAIL_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_new_installation_step_by_step(installation: dict[str, str]) -> None:
    sick = run(installation, "doctor")
    assert sick.returncode == 1
    assert "handrail migrate" in sick.stdout

    assert "now up to date" in run(installation, "migrate").stdout
    assert "is up to date" in run(installation, "migrate").stdout
    assert "no site admin" in run(installation, "doctor").stdout

    made = run(installation, "create-admin", "Marla", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert "Recovery code" in made.stdout
    assert PASSWORD not in made.stdout + made.stderr

    well = run(installation, "doctor")
    assert well.returncode == 0, well.stdout
    assert "The audit log holds" in well.stdout
    assert "Screening, full (in use): ear " in well.stdout
    assert "Screening, light (not in use): ear " in well.stdout
    assert "holds" in run(installation, "audit", "verify").stdout
    assert run(installation, "jobs").returncode == 0


def test_a_weak_password_is_refused_in_plain_words(installation: dict[str, str]) -> None:
    run(installation, "migrate")
    refused = run(installation, "create-admin", "Marla", typed="short\nshort\n")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_broken_chain_is_found(installation: dict[str, str], tmp_path: Path) -> None:
    run(installation, "migrate")
    run(installation, "create-admin", "Marla", typed=f"{PASSWORD}\n{PASSWORD}\n")

    with sqlite3.connect(tmp_path / "data" / "handrail.db") as database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        database.execute("UPDATE audit_entry SET action = 'nothing' WHERE id = 1")
    database.close()
    ended = run(installation, "audit", "verify")
    assert ended.returncode == 1
    assert "breaks at entry 1" in ended.stdout


def test_screening_reads_one_string_a_line(installation: dict[str, str]) -> None:
    lines = [json.dumps("I walked the dog."), "not json", json.dumps("I want to end my life")]
    ended = run(installation, "screening", "run", "--surface", "chat", typed="\n".join(lines))
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [answer.get("level") for answer in answers] == ["none", None, "elevated"]
    assert "error" in answers[1]
    assert ended.returncode != 0
