"""PostgreSQL: its pools and time-outs, and what to do when it cannot be opened."""

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from pixharbor.errors import SettingError

# Connections of a pool. A process has two pools and one connection for its heartbeat, so that
# eight processes fit into PostgreSQL's usual hundred. More writers would only wait for each other.
POOL = 5
# Whoever finds all connections taken waits as long as SQLite's busy_timeout.
POOL_SECONDS = 10

# What the URL's own query does not say. A machine that vanishes without a word is noticed within
# 30 s, not after TCP's two hours.
CONNECTING = {
    "application_name": "pixharbor",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "30000",
}
# A statement takes milliseconds. A process that was stopped inside a transaction loses it before
# its lease (20 s) runs out, so that it holds nobody up.
LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "15s",
}
# All questions of one session are answered from one snapshot, as on SQLite.
READING = {
    "default_transaction_isolation": r"repeatable\ read",
    "default_transaction_read_only": "on",
}

# What PostgreSQL or its client library says → what to do about it.
CURES = (
    ("password", "Correct the user or the password in it."),
    ("role", "Create the user, or correct it."),
    ("database", "Create it with: createdb -h {host} -p {port} {name}"),
    ("too many", "Raise PostgreSQL's max_connections, or start fewer processes."),
    ("", "Start PostgreSQL, or correct the host and the port."),
)


def open_reader(url: URL) -> AsyncEngine:
    """A pool for questions; nothing can be written through it."""
    return _open(url, LIMITS | READING)


def open_writer(url: URL) -> AsyncEngine:
    """A pool for writing; a commit returns when it is on the disk."""
    return _open(url, LIMITS)


async def reach(engine: AsyncEngine) -> None:
    """Connect once. Raises SettingError with the server's own words and what to do."""
    try:
        async with engine.connect() as connection:
            encoding = await connection.scalar(text("SHOW server_encoding"))
    except OperationalError as error:
        raise SettingError(_say_why(engine.url, error)) from error
    if encoding != "UTF8":
        raise SettingError(
            f"DATABASE_URL: {name_of(engine.url)} cannot keep every file's name: its encoding is "
            f"{encoding}. Make one with: createdb -E UTF8 -T template0"
        )


def _open(url: URL, options: dict[str, str]) -> AsyncEngine:
    told = [f"-c {name}={value}" for name, value in options.items()]
    told += url.normalized_query.get("options", ())  # the last one counts
    query = CONNECTING | dict(url.query) | {"options": " ".join(told)}
    try:
        return create_async_engine(
            url.set(query=query),
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,  # a server that was restarted costs nobody an error
        )
    except ImportError as error:
        raise SettingError(
            "DATABASE_URL: postgresql:// needs the extra: pip install 'pixharbor[postgres]'"
        ) from error


def _say_why(url: URL, error: DBAPIError) -> str:
    words = str(error.orig).strip().splitlines()[0]
    said = words.rpartition("FATAL:")[2].strip()
    cure = next(cure for word, cure in CURES if word in said)
    cure = cure.format(host=url.host or "localhost", port=url.port or 5432, name=url.database)
    return f"DATABASE_URL: cannot open {name_of(url)}: {said}. {cure}"


def name_of(url: URL) -> str:
    """The URL as it may be shown: *** for the password, and nothing of its query."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string()
