"""What the frame gives to endpoints: one FastAPI dependency for each part that is opened once."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from pixharbor.access.caller import Caller, find_caller
from pixharbor.access.guard import AccessSettings
from pixharbor.db.sealed import Sealer
from pixharbor.imaging.sandbox import Sandbox
from pixharbor.sources.accounts import SourcesOfJobs
from pixharbor.sources.base import Source
from pixharbor.storage.base import Store
from pixharbor.storage.settings import StorageSettings
from pixharbor.unit_of_work import Work


def _work(request: Request) -> Work:
    work: Work = request.app.state.runtime.urgent_work
    return work


def _sources(request: Request) -> Mapping[str, Source]:
    sources: Mapping[str, Source] = request.app.state.runtime.sources
    return sources


def _sources_of_jobs(request: Request) -> SourcesOfJobs:
    connected: SourcesOfJobs = request.app.state.runtime.connected
    return connected


def _store(request: Request) -> Store:
    store: Store = request.app.state.runtime.store
    return store


def _sealer(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.runtime.sealer
    return sealer


def _sandbox(request: Request) -> Sandbox:
    sandbox: Sandbox = request.app.state.runtime.sandbox
    return sandbox


def _storage_settings(request: Request) -> StorageSettings:
    settings: StorageSettings = request.app.state.runtime.settings
    return settings


def _access_settings(request: Request) -> AccessSettings:
    settings: AccessSettings = request.app.state.runtime.settings
    return settings


def _public_url(request: Request) -> str:
    """Where links lead: PUBLIC_URL, or the address that the caller came by."""
    given: str | None = request.app.state.runtime.settings.public_url
    return (given or str(request.base_url)).rstrip("/")


TheWork = Annotated[Work, Depends(_work)]
TheSources = Annotated[Mapping[str, Source], Depends(_sources)]
TheJobSources = Annotated[SourcesOfJobs, Depends(_sources_of_jobs)]
TheStore = Annotated[Store, Depends(_store)]
TheSealer = Annotated[Sealer, Depends(_sealer)]
TheSandbox = Annotated[Sandbox, Depends(_sandbox)]
TheStorageSettings = Annotated[StorageSettings, Depends(_storage_settings)]
TheAccessSettings = Annotated[AccessSettings, Depends(_access_settings)]
PublicUrl = Annotated[str, Depends(_public_url)]
TheCaller = Annotated[Caller, Depends(find_caller)]
