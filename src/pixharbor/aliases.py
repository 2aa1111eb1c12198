"""Other names for settings, as .env files of other systems have them; weaker than our own.

What is set under its own name, wherever, wins; DATABASE_URL beside DB_HOST, say. A database's
POSTGRES_* without DB_HOST are that server's own settings and name nothing here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pixharbor.errors import SettingError

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alias:
    """`setting` can be made from `names` (lower case); "" when what is given does not suffice."""

    setting: str
    names: tuple[str, ...]
    make: Callable[[Names], str]


def apply_aliases(given: Names) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each setting that `given` names otherwise: its value, and the names it was made from."""
    made: dict[str, tuple[str, tuple[str, ...]]] = {}
    for alias in ALIASES:
        present = {name: given[name] for name in alias.names if given.get(name)}
        if not (value := alias.make(present)):
            continue
        if alias.setting in made and made[alias.setting][0] != value:
            others = made[alias.setting][1]
            raise SettingError(
                f"{alias.setting.upper()}: {_told(others)} and {_told(present)} contradict each "
                f"other; set {alias.setting.upper()} to the one that is right"
            )
        made.setdefault(alias.setting, (value, tuple(present)))
    return made


def _told(names: Names | tuple[str, ...]) -> str:
    return ", ".join(name.upper() for name in names)


def _database_url(given: Names) -> str:
    if "db_host" not in given:
        return ""
    user = given.get("postgres_user", "postgres")  # as the database's own image defaults
    name = given.get("postgres_db", user)
    password = given.get("postgres_password")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{login}@{given['db_host']}/{quote(name, safe='')}"


def _redis_url(given: Names) -> str:
    if "redis_host" not in given:
        return ""
    port = given.get("redis_port", "")
    # Beside a service called redis, Kubernetes sets REDIS_PORT=tcp://10.0.0.1:6379 by itself.
    return f"redis://{given['redis_host']}:{port if port and ':' not in port else 6379}/0"


def _url(scheme: str) -> Callable[[Names], str]:
    return lambda given: "".join(f"{scheme}://{rest}" for rest in given.values())


def _first(given: Names) -> str:
    return next(iter(given.values()), "")


ALIASES: Final = (
    Alias(
        "database_url", ("db_host", "postgres_user", "postgres_password", "postgres_db"),
        _database_url,
    ),
    Alias("redis_url", ("redis_host", "redis_port"), _redis_url),
    Alias("transport_url", ("kafka_bootstrap_servers",), _url("kafka")),
    Alias("storage_url", ("s3_bucket_name",), _url("s3")),
    Alias("storage_url", ("gcs_bucket_name",), _url("gs")),
    Alias("aws_access_key_id", ("s3_aws_access_key_id",), _first),
    Alias("aws_secret_access_key", ("s3_aws_secret_access_key",), _first),
    Alias("s3_region", ("aws_region", "aws_default_region"), _first),
    Alias("public_url", ("vite_api_url", "react_app_api_url"), _first),
)  # fmt: skip
ALIAS_NAMES: Final = tuple(name for alias in ALIASES for name in alias.names)
