"""The database refuses to change the audit log."""

from alembic import op

from forum.audit import APPEND_ONLY

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_entry_no_{act}" + (" ON audit_entry" * on_postgres))
    if on_postgres:
        op.execute("DROP FUNCTION audit_entry_refuse")
