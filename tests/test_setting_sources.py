"""Where settings come from: other names, files of secrets, and what doctor says of it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from pixharbor.aliases import ALIASES, apply_aliases
from pixharbor.cli.doctor import describe_settings
from pixharbor.errors import SettingError
from pixharbor.runtime import Settings, load_settings

Folder = Callable[[str], Path]
S0 = """
POSTGRES_DB=imagedb
POSTGRES_USER=postgres
POSTGRES_PASSWORD=postgres
DB_HOST=postgres
REDIS_URL=redis://redis:6379/0
"""
S1 = """
DATABASE_URL=postgresql://user:password@db:5432/images
POSTGRES_USER=user
POSTGRES_PASSWORD=password
POSTGRES_DB=images
REDIS_URL=redis://redis:6379
S3_BUCKET_NAME=your-s3-bucket-name
S3_AWS_ACCESS_KEY_ID=your-access-key-id
S3_AWS_SECRET_ACCESS_KEY=your-secret-access-key
GOOGLE_API_KEY=your-google-api-key
DROPBOX_APP_KEY=your-dropbox-app-key
DROPBOX_APP_SECRET=your-dropbox-app-secret
DROPBOX_REFRESH_TOKEN=your-dropbox-refresh-token
WORKER_COUNT=10
"""
S3 = """
# Database
DATABASE_URL=sqlite:///./sql_app.db # Use postgresql://... in production
SECRET_KEY="A_STRONG_SECRET_KEY"
REDIS_HOST=localhost
REDIS_PORT=6379
KAFKA_BOOTSTRAP_SERVERS=localhost:9092
GCS_BUCKET_NAME=my-image-processor-bucket-001
"""


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and an empty folder to stand in."""
    known = {*Settings.model_fields, *(name for alias in ALIASES for name in alias.names)}
    for name in os.environ:
        if name.lower().removesuffix("_file") in known:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def write_env(text: str) -> None:
    Path(".env").write_text(text)


def origins() -> dict[str, str]:
    return {setting["name"]: setting["from"] for setting in describe_settings(load_settings())}


def test_the_env_file_of_the_first_document_works_as_it_is_s0_37_to_s0_41() -> None:
    write_env(S0)
    assert load_settings().database_url == "postgresql://postgres:postgres@postgres/imagedb"
    told = ".env: DB_HOST, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB"
    assert origins()["DATABASE_URL"] == told


def test_the_env_file_of_the_second_document_works_as_it_is_s1_27_to_s1_33() -> None:
    write_env(S1)
    settings = load_settings()
    assert settings.database_url == "postgresql://user:password@db:5432/images"
    assert settings.storage_url == "s3://your-s3-bucket-name"
    assert origins()["DATABASE_URL"] == ".env"
    assert origins()["STORAGE_URL"] == ".env: S3_BUCKET_NAME"
    assert origins()["GOOGLE_API_KEY"] == ".env"


def test_the_env_file_of_the_fourth_document_works_as_it_is_s3_23_to_s3_27() -> None:
    write_env(S3)
    settings = load_settings()
    assert settings.database_url == "sqlite:///./sql_app.db"
    assert settings.secret_key
    assert settings.secret_key.get_secret_value() == "A_STRONG_SECRET_KEY"
    assert settings.storage_url == "gs://my-image-processor-bucket-001"
    assert settings.transport_url == "kafka://localhost:9092"
    assert origins()["TRANSPORT_URL"] == ".env: KAFKA_BOOTSTRAP_SERVERS"


def test_where_the_api_is_to_the_documents_pages_is_our_public_url_s0_51_s1_25() -> None:
    write_env("VITE_API_URL=https://api2.med44.site")
    assert load_settings().public_url == "https://api2.med44.site"
    write_env("REACT_APP_API_URL=http://localhost:8000\nVITE_API_URL=http://localhost:8000")
    assert load_settings().public_url == "http://localhost:8000"


def test_a_settings_own_name_wins_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    write_env("STORAGE_URL=file:///own")
    monkeypatch.setenv("S3_BUCKET_NAME", "bucket")
    assert load_settings().storage_url == "file:///own"
    monkeypatch.setenv("STORAGE_URL", "file:///environment")
    assert load_settings().storage_url == "file:///environment"
    assert origins()["STORAGE_URL"] == "environment"


def test_the_environment_wins_over_env_among_other_names_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_env("S3_BUCKET_NAME=of-the-file")
    monkeypatch.setenv("S3_BUCKET_NAME", "of-the-environment")
    assert load_settings().storage_url == "s3://of-the-environment"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"redis_host": "cache"}, "redis://cache:6379/0"),
        ({"redis_host": "cache", "redis_port": "7000"}, "redis://cache:7000/0"),
        ({"redis_host": "cache", "redis_port": "tcp://10.0.0.1:6379"}, "redis://cache:6379/0"),
    ],
)
def test_redis_is_found_by_host_and_port_s3_25(given: dict[str, str], made: str) -> None:
    assert apply_aliases(given)["redis_url"] == (made, tuple(given))


@pytest.mark.parametrize(
    "given",
    [{"redis_port": "6379"}, {"postgres_db": "images", "postgres_password": "p"}, {"db_host": ""}],
)
def test_half_of_an_address_is_none(given: dict[str, str]) -> None:
    assert apply_aliases(given) == {}


def test_a_password_may_hold_any_character() -> None:
    password = "p@ss:w/rd %41#?"
    given = {"db_host": "db:5433", "postgres_user": "u@x", "postgres_password": password}
    made, _ = apply_aliases(given)["database_url"]
    assert made == "postgresql://u%40x:p%40ss%3Aw%2Frd%20%2541%23%3F@db:5433/u%40x"


def test_two_buckets_are_one_too_many() -> None:
    with pytest.raises(SettingError, match=r"STORAGE_URL: S3_BUCKET_NAME and GCS_BUCKET_NAME"):
        apply_aliases({"s3_bucket_name": "one", "gcs_bucket_name": "two"})


def test_a_secret_may_lie_in_a_file_that_name_file_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret, password = tmp_path / "key", tmp_path / "password"
    secret.write_text("of the file\n")
    password.write_text("p w\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
    write_env(f"DB_HOST=db\nPOSTGRES_PASSWORD_FILE={password}")
    settings = load_settings()
    assert settings.secret_key
    assert settings.secret_key.get_secret_value() == "of the file"
    assert settings.database_url == "postgresql://postgres:p%20w@db/postgres"
    assert origins()["SECRET_KEY"] == str(secret)
    assert origins()["DATABASE_URL"] == f".env: DB_HOST; {password}: POSTGRES_PASSWORD"


def test_secrets_are_found_where_containers_have_them(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("of the container")
    (tmp_path / "s3_bucket_name").write_text("bucket\n")
    settings = Settings(_secrets_dir=tmp_path)
    assert settings.secret_key
    assert settings.secret_key.get_secret_value() == "of the container"
    assert settings.storage_url == "s3://bucket"
    assert Settings(_secrets_dir=tmp_path / "none").secret_key is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "it is empty"), (b" \n", "it is empty"), (b"\xff", "not text")],
)
def test_a_secret_that_cannot_be_read_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    with pytest.raises(SettingError, match=rf"SECRET_KEY_FILE: cannot use .*{reason}.*may read"):
        load_settings()


def test_a_secret_and_its_file_are_one_too_many(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "itself")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path))
    with pytest.raises(SettingError, match="SECRET_KEY: is given itself and as SECRET_KEY_FILE"):
        load_settings()


def test_other_programs_files_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("LOG_FILE", "/nowhere")
    assert load_settings().secret_key is None


def test_no_part_of_the_settings_replaces_anothers_validator() -> None:
    """Validators of the parts are inherited by name: of two with one name, one would be lost."""
    owners: dict[str, str] = {}
    for part in Settings.__bases__:
        assert issubclass(part, BaseSettings)
        for name in part.__pydantic_decorators__.field_validators:
            assert name not in owners, f"{name} of {part.__name__} is {owners[name]}'s, too"
            owners[name] = part.__name__
    assert {"_name_proxies", "_name_private_networks"} <= owners.keys()
