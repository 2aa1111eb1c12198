"""What the database says, asked past the API: books, leases and rows, each in one statement."""

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from pixharbor.db.engine import Database
from pixharbor.images.models import Image, ImageCount
from pixharbor.jobs.models import Item, Job, Task
from pixharbor.jobs.states import ItemState, TaskState

FATES = tuple(state.value for state in ItemState if state is not ItemState.PENDING)


@dataclass(frozen=True, slots=True)
class Sample:
    """A job at one moment, counted twice: by its tasks' counters and by its items."""

    state: str
    counters: dict[str, int]  # listed and each fate, as the tasks' sums say
    items: dict[str, int]  # the same, counted

    @property
    def is_balanced(self) -> bool:
        """Whether both agree, and nothing is pending that is not there."""
        return self.counters == self.items and self.pending >= 0

    @property
    def pending(self) -> int:
        """Items whose fate is open."""
        return self.counters["listed"] - self.settled

    @property
    def settled(self) -> int:
        """Items whose fate is known."""
        return sum(self.counters[fate] for fate in FATES)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it stands; `done` counts what it has settled or listed."""

    id: UUID
    name: str
    token: UUID | None
    state: str
    hi: int
    done: int


class Books:
    """Questions to the database of a running site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sample(self, job_id: UUID) -> Sample:
        """The job's books, from one statement and so of one moment."""
        sums = (func.coalesce(func.sum(getattr(Task, name)), 0) for name in ("listed", *FATES))
        counts = (func.count().filter(Item.state == fate) for fate in FATES)
        tasks = select(*(each.label(f"t{n}") for n, each in enumerate(sums)))
        tasks_row = tasks.where(Task.job_id == job_id).subquery()
        items = select(
            func.count().label("i0"), *(c.label(f"i{n}") for n, c in enumerate(counts, 1))
        )
        items_row = items.where(Item.job_id == job_id).subquery()
        both = select(Job.state, tasks_row, items_row).select_from(Job).join(tasks_row, true())
        row = await self._one(both.join(items_row, true()).where(Job.id == job_id))
        names, half = ("listed", *FATES), len(FATES) + 2
        return Sample(
            row[0],
            {name: int(value) for name, value in zip(names, row[1:half], strict=True)},
            {name: int(value) for name, value in zip(names, row[half:], strict=True)},
        )

    async def held_by(self, pids: Collection[int]) -> list[TaskRow]:
        """The tasks that these processes of this machine hold."""
        holders = [f"{pid}@{socket.gethostname()}" for pid in pids]
        return await self._tasks(Task.state == TaskState.RUNNING, Task.lease_holder.in_(holders))

    async def holders(self, task_name: str = "%") -> set[int]:
        """The processes that hold tasks of this name."""
        found = select(Task.lease_holder).where(
            Task.state == TaskState.RUNNING, Task.name.like(task_name)
        )
        return {int(row[0].partition("@")[0]) for row in await self._all(found)}

    async def tasks(self, ids: Collection[UUID]) -> list[TaskRow]:
        """These tasks."""
        return await self._tasks(Task.id.in_(ids))

    async def images(self) -> list[tuple[str, str, str]]:
        """SHA-256, key in the store and the provider's id of every image."""
        found = select(Image.sha256, Image.storage_key, Image.provider_id)
        return [(row[0], row[1], row[2]) for row in await self._all(found)]

    async def images_counted(self) -> int:
        """How many images there are by the counters that totals are told from."""
        found = select(func.coalesce(func.sum(ImageCount.images), 0))
        return int((await self._one(found))[0])

    async def jobs(self) -> int:
        """How many jobs there are."""
        return int((await self._one(select(func.count()).select_from(Job)))[0])

    async def _tasks(self, *conditions: Any) -> list[TaskRow]:
        done = Task.listed + Task.folders_listed + sum(getattr(Task, fate) for fate in FATES)
        columns = (Task.id, Task.name, Task.lease_token, Task.state, Task.hi, done)
        return [TaskRow(*row) for row in await self._all(select(*columns).where(*conditions))]

    async def _one(self, question: Any) -> Any:
        async with self._database.read() as session:
            return (await session.execute(question)).one()

    async def _all(self, question: Any) -> Any:
        async with self._database.read() as session:
            return (await session.execute(question)).all()


def is_alive(pid: int) -> bool:
    """Whether there is a process with this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
