"""What nobody has given is made, once: deploy/make_settings.sh."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "make_settings.sh"
SERVERS = {"s3_root_access_key", "s3_root_secret_key", "secret_key", "postgres_password"}
CLIENTS = {
    "s3_bucket_name", "s3_endpoint_url", "s3_public_endpoint_url", "s3_aws_access_key_id",
    "s3_aws_secret_access_key",
}  # fmt: skip


def make(folder: Path, **given: str) -> dict[str, str]:
    environment = {"PATH": os.environ["PATH"], "PAGE_URL": "http://localhost:8000", **given}
    subprocess.run(["sh", str(SCRIPT), str(folder)], env=environment, check=True)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_everything_is_made_at_the_first_start_and_stays(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert made.keys() == SERVERS | CLIENTS
    secrets = [made[name] for name in SERVERS]
    assert len(set(secrets)) == len(SERVERS)
    assert all(len(secret) == 32 for secret in secrets)  # 192 bits
    assert made["s3_aws_secret_access_key"] == made["s3_root_secret_key"]
    assert made["s3_public_endpoint_url"] == "http://localhost:8000"
    assert make(tmp_path) == made


def test_no_two_installations_have_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (make(folder) for folder in folders)
    assert not {one[name] for name in SERVERS} & {two[name] for name in SERVERS}


def test_files_can_be_read_by_the_containers_and_written_by_none(tmp_path: Path) -> None:
    make(tmp_path)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o444}


def test_a_password_that_is_given_is_used_s1_28(tmp_path: Path) -> None:
    assert make(tmp_path, POSTGRES_PASSWORD="pass word")["postgres_password"] == "pass word"
    assert make(tmp_path, POSTGRES_PASSWORD="")["postgres_password"] == "pass word"


def test_whoever_names_a_bucket_means_that_one_s1_30(tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("STORAGE_URL", "S3_BUCKET_NAME", "GCS_BUCKET_NAME"):
        assert make(tmp_path, **{name: "mine"}).keys() == SERVERS
    assert make(tmp_path).keys() == SERVERS | CLIENTS


AMAZON = {
    "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "se cret", "AWS_SESSION_TOKEN": "token",
    "AWS_DEFAULT_REGION": "eu-central-1",
}  # fmt: skip


def test_amazons_names_count_for_a_bucket_that_is_named(tmp_path: Path) -> None:
    made = make(tmp_path, STORAGE_URL="s3://mine", **AMAZON)
    assert made["aws_access_key_id"] == "id"
    assert made["aws_secret_access_key"] == "se cret"
    assert made["aws_session_token"] == "token"
    assert made["s3_region"] == "eu-central-1"
    assert make(tmp_path, STORAGE_URL="s3://mine", AWS_SESSION_TOKEN="").keys() == SERVERS


def test_what_a_shell_has_for_other_purposes_opens_nothing_here(tmp_path: Path) -> None:
    make(tmp_path, STORAGE_URL="s3://mine", **AMAZON)
    assert make(tmp_path, **AMAZON).keys() == SERVERS | CLIENTS
    own = make(tmp_path, STORAGE_URL="s3://mine", S3_AWS_ACCESS_KEY_ID="mine", **AMAZON)
    assert own.keys() == SERVERS | {"s3_region"}


@pytest.mark.parametrize(
    ("setting", "given", "told"),
    [
        (
            "DATABASE_URL",
            "sqlite:///./sql_app.db",
            b"DATABASE_URL: containers cannot share SQLite;",
        ),
        ("STORAGE_URL", "file:///data/objects", b"STORAGE_URL: containers cannot share a folder;"),
    ],
)
def test_containers_share_no_file_and_no_folder_s3_23(
    tmp_path: Path, setting: str, given: str, told: bytes
) -> None:
    environment = {"PATH": os.environ["PATH"], setting: given}
    ended = subprocess.run(
        ["sh", str(SCRIPT), str(tmp_path)], env=environment, capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(told)
    assert list(tmp_path.iterdir()) == []
