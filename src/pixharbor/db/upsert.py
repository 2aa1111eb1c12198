"""Inserts that may meet a row which is there already; both databases spell them alike."""

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from pixharbor.db.base import Base

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(table: Table | type[Base], *, dialect: str) -> Upsert:
    """An insert that has on_conflict_do_nothing() and on_conflict_do_update().

    Give several rows in one order, by their key: two writers that meet on PostgreSQL wait for each
    other's rows, and with one order never both at once.
    """
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MB, unused on SQLite

    return postgresql.insert(table)
