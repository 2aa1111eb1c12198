"""`pixharbor doctor`: each setting and where it came from, and whether each part answers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import typer
from pydantic import SecretStr
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from pixharbor.access.caller import LOCAL_OWNER
from pixharbor.cli.console import console, out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json
from pixharbor.connections.read_connections import list_connections
from pixharbor.db.describe import describe_database
from pixharbor.db.engine import open_database
from pixharbor.db.migrate import migrate, require_newest
from pixharbor.errors import PixharborError
from pixharbor.imaging.libvips import describe_libvips
from pixharbor.logs import set_up_logs
from pixharbor.runtime import Runtime, Settings, load_settings, open_runtime
from pixharbor.setting_sources import find_origins
from pixharbor.sources.base import KeyMissing, Triable
from pixharbor.sources.registry import SOURCES
from pixharbor.storage.base import NewObject, StoreError
from pixharbor.transports.base import Checkable

Check = Callable[[Runtime], Awaitable[str]]


def doctor(as_json: Json = False) -> None:
    """Show each setting and where it came from, and try each connection.

    Ends with 0 when everything that is set works, with 1 otherwise.
    """
    settings = load_settings()
    set_up_logs(settings.model_copy(update={"log_level": "warning"}))
    found = describe_settings(settings)
    checks = run_loop(try_all(settings))
    healthy = all(check["ok"] is not False for check in checks)
    if as_json:
        print_json({"settings": found, "checks": checks, "healthy": healthy})
    else:
        _print(found, checks)
    raise typer.Exit(0 if healthy else 1)


def describe_settings(settings: Settings) -> list[dict[str, str]]:
    """Each setting by name."""
    origins = find_origins(type(settings))
    return [_setting(settings, name, origins) for name in sorted(type(settings).model_fields)]


def _setting(settings: Settings, name: str, origins: Mapping[str, str]) -> dict[str, str]:
    """Its name, its value (secrets only as set or not) and its origin."""
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        value = "(set, not shown)"
    elif isinstance(value, str) and "@" in value:
        value = f"…@{value.rpartition('@')[2]}"
    told = "" if value is None else str(value)
    return {"name": name.upper(), "value": told, "from": origins.get(name, "default")}


async def try_all(settings: Settings) -> list[dict[str, Any]]:
    """Each part and account: its name, whether it is ok (None: not set up), and what it says."""
    try:
        async with open_runtime(settings) as runtime:
            checks = CHECKS | await _accounts(runtime)
            return [await _try(name, check, runtime) for name, check in checks.items()]
    except PixharborError as error:
        return [{"name": "start", "ok": False, "says": error.message}]


async def _try(name: str, check: Check, runtime: Runtime) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "says": await check(runtime)}
    except KeyMissing as missing:
        return {"name": name, "ok": None, "says": f"{missing.message} {missing.cure}"}
    except PixharborError as error:
        return {"name": name, "ok": False, "says": f"{error.message} {error.cure}".strip()}
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what is to be told
        return {"name": name, "ok": False, "says": f"{type(error).__name__}: {error}"}


async def _database(runtime: Runtime) -> str:
    return await describe_database(runtime.database)


async def _store(runtime: Runtime) -> str:
    """A small object there and back, in a corner where no picture lies."""
    key, body = f".pixharbor/doctor-{uuid4().hex}.bin", b"pixharbor"
    await runtime.store.put_many([NewObject(key, body, "application/octet-stream")])
    try:
        async with runtime.store.as_file(key) as path:
            if path.read_bytes() != body:
                raise StoreError("STORAGE_URL: what was written there is not what can be read.")
    finally:
        await runtime.store.delete_many([key])
    leads_to = runtime.store.link_origin or "this server"
    return f"wrote, read and deleted {len(body)} bytes; links lead to {leads_to}"


async def _transport(runtime: Runtime) -> str:
    if not isinstance(runtime.transport, Checkable):
        return "needs no server"
    check = await runtime.transport.check()
    return "; but: ".join((check.says, *check.warnings))


async def _sandbox(runtime: Runtime) -> str:
    return await runtime.sandbox.run(describe_libvips)


async def _google_drive(runtime: Runtime) -> str:
    async with _opened("google_drive", runtime.settings) as source:
        return f"{await source.try_credentials()} ({runtime.settings.google_drive_api_url})"


async def _dropbox(runtime: Runtime) -> str:
    async with _opened("dropbox", runtime.settings) as source:
        return f"{await source.try_credentials()} ({runtime.settings.dropbox_api_url})"


@asynccontextmanager
async def _opened(name: str, settings: Settings) -> AsyncIterator[Triable]:
    """The source that imports use, with a database of its own for the pace of its one question.

    So it can be tried before the first start has made the tables, and while a provider's limits
    are used up.
    """
    with TemporaryDirectory(prefix="pixharbor-") as folder:
        async with open_database(f"sqlite:///{folder}/pace.db") as database:
            await migrate(database)
            async with SOURCES[name](settings, database) as source:
                assert isinstance(source, Triable)
                yield source


async def _account(connection_id: UUID, runtime: Runtime) -> str:
    source = await runtime.connected.open(connection_id)
    assert isinstance(source, Triable)
    return await source.try_credentials()


async def _accounts(runtime: Runtime) -> dict[str, Check]:
    """A check for each connected account; none of a database that cannot be read yet."""
    try:
        await require_newest(runtime.database)
        async with runtime.database.read() as session:
            rows = await list_connections(session, LOCAL_OWNER)
    except (PixharborError, SQLAlchemyError):
        return {}  # the database's own check says what is wrong with it
    return {f"{row.source} as {row.name}": partial(_account, row.id) for row in rows}


CHECKS: dict[str, Check] = {
    "database": _database,
    "store": _store,
    "transport": _transport,
    "sandbox": _sandbox,
    "google drive": _google_drive,
    "dropbox": _dropbox,
}


SIGNS = {
    True: Text("ok      ", "green"),
    False: Text("bad     ", "red"),
    None: Text("not set ", "dim"),
}


def _print(found: list[dict[str, str]], checks: list[dict[str, Any]]) -> None:
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for setting in found:
        table.add_row(setting["name"], setting["value"], setting["from"])
    out.print(table)
    for check in checks:
        console.print(SIGNS[check["ok"]], f"{check['name']}: {check['says']}", soft_wrap=True)
