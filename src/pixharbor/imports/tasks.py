"""Binds the steps of an import to the names that wake-ups carry."""

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import select

from pixharbor.imaging.limits import ImagingSettings
from pixharbor.imports.admission import Admission
from pixharbor.imports.fetch_chunk import fetch_chunk
from pixharbor.imports.fetch_file import FileFetcher
from pixharbor.imports.finish_import import finish_import
from pixharbor.imports.keep_fates import FateKeeper
from pixharbor.imports.list_files import list_files
from pixharbor.imports.sweep_staging import sweep_staging
from pixharbor.imports.verify_together import Verifier
from pixharbor.jobs.leases import Handler, Lease
from pixharbor.jobs.models import Job
from pixharbor.sources.base import Source
from pixharbor.storage.base import Store
from pixharbor.unit_of_work import Work


def import_tasks(
    *,
    work: Work,
    sources: Mapping[str, Source],
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

    @cache
    def fetcher_of(source: str) -> FileFetcher:
        return FileFetcher(sources[source], verifier, staging, settings.limit_file_bytes, admission)

    async def source_of(lease: Lease) -> str:
        async with work.read() as session:
            name = await session.scalar(select(Job.source).where(Job.id == lease.job_id))
        assert name is not None
        return name

    async def list_(lease: Lease) -> None:
        source = sources[await source_of(lease)]
        await list_files(lease, work=work, source=source, stop=stop)

    async def fetch(lease: Lease) -> None:
        fetcher = fetcher_of(await source_of(lease))
        await fetch_chunk(lease, work=work, fetcher=fetcher, keeper=keeper, stop=stop)

    async def finish(lease: Lease) -> None:
        await finish_import(lease, work=work)

    return {
        "imports.list_files": list_,
        "imports.fetch_chunk": fetch,
        "imports.finish_import": finish,
    }
