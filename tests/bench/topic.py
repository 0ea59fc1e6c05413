"""Topic pages per CPU-second, beside Starlette's shortest answer in the same run."""

import asyncio
import tempfile
from pathlib import Path

from httpx2 import ASGITransport, AsyncClient

from forum.app import create_app
from tests.bench.load import Pages, load, serving
from tests.bench.site import TOPIC, fill, settings_in
from tests.people import SITE
from tests.sql_counter import statements

FEW, MANY = 20, 20_000
HELLOS, PAGES = 8000, 1200
ROUNDS = 3


async def statements_for(folder: Path, cookie: str) -> int:
    """How many statements the second look at the topic's first page sends."""
    app = create_app(settings_in(folder), runs_jobs=False)
    headers = {"cookie": cookie} if cookie else {}
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url=SITE, headers=headers) as client,
    ):
        await client.get(TOPIC)
        with statements() as sent:
            assert (await client.get(TOPIC)).status_code == 200
        return len(sent)


def best(runs: list[Pages]) -> Pages:
    """The middle run by cost; neighbours on a shared machine make the others worse or luckier."""
    return sorted(runs, key=lambda one: one.per_cpu_second)[len(runs) // 2]


def run() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        cookies = {
            Path(folder): asyncio.run(fill(Path(folder), posts))
            for folder, posts in ((few, FEW), (many, MANY))
        }
        with serving("tests.bench.hello") as hello, serving("tests.bench.site", many) as site:
            cookie = cookies[Path(many)]
            last = f"{TOPIC}?page={MANY // FEW}"
            cases = [
                ("Starlette hello", hello, "/", HELLOS, ""),
                ("topic, anonymous", site, TOPIC, PAGES, ""),
                ("topic, signed in", site, TOPIC, PAGES, cookie),
                (f"topic, page {MANY // FEW}, anonymous", site, last, PAGES, ""),
            ]
            runs: dict[str, list[Pages]] = {name: [] for name, *_ in cases}
            for _ in range(ROUNDS):
                for name, (port, pid), path, count, sent in cases:
                    runs[name].append(load(port, pid, path, count, sent))
        ceiling = best(runs["Starlette hello"]).per_cpu_second
        print(f"{'pages per CPU-second':36}{'':>8}  of hello")
        for name in runs:
            rate = best(runs[name]).per_cpu_second
            print(f"{name:36}{rate:8.0f}  {rate / ceiling:.3f}")
        for who in ("anonymous", "signed in"):
            counts = [
                asyncio.run(statements_for(folder, cookie if who == "signed in" else ""))
                for folder, cookie in cookies.items()
            ]
            print(f"SQL statements, {who}: {counts[0]} at {FEW} posts, {counts[1]} at {MANY}")
