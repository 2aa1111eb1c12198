"""nginx for tests: the real program, with one of the project's own configurations."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from programs import find_program
from server import free_port
from servers.process import ServerProcess, listens

CONFIGURATIONS = Path(__file__).parents[2] / "nginx"
MAIN = """
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass
class Nginx:
    """One of the project's configurations, with its names replaced by this machine's."""

    folder: Path
    ports: dict[str, int]  # by the port that the configuration names

    @property
    def command(self) -> list[str]:
        """nginx with this configuration, in the foreground."""
        program = find_program("nginx", package="nginx-light")
        conf = str(self.folder / "nginx.conf")
        error_log = str(self.folder / "error.log")
        return [program, "-p", str(self.folder), "-e", error_log, "-c", conf, "-g", "daemon off;"]

    def test(self) -> str:
        """What `nginx -t` says."""
        told = subprocess.run([*self.command, "-t"], capture_output=True, text=True, check=False)
        return told.stderr

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start it; ready when it listens on all its ports."""
        ready = lambda: all(listens(port) for port in self.ports.values())  # noqa: E731 - a name for what is awaited
        process = ServerProcess(self.command, folder=self.folder, ready=ready)
        process.start()
        try:
            yield
        finally:
            process.stop()


def set_up_nginx(name: str, folder: Path, *, replaced: Mapping[str, str]) -> Nginx:
    """Write the project's configuration `name` to `folder`, on free ports of loopback.

    Every name in `replaced` must be in it: what a test replaces, the shipped file really says.
    """
    ports: dict[str, int] = {}

    def move(listen: re.Match[str]) -> str:
        port = ports.setdefault(listen[1], free_port())
        return f"listen 127.0.0.1:{port}"

    site = re.sub(r"listen (?:127\.0\.0\.1:)?(\d+)", move, (CONFIGURATIONS / name).read_text())
    shared = (CONFIGURATIONS / "pixharbor.conf").read_text()
    replaced = {"/etc/nginx/pixharbor.conf": str(folder / "shared.conf"), **replaced}
    for given, put in replaced.items():
        assert given in site + shared, f"{given} is not in {name}"
        site, shared = site.replace(given, put), shared.replace(given, put)
    # As root, nginx's workers would be somebody who may not read a test's folder.
    main = MAIN.format(folder=folder, user="user root;\n" if os.geteuid() == 0 else "")
    files = {"site.conf": site, "shared.conf": shared, "nginx.conf": main}
    for file, text in files.items():
        (folder / file).write_text(text)
    return Nginx(folder, ports)
