"""`pixharbor doctor`: each setting and where it came from, and whether each part answers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

import typer
from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from pixharbor.cli.console import console, out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json
from pixharbor.db.describe import describe_database
from pixharbor.errors import PixharborError
from pixharbor.imaging.libvips import describe_libvips
from pixharbor.runtime import Runtime, Settings, load_settings, open_runtime
from pixharbor.setting_sources import find_origins
from pixharbor.storage.base import NewObject, StoreError
from pixharbor.transports.base import Checkable

Check = Callable[[Runtime], Awaitable[str]]


def doctor(as_json: Json = False) -> None:
    """Show each setting and where it came from, and try each connection."""
    settings = load_settings()
    found = describe_settings(settings)
    checks = run_loop(_try_all(settings))
    healthy = all(check["ok"] for check in checks)
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


async def _try_all(settings: Settings) -> list[dict[str, Any]]:
    try:
        async with open_runtime(settings) as runtime:
            return [await _try(name, check, runtime) for name, check in CHECKS.items()]
    except PixharborError as error:
        return [{"name": "start", "ok": False, "says": error.message}]


async def _try(name: str, check: Check, runtime: Runtime) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "says": await check(runtime)}
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
    key = "set" if runtime.settings.google_api_key else "not set: public links need it"
    return f"{runtime.settings.google_drive_api_url}, GOOGLE_API_KEY {key}"


async def _dropbox(runtime: Runtime) -> str:
    settings = runtime.settings
    links = settings.dropbox_app_key and settings.dropbox_app_secret
    app = "set" if links else "not set: links need DROPBOX_APP_KEY and DROPBOX_APP_SECRET"
    return f"{settings.dropbox_api_url}, app {app}"


CHECKS: dict[str, Check] = {
    "database": _database,
    "store": _store,
    "transport": _transport,
    "sandbox": _sandbox,
    "google drive": _google_drive,
    "dropbox": _dropbox,
}


def _print(found: list[dict[str, str]], checks: list[dict[str, Any]]) -> None:
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for setting in found:
        table.add_row(setting["name"], setting["value"], setting["from"])
    out.print(table)
    for check in checks:
        sign = Text("ok  ", "green") if check["ok"] else Text("bad ", "red")
        console.print(sign, f"{check['name']}: {check['says']}", soft_wrap=True)
