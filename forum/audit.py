"""The audit log: who did what to what, append-only, each entry chained to the one before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel, col, select

from forum.db import Reader, Tx

FIRST_HASH = "0" * 64
# Serialises writers of the chain on PostgreSQL; SQLite has one writer anyway.
CHAIN_LOCK = 0x48616E64  # "Hand"
VERIFY_AT_ONCE = 1000


class AuditEntry(SQLModel, table=True):
    """One act. Holds ids and choices, never the words of a member."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_community_id_id", "community_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor_id: int | None = None  # None: the system itself
    community_id: int | None = None
    action: str = Field(max_length=60)
    subject: str = Field(default="", max_length=120)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


# The database itself refuses to change what was recorded; the chain shows it if that is lifted.
APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        *(
            f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
            for act in ("UPDATE", "DELETE")
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a check of the chain found; broken_id is the first entry that does not fit."""

    entries: int
    broken_id: int | None = None
    head: str = FIRST_HASH


async def record(
    tx: Tx,
    actor_id: int | None,
    action: str,
    *,
    community_id: int | None = None,
    subject: object = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry in the caller's transaction; the act and its record stand or fall together.

    detail: ids, choices and times that JSON can hold; never words of a member.
    """
    if tx.on_postgres:
        await tx.session.exec(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=CHAIN_LOCK))  # type: ignore[call-overload]
    newest = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)
    previous = (await tx.session.exec(newest)).first() or FIRST_HASH
    entry = AuditEntry(
        at=tx.now,
        actor_id=actor_id,
        community_id=community_id,
        action=action,
        subject=str(subject),
        detail=dict(detail or {}),
        previous_hash=previous,
        hash="",
    )
    entry.hash = _hash(entry)
    tx.add(entry)
    await tx.flush()
    return entry


async def verify(reader: Reader) -> ChainCheck:
    """Walk the whole chain and compute every hash anew."""
    previous, count, last_id = FIRST_HASH, 0, 0
    while True:
        page = await reader.exec(
            select(AuditEntry)
            .where(col(AuditEntry.id) > last_id)
            .order_by(col(AuditEntry.id))
            .limit(VERIFY_AT_ONCE)
        )
        entries = page.all()
        if not entries:
            return ChainCheck(count, head=previous)
        for entry in entries:
            last_id = entry.id or 0
            if entry.previous_hash != previous or entry.hash != _hash(entry):
                return ChainCheck(count, last_id, previous)
            previous, count = entry.hash, count + 1


def _hash(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says, its predecessor's hash first."""
    said = [
        entry.previous_hash,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.community_id,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
