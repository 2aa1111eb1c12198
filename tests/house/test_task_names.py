"""House rule: every task name that is sent has exactly one handler."""

import asyncio
import re
from pathlib import Path

from harbour import running_harbour

import pixharbor
from pixharbor.worker import task_table

# As written in Task(name="…") or a row's {"name": "…"}; a job's finish is named after its kind.
SENT = re.compile(r'name(?:=|": )"((?:imports|transforms|batches|webhooks)\.\w+)"')


async def test_every_task_name_that_is_sent_has_a_handler(tmp_path: Path) -> None:
    sources = Path(pixharbor.__file__).parent.rglob("*.py")
    sent = {name for source in sources for name in SENT.findall(source.read_text())}
    async with running_harbour(tmp_path / "data", working=False) as harbour:
        table = task_table(harbour.runtime, asyncio.Event())
    assert {"imports.list_files", "imports.fetch_chunk"} <= sent
    assert sent | {"imports.finish_import"} == set(table)
