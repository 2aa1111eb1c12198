"""Binds the steps of an import to the names that wake-ups carry."""

import asyncio
from pathlib import Path

from pixharbor.connections.connected_sources import ConnectedSources
from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imports.admission import Admission
from pixharbor.imports.fetch_chunk import fetch_chunk
from pixharbor.imports.fetch_file import FileFetcher
from pixharbor.imports.finish_import import finish_import
from pixharbor.imports.keep_fates import FateKeeper
from pixharbor.imports.list_files import list_files
from pixharbor.imports.sweep_staging import sweep_staging
from pixharbor.imports.verify_file import Verifier
from pixharbor.jobs.leases import Handler, Lease
from pixharbor.jobs.models import Job
from pixharbor.jobs.put_away import place_of, put_away
from pixharbor.sources.base import Source
from pixharbor.storage.base import Store
from pixharbor.unit_of_work import Work


def import_tasks(
    *,
    work: Work,
    connected: ConnectedSources,
    store: Store,
    settings: ImagingSettings,
    staging: Path,
    stop: asyncio.Event,
) -> dict[str, Handler]:
    """The imports' part of the task table."""
    sweep_staging(staging)
    admission = Admission()
    verifier = Verifier(settings)
    keeper = FateKeeper(work, store, admission)
    fetchers: dict[Source, FileFetcher] = {}

    async def job_of(lease: Lease) -> Job:
        async with work.read(briefly=True) as session:
            return await session.get_one(Job, lease.job_id)

    async def source_of(lease: Lease) -> Source:
        job = await job_of(lease)
        return await connected.source_for(job.source, job.options.get("connection_id"))

    async def list_(lease: Lease) -> None:
        source = await source_of(lease)
        await list_files(lease, work=work, source=source, stop=stop)

    async def fetch(lease: Lease) -> None:
        source = await source_of(lease)
        limit = settings.limit_file_bytes
        fetcher = fetchers.setdefault(
            source, FileFetcher(source, verifier, staging, limit, admission)
        )
        await fetch_chunk(lease, work=work, fetcher=fetcher, keeper=keeper, stop=stop)

    async def finish(lease: Lease) -> None:
        place = place_of(await job_of(lease))
        await finish_import(lease, work=work)
        await put_away(place, connected, work=work)

    return {
        "imports.list_files": list_,
        "imports.fetch_chunk": fetch,
        "imports.finish_import": finish,
    }
