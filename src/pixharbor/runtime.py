"""The runtime: every part of pixharbor, opened once from its settings and closed in reverse."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from pixharbor.access.guard import AccessSettings
from pixharbor.connections.connected_sources import ConnectedSources, open_connected_sources
from pixharbor.connections.settings import ConnectionSettings
from pixharbor.db.engine import Database, DatabaseSettings, open_database
from pixharbor.db.sealed import Sealer
from pixharbor.errors import SettingError
from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imaging.sandbox import Sandbox, open_sandbox
from pixharbor.imports.shelf import lend_shelf
from pixharbor.logs import LogSettings
from pixharbor.secret_files import SECRETS
from pixharbor.setting_sources import weaker_sources
from pixharbor.sources.base import Source
from pixharbor.sources.registry import SourceSettings, open_sources
from pixharbor.storage.base import Store
from pixharbor.storage.registry import open_store
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner, load_secret
from pixharbor.transforms.serve_thumbnail import ThumbnailMaker
from pixharbor.transports.base import Forking, Transport
from pixharbor.transports.registry import TransportSettings, open_transport
from pixharbor.unit_of_work import Work

# More processes than this do not help one disk, and each takes about 90 MB: a machine with many
# cores says WORKER_COUNT.
MOST_WORKERS = 4


def _count_cores() -> int:
    return min(os.cpu_count() or 1, MOST_WORKERS)


class Settings(
    DatabaseSettings,
    StorageSettings,
    TransportSettings,
    SourceSettings,
    ConnectionSettings,
    ImagingSettings,
    AccessSettings,
    LogSettings,
):
    """All settings, from the environment or .env: each part declares its own."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, secrets_dir=SECRETS
    )

    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path("pixharbor"))
    worker_count: int = Field(default_factory=_count_cores, ge=0, le=256)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Strongest first; our reader of secret files says what is wrong with one."""
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, DotEnvSettingsSource)
        assert isinstance(file_secret_settings, SecretsSettingsSource)
        secrets = file_secret_settings.secrets_dir
        assert secrets is None or isinstance(secrets, Path)
        weaker = weaker_sources(settings_cls, env_settings, dotenv_settings, secrets)
        return init_settings, env_settings, dotenv_settings, *weaker

    def model_post_init(self, _context: Any, /) -> None:
        """Put the data folder where {DATA_DIR} stands in other settings."""
        self.data_dir = self.data_dir.expanduser().absolute()
        for name in ("database_url", "storage_url"):
            value: str = getattr(self, name)
            setattr(self, name, value.replace("{DATA_DIR}", str(self.data_dir)))


def load_settings() -> Settings:
    """Read the settings. Raises SettingError: the name, what was given, what is expected."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingError(
            f"{name}: cannot use {first['input']!r}; {first['msg'].lower()}"
        ) from None


@dataclass(frozen=True)
class Runtime:
    """What the API and the workers work with."""

    settings: Settings
    database: Database
    transport: Transport | Forking
    work: Work
    urgent_work: Work  # for requests: a person waits
    store: Store
    signer: LinkSigner
    sealer: Sealer
    sources: Mapping[str, Source]
    connected: ConnectedSources
    sandbox: Sandbox
    thumbnails: ThumbnailMaker

    @property
    def staging(self) -> Path:
        """Where files too large for memory lie until they are verified."""
        return self.settings.data_dir / "staging"


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, transport: Transport | Forking | None = None, answers: bool = True
) -> AsyncIterator[Runtime]:
    """Open every part, the one that others need first.

    `transport` is one that another process has opened and shares. A process that `answers` nobody
    may stand still while it writes.
    """
    async with AsyncExitStack() as stack:
        (settings.data_dir / "staging").mkdir(parents=True, exist_ok=True)
        database = await stack.enter_async_context(
            open_database(settings.database_url, at_once=not answers)
        )
        if transport is None:
            transport = await stack.enter_async_context(open_transport(settings.transport_url))
        given = settings.secret_key.get_secret_value() if settings.secret_key else None
        secret = load_secret(settings.data_dir, given)
        signer = LinkSigner(secret)
        store = await stack.enter_async_context(open_store(settings, signer))
        sealer = Sealer(secret)
        sources = await stack.enter_async_context(open_sources(settings, database, sealer))
        lend_shelf(sources, store, settings.data_dir / "staging")
        connected = await stack.enter_async_context(
            open_connected_sources(settings, database=database, sealer=sealer, sources=sources)
        )
        sandbox = await stack.enter_async_context(open_sandbox(settings))
        work = Work(database, transport)
        urgent_work = Work(database, transport, urgent=True)
        thumbnails = ThumbnailMaker(work=urgent_work, store=store, sandbox=sandbox)
        yield Runtime(
            settings=settings,
            database=database,
            transport=transport,
            work=work,
            urgent_work=urgent_work,
            store=store,
            signer=signer,
            sealer=sealer,
            sources=sources,
            connected=connected,
            sandbox=sandbox,
            thumbnails=thumbnails,
        )
