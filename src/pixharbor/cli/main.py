"""`pixharbor`: the command line's groups, and how errors end it."""

import sys
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

from pixharbor.cli.console import complain
from pixharbor.errors import SettingError

# In the order of the help: what to type, and where it is in this folder.
COMMANDS: Final = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "api": "api:api",
    "worker": "worker:worker",
    "import": "imports:import_",
    "jobs": "jobs:app",
    "images": "images:app",
    "connections": "connections:app",
    "schedules": "schedules:app",
    "doctor": "doctor:doctor",
    "migrate": "migrate:migrate",
    "emulate": "emulate:app",
    "openapi": "openapi:openapi",
}
HIDDEN: Final = {"openapi"}


class _Commands(TyperGroup):
    """Imports a command when it is asked for: a server need not carry what the others use."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: dict[str, Any] = dict.fromkeys(COMMANDS)
        self.commands = names  # what a misspelt one is compared with

    def list_commands(self, _ctx: Any) -> list[str]:
        """All of them, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, name: str) -> Any:
        """The command of this name, None if there is none."""
        return _load(name) if name in COMMANDS else None


def _load(name: str) -> Any:
    module, _, what = COMMANDS[name].partition(":")
    found = getattr(import_module(f"pixharbor.cli.{module}"), what)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name, hidden=name in HIDDEN)(found)
        holder.callback()(lambda: None)  # without one, a single command would be no group
    return get_group(holder).commands[name]


app = typer.Typer(
    cls=_Commands,
    name="pixharbor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _pixharbor() -> None:
    """A self-hosted harbour for images."""


def run() -> None:
    """Run the command. Exit codes: 0 fine, 1 usage or setting, 2 some failed, 3 not finished."""
    try:
        app()
    except SettingError as error:
        complain(error)
        sys.exit(1)


if __name__ == "__main__":
    run()
