"""The clock of R4: from a kill until what the victim held runs again, and until it gets on."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from chaos.books import Books, TaskRow

from pixharbor.jobs.states import TaskState


@dataclass(slots=True)
class _Wait:
    task: TaskRow  # as the victim left it
    since: float
    runs: bool = False


@dataclass
class Recovery:
    """Seconds of every task that a killed process held."""

    until_runs: list[float] = field(default_factory=list)
    until_gets_on: list[float] = field(default_factory=list)
    _open: dict[UUID, _Wait] = field(default_factory=dict)

    def begin(self, held: Iterable[TaskRow], since: float) -> None:
        """Read `held` after the kill. A task that was being waited for already begins anew."""
        for task in held:
            self._open[task.id] = _Wait(task, since)

    async def look(self, books: Books) -> None:
        """See who has come back; a few times a second is enough."""
        if not self._open:
            return
        at = time.monotonic()
        for task in await books.tasks(list(self._open)):
            wait = self._open[task.id]
            again = task.state == TaskState.RUNNING and task.token != wait.task.token
            # A chunk that crashes again and again is halved: its other half is another's now.
            ended = task.state == TaskState.DONE or task.hi != wait.task.hi
            if not wait.runs and (again or ended):
                wait.runs = True
                self.until_runs.append(at - wait.since)
            if wait.runs and (ended or task.done > wait.task.done):
                self.until_gets_on.append(at - wait.since)
                del self._open[task.id]

    @property
    def waiting(self) -> int:
        """Tasks that have not come back yet."""
        return len(self._open)
