"""docs/settings.md says what the code says."""

import re
from pathlib import Path
from typing import Any

from pydantic import ByteSize
from pydantic_core import PydanticUndefined

from pixharbor.aliases import ALIASES
from pixharbor.runtime import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def rows(part: str) -> list[list[str]]:
    """The cells of each row of the tables, without the heads, of the named half of the page."""
    halves = dict(zip(("settings", "names"), PAGE.read_text().split("## Other names"), strict=True))
    lines = [line for line in halves[part].splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


# Defaults that the machine decides.
FOUND_OUT = {
    "DATA_DIR": "the platform's user data folder",
    "WORKER_COUNT": "one for each core, up to 4",
}


def told(name: str, default: Any) -> str:
    """A default as the page writes it."""
    if default is PydanticUndefined:
        return FOUND_OUT[name]
    if default is None or default == "":
        return "none"
    if isinstance(default, ByteSize):
        return f"{default >> 20} MiB"
    return f"`{int(default) if isinstance(default, bool) else default}`"


def test_every_setting_is_on_the_page_with_its_default() -> None:
    page = {name.strip("`"): default for name, default, _ in rows("settings")}
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    code = {name: told(name, default) for name, default in fields.items()}
    assert page == code


def test_every_other_name_is_on_the_page_with_the_setting_it_makes() -> None:
    page = {
        (tuple(re.findall(r"`(\w+)`", given)), re.findall(r"`(\w+)`", makes)[0])
        for given, makes in rows("names")
    }
    code = {
        (tuple(name.upper() for name in alias.names), alias.setting.upper()) for alias in ALIASES
    }
    assert page == code
