"""Inserts that may meet a row which is there already; both databases spell them alike."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from pixharbor.db.base import Base

Upsert = sqlite.Insert | postgresql.Insert


def insert_into(table: Table | type[Base], *, dialect: str) -> Upsert:
    """An insert that has on_conflict_do_nothing() and on_conflict_do_update().

    Give several rows in one order, by their key: two writers that meet on PostgreSQL wait for each
    other's rows, and with one order never both at once.
    """
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
