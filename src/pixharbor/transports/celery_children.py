"""Where sync meets async: each of Celery's children has one event loop, as long as it lives."""

import asyncio
import json
import mmap
import os
import signal
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress

import structlog
from billiard.pool import EX_RECYCLE
from celery.exceptions import SoftTimeLimitExceeded

from pixharbor.errors import PixharborError
from pixharbor.event_loop import run_on_loop
from pixharbor.transports.base import Handler, OpenHandler, WakeUp

log = structlog.get_logger()

# After a stop, handlers have this long to give their work back; within 20 s all is over. Celery's
# own soft shutdown would sleep to the end of it, whether anything is still under way or not.
GRACE_SECONDS = 15
# After Celery was told to drop everything; what still stands then, stands for good.
LAST_SECONDS = 4
# A child that cannot open any more what others have opened tries again, as a new process.
RETRY_SECONDS = 2


class Ties:
    """What ties a worker to its children; made before the fork, so that they inherit it.

    The worker's end of the sockets falls silent: stop. A child's end says why it cannot start.
    """

    def __init__(self) -> None:
        self.worker_end, self.child_end = socket.socketpair()
        self._opened = mmap.mmap(-1, 1)  # shared memory: whether any child ever opened its handler
        self._deadline = threading.Timer(GRACE_SECONDS, _insist)
        self._stopped = False

    def stop(self, **_: object) -> None:
        """The worker was told to end: so are its children; what is left after a while is killed."""
        if not self._stopped:
            self._stopped = True
            self.worker_end.shutdown(socket.SHUT_WR)
            self._deadline.daemon = True
            self._deadline.start()

    def tell_opened(self) -> None:
        """A child has opened its handler: the settings are right."""
        self._opened[0] = 1

    def tell_broken(self, error: BaseException) -> None:
        """A child has no handler: another tries again; if none ever had one, the worker ends."""
        log.error("worker.broken", error=str(error), exc_info=not isinstance(error, PixharborError))
        if self._opened[0]:
            time.sleep(RETRY_SECONDS)  # this child does nothing else any more
            os._exit(os.EX_TEMPFAIL)
        told = {"message": str(error) or repr(error)}
        if isinstance(error, PixharborError):
            told |= {"code": error.code, "cure": error.cure}
        self.child_end.send(json.dumps(told).encode() + b"\n")
        os.kill(os.getppid(), signal.SIGTERM)

    def end(self, exitcode: int | None) -> None:
        """The worker has ended. Raises PixharborError if that was not because it was told to."""
        self._deadline.cancel()
        told = b""
        with suppress(BlockingIOError):
            told = self.worker_end.recv(1 << 16, socket.MSG_DONTWAIT)
        self.worker_end.close()
        self.child_end.close()
        if told:
            raise PixharborError(**json.loads(told.splitlines()[0]))  # all children say the same
        if exitcode and not self._stopped:
            raise PixharborError("Celery's worker fell over; its last lines say why.")


def _insist() -> None:
    """End this process: its children see its end, and their leases give back what they held."""
    os.kill(os.getpid(), signal.SIGQUIT)
    time.sleep(LAST_SECONDS)  # a thread waits for the end of its own process, and of itself
    os.kill(os.getpid(), signal.SIGKILL)


class Child:
    """One process of the pool: its main thread takes Celery's calls, another runs the loop."""

    def __init__(self, open_handler: OpenHandler, ties: Ties) -> None:
        self._open_handler = open_handler
        self._ties = ties
        self._handler: Future[Handler] = Future()
        self._thread: threading.Thread | None = None

    def begin(self, **_: object) -> None:
        """After the fork: nothing was opened before, and a thread made before would not live."""
        self._ties.worker_end.close()
        self._thread = threading.Thread(target=self._live, name="loop", daemon=True)
        self._thread.start()

    def handle(self, wake_up: WakeUp) -> None:
        """Have the wake-up handled on the loop.

        At Celery's soft time limit the handler is asked to give its work back, and the child ends.
        """
        handler = self._handler.result()

        async def handle() -> None:
            await handler(wake_up)

        running = asyncio.run_coroutine_threadsafe(handle(), self._loop)
        try:
            running.result()
        except SoftTimeLimitExceeded:
            self._loop.call_soon_threadsafe(self._stop.set)
            running.result()  # or the hard limit kills the process
            log.info("worker.renewed", after=wake_up.task_name, id=str(wake_up.task_id))
            raise SystemExit(EX_RECYCLE) from None

    def end(self, **_: object) -> None:
        """Close the handler; the process ends next."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._handler.result()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(GRACE_SECONDS)

    def _live(self) -> None:
        try:
            run_on_loop(self._keep_open())
        except BaseException as error:  # noqa: BLE001 - whatever it is, there is no handler now
            if not self._handler.done():
                self._handler.set_exception(error)
            self._ties.tell_broken(error)

    async def _keep_open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop, self._ended = asyncio.Event(), asyncio.Event()
        self._loop.add_reader(self._ties.child_end, self._hear_stop)
        async with self._open_handler(self._stop) as handler:
            self._ties.tell_opened()
            self._handler.set_result(handler)
            await self._ended.wait()

    def _hear_stop(self) -> None:
        self._loop.remove_reader(self._ties.child_end)
        self._stop.set()
