"""Write the next migration from what the tables say now: `python -m forum.migrations "what"`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command

from forum.db import open_engine
from forum.schema import config_for, upgrade


async def write(message: str, number: str) -> None:
    """Compare a fresh database with the tables and write the difference as migration `number`."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        await upgrade(url)
        engine = open_engine(url)
        async with engine.connect() as connection:
            await connection.run_sync(
                lambda sync: command.revision(
                    config_for(sync), message, autogenerate=True, rev_id=number
                )
            )
        await engine.dispose()


if __name__ == "__main__":
    versions = Path(__file__).parent / "versions"
    asyncio.run(write(sys.argv[1], f"{len(list(versions.glob('*.py'))) + 1:04d}"))
