"""The database's history: one line of migrations, each runs beside the release before it."""
