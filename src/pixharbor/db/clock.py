"""The database's clock: leases, due times and rate limits of all processes are told by it."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class now_ms(FunctionElement[int]):  # noqa: N801 - used like a function of SQL
    """The time in whole milliseconds since 1970, UTC; the same all through one statement."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _in_sqlite(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    # unixepoch('subsec') would read better, but it came with SQLite 3.42 only.
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(now_ms, "postgresql")
def _in_postgresql(_element: now_ms, _compiler: SQLCompiler, **_options: Any) -> str:
    # Not now(), the start of the transaction; not clock_timestamp(), which no index may be
    # searched with because it changes within a statement.
    return "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)"
