"""`pixharbor`: the command line's groups, and how errors end it."""

import sys

import typer

from pixharbor.cli import (
    api,
    connections,
    demo,
    doctor,
    emulate,
    images,
    imports,
    jobs,
    migrate,
    openapi,
    schedules,
    serve,
    worker,
)
from pixharbor.cli.console import complain
from pixharbor.errors import SettingError

app = typer.Typer(
    name="pixharbor",
    help="A self-hosted harbour for images.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(api.api)
app.command()(worker.worker)
app.command("import")(imports.import_)
app.add_typer(jobs.app, name="jobs")
app.add_typer(images.app, name="images")
app.add_typer(connections.app, name="connections")
app.add_typer(schedules.app, name="schedules")
app.command()(doctor.doctor)
app.command()(migrate.migrate)
app.add_typer(emulate.app, name="emulate")
app.command(hidden=True)(openapi.openapi)


def run() -> None:
    """Run the command. Exit codes: 0 fine, 1 usage or setting, 2 some failed, 3 not finished."""
    try:
        app()
    except SettingError as error:
        complain(error)
        sys.exit(1)


if __name__ == "__main__":
    run()
