"""moto's S3 for tests: for machines without Go; it checks no signature."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer
from servers.s3 import S3Server


@contextmanager
def running_moto() -> Iterator[S3Server]:
    """Start it in a thread, on a free loopback port."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3Server(f"http://{host}:{port}", "test", "testsecret12345")
    finally:
        server.stop()
