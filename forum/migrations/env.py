"""How Alembic runs here: on a connection that `forum.schema` hands over."""

from alembic import context

import forum.app  # noqa: F401  # declares every table
from forum.db import metadata


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave search indexes and other helpers of the database alone."""
    return not (kind == "table" and name is not None and "_fts" in name)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    include_name=_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
