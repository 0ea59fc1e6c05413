"""PostgreSQL and Redis for the tests: private, on free ports, thrown away afterwards.

Import the fixtures you need: `from tests.services import postgres_cluster, redis_server`.
A machine without the programs skips those tests and says why. CI must not skip them: there
(`CI=true`, or `HANDRAIL_TEST_REQUIRE_SERVICES=1` by hand) a missing program is a failure.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

START_SECONDS = 30  # a cluster needs about one second; a busy machine, several
# Debian keeps one folder for each major version, outside PATH.
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
# A test database is thrown away, so it may forget everything in a power cut.
POSTGRES_OPTIONS = (
    "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
)


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where every service is promised to be there."""
    if os.environ.get("CI") == "true" or os.environ.get("HANDRAIL_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{reason}, and this run promised that nothing is left out")
    pytest.skip(reason)


def free_port() -> int:
    """A TCP port on loopback that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def postgres_programs() -> Path:
    """The folder that holds `initdb` and `pg_ctl`; skips the test when there is none."""
    folders = []
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)
        folders.append(Path(told.stdout.strip()))
    versions = DEBIAN_POSTGRES.glob("*/bin")
    folders += sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    missing("PostgreSQL's server programs (initdb, pg_ctl) are not installed")


def _postgres_owner() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: it refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@contextmanager
def running_postgres() -> Iterator[str]:
    """A private PostgreSQL cluster for as long as the block lasts; gives its DSN."""
    programs, owner, port = postgres_programs(), _postgres_owner(), free_port()
    # Not below pytest's own folder: that one may be entered by its owner alone.
    home = Path(tempfile.mkdtemp(prefix="handrail-postgres-"))

    def call(program: str, *arguments: str) -> None:
        # Output goes to a file: pg_ctl's server would hold a pipe open for ever.
        with (home / "setup.log").open("a") as log:
            subprocess.run(
                [programs / program, "-D", home / "data", *arguments],
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
                cwd=home,
                stdout=log,
                stderr=log,
                check=True,
            )

    if owner:
        os.chown(home, owner.pw_uid, owner.pw_gid)
    try:
        call(
            "initdb", "--no-sync", "-A", "trust", "-U", "handrail", "-E", "UTF8", "--locale=C.UTF-8"
        )
        options = f"{POSTGRES_OPTIONS} -p {port}"
        call("pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(home / "log"), "-o", options,
             "start")  # fmt: skip
        try:
            yield f"postgresql://handrail@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_redis(port: int) -> Iterator[str]:
    """A private Redis (or Valkey) that keeps nothing; gives its address."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        missing("redis-server (or valkey-server) is not installed")
    # Options, not a file; "" tells it to save nothing.
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
               "--appendonly", "no"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir()) as server:
        try:
            _wait_for_redis(port, server)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()


def _wait_for_redis(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, f"redis-server ended at once with status {server.returncode}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                if line.recv(64).startswith(b"+PONG"):
                    return
        except OSError:
            time.sleep(0.02)  # the one thing that cannot be waited for: a port that opens
    raise AssertionError(f"redis-server did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """DSN of a private cluster, `postgresql://handrail@127.0.0.1:<port>/postgres`."""
    with running_postgres() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Address of a private Redis, `redis://127.0.0.1:<port>/0`."""
    with running_redis(free_port()) as address:
        yield address
