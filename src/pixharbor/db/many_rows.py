"""Runs one statement with many rows; on SQLite compiled once, for there everybody waits for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Dialect, UpdateBase
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]


async def execute_with(
    connection: AsyncConnection, statement: UpdateBase, rows: Sequence[Row]
) -> None:
    """Run it with each of the rows, which all name the same columns or parameters.

    SQLAlchemy would copy and look through each row three times: 11 µs a row instead of 16. Give a
    statement that is made once, for each is compiled once.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(statement, rows)
        return
    compiled = _compile(statement, connection.dialect, tuple(rows[0]))
    await connection.exec_driver_sql(compiled.sql, list(compiled.values(rows)))


class _Compiled(NamedTuple):
    """What the driver is given; `converts` has the places of values that it cannot take."""

    sql: str
    names: Sequence[str]
    converts: list[tuple[int, Callable[[Any], Any]]]

    def values(self, rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
        columns = [map(itemgetter(name), rows) for name in self.names]
        for place, convert in self.converts:
            columns[place] = map(convert, columns[place])
        return zip(*columns, strict=True)


@lru_cache
def _compile(statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    places = compiled.positiontup
    assert places is not None
    types = [compiled.binds[name].type.dialect_impl(dialect) for name in places]
    converters = [each.bind_processor(dialect) for each in types]
    return _Compiled(
        str(compiled),
        places,
        [(place, convert) for place, convert in enumerate(converters) if convert],
    )
