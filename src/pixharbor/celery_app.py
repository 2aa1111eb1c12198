"""For those who start workers by Celery's own command: `celery -A pixharbor.celery_app worker`.

`pixharbor worker` does the same, begins again what dies, and keeps imports from holding up clicks.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pixharbor.db.migrate import require_newest
from pixharbor.errors import SettingError
from pixharbor.logs import set_up_logs
from pixharbor.runtime import load_settings, open_runtime
from pixharbor.transports.base import Handler, Queue
from pixharbor.transports.celery import CeleryTransport
from pixharbor.transports.registry import find_forking
from pixharbor.worker import working

settings = load_settings()
transport = find_forking(settings.transport_url)
if not isinstance(transport, CeleryTransport):
    raise SettingError(
        "TRANSPORT_URL: Celery's command needs a broker of Celery's; expected celery+redis://… or "
        "celery+amqp://…"
    )
set_up_logs(settings)


@asynccontextmanager
async def open_handler(stop: asyncio.Event) -> AsyncIterator[Handler]:
    """In each child, after the fork."""
    async with open_runtime(settings) as runtime:
        await require_newest(runtime.database)
        async with working(runtime, stop=stop) as handler:
            yield handler


app, _ = transport.make_worker_app(tuple(Queue), open_handler)
