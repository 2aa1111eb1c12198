"""A command that cannot work with its settings ends at once, with the sentence that cures them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from server import free_port

S3_AWAY = {
    "TRANSPORT_URL": "redis://127.0.0.1:1/0",
    "STORAGE_URL": "s3://pictures",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def start(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pixharbor.cli.main", *words],
        env=os.environ | {"DATA_DIR": str(folder), "COLUMNS": "200"} | settings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("transport_url", "told"),
    [
        ("rabbitmq://127.0.0.1", "TRANSPORT_URL: cannot use 'rabbitmq'"),
        ("celery+redis:///0", "TRANSPORT_URL:"),
        ("redis://127.0.0.1:1/0", "run: pixharbor migrate"),
    ],
)
def test_a_worker_ends_with_one_sentence(tmp_path: Path, transport_url: str, told: str) -> None:
    ended = start(tmp_path, "worker", TRANSPORT_URL=transport_url)
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_without_its_bucket_ends_with_one_sentence(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    ended = start(tmp_path, "worker", **S3_AWAY, S3_ENDPOINT_URL=address)
    assert ended.returncode == 1, ended.stderr
    assert f"S3_ENDPOINT_URL: nothing answers at {address}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["serve", "api"])
def test_a_port_that_there_is_not_is_told(tmp_path: Path, command: str) -> None:
    by_setting = start(tmp_path, command, PORT="70000")
    assert by_setting.returncode == 1
    assert "PORT: cannot use '70000'; input should be less than or equal to 65535" in (
        by_setting.stderr
    )
    by_option = start(tmp_path, command, "--port", "70000")
    assert by_option.returncode == 2
    assert "'--port'" in by_option.stderr
    assert "65535" in by_option.stderr
