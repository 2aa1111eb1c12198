"""Where settings come from: the environment, .env, files of secrets, other names; in this order."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from pixharbor.aliases import ALIAS_NAMES, apply_aliases
from pixharbor.secret_files import SECRETS, read_secret_files


class NamedSource(PydanticBaseSettingsSource):
    """Values by the fields' names, each with the words that `doctor` says of its origin."""

    def __init__(self, settings: type[BaseSettings], found: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(settings)
        known = settings.model_fields.keys() & found.keys()
        self._values = {name: found[name][0] for name in known}
        self.origins = {name: found[name][1] for name in known}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the port's
        """The value, the field's name, and that it is not JSON."""
        return self._values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values."""
        return dict(self._values)


def weaker_sources(
    settings: type[BaseSettings],
    environment: EnvSettingsSource,
    dotenv: DotEnvSettingsSource,
    secrets: Path | None = SECRETS,
) -> tuple[NamedSource, NamedSource]:
    """What comes after the environment and .env: files, then other names.

    Raises SettingError where what is given contradicts itself.
    """
    variables = {**_texts(dotenv, ".env"), **_texts(environment, "environment")}
    texts = {name: text for name, (text, _) in variables.items()}
    names = (*settings.model_fields, *ALIAS_NAMES)
    files = {
        name: (file.text, str(file.path))
        for name, file in read_secret_files(names, texts, secrets).items()
    }
    given = {**files, **variables}
    aliases = {
        setting: (value, _origin(names, given))
        for setting, (value, names) in apply_aliases(
            {name: text for name, (text, _) in given.items()}
        ).items()
    }
    return NamedSource(settings, files), NamedSource(settings, aliases)


def find_origins(settings: type[BaseSettings]) -> dict[str, str]:
    """Where the value of each setting comes from; what is not in it has its default."""
    environment, dotenv = EnvSettingsSource(settings), DotEnvSettingsSource(settings)
    files, aliases = weaker_sources(settings, environment, dotenv)
    found = {**aliases.origins, **files.origins}
    return found | dict.fromkeys(dotenv(), ".env") | dict.fromkeys(environment(), "environment")


def _texts(source: EnvSettingsSource, origin: str) -> dict[str, tuple[str, str]]:
    return {name: (text, origin) for name, text in source.env_vars.items() if text}


def _origin(names: tuple[str, ...], given: Mapping[str, tuple[str, str]]) -> str:
    """Such as "environment: DB_HOST, POSTGRES_DB; /run/secrets/postgres_password"."""
    by_origin: dict[str, list[str]] = {}
    for name in names:
        by_origin.setdefault(given[name][1], []).append(name.upper())
    return "; ".join(f"{origin}: {', '.join(told)}" for origin, told in by_origin.items())
