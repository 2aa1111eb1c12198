"""`pixharbor jobs`: list, show, items, pause, resume, cancel, retry, report, delete."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from pixharbor.cli.client import open_client
from pixharbor.cli.console import console, out, print_data, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json, Server, Token
from pixharbor.cli.plan import print_plan
from pixharbor.cli.progress import exit_code, follow, print_balance

app = typer.Typer(help="Jobs: how they stand, their files, and what to do with them.")

JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The newest jobs."""

    async def _list() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get("/api/v1/jobs", limit=limit)

    answer = run_loop(_list())
    if as_json:
        print_json(answer)
        return
    table = Table("job", "state", "listed", "stored", "failed", "from", box=None, pad_edge=False)
    for job in answer["jobs"]:
        balance = job["balance"]
        numbers = (str(balance[name]) for name in ("listed", "stored", "failed"))
        table.add_row(job["id"], job["state"], *numbers, job["name"] or job["location"])
    out.print(table)


@app.command()
def show(job_id: JobId, server: Server = None, token: Token = None, as_json: Json = False) -> None:
    """One job: its balance sheet, and why what failed failed."""

    async def _show() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get(f"/api/v1/jobs/{job_id}")

    job = run_loop(_show())
    if as_json:
        print_json(job)
    elif job["plan"]:
        print_plan(job)
    else:
        print_balance(job)


@app.command()
def items(
    job_id: JobId,
    state: Annotated[str | None, typer.Option(help="Only these, such as failed.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only these, such as truncated.")] = None,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """A job's files, each with its fate."""

    async def _items() -> list[Any]:
        found: list[Any] = []
        cursor = None
        async with open_client(server, token=token) as client:
            while True:
                page = await client.get(
                    f"/api/v1/jobs/{job_id}/items",
                    state=state,
                    reason=reason,
                    cursor=cursor,
                    limit=1000,
                )
                found += page["items"]
                cursor = page["next_cursor"]
                if cursor is None:
                    return found

    found = run_loop(_items())
    if as_json:
        print_json(found)
        return
    table = Table("nr", "state", "reason", "path", "message", box=None, pad_edge=False)
    for item in found:
        table.add_row(
            str(item["seq"]),
            item["state"],
            item["reason"] or "",
            item["path"],
            item["message"] or "",
        )
    out.print(table)


@app.command()
def report(job_id: JobId, server: Server = None, token: Token = None) -> None:
    """A job's report as CSV, on stdout."""

    async def _report() -> str:
        async with open_client(server, token=token) as client:
            return await client.text(f"/api/v1/jobs/{job_id}/report.csv")

    print_data(run_loop(_report()))


def _act(name: str, text: str) -> None:
    """Add a command that posts to the job and shows it."""

    def act(
        job_id: JobId, server: Server = None, token: Token = None, as_json: Json = False
    ) -> None:
        async def _post() -> Any:
            async with open_client(server, token=token) as client:
                return await client.post(f"/api/v1/jobs/{job_id}/{name}")

        job = run_loop(_post())
        if as_json:
            print_json(job)
        else:
            console.print(f"Job {job['id']} is", Text(f"{job['state']}.", "bold"))

    app.command(name, help=text)(act)


_act("pause", "Take no further file; goes on with `resume`.")
_act("resume", "Go on with a paused job.")
_act("cancel", "End a job here; what is stored stays.")


@app.command()
def run(
    job_id: JobId,
    wait: Annotated[bool, typer.Option("--wait/--detach")] = True,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Fetch what a dry run has listed: it becomes the import, under the same id."""

    async def _run() -> Any:
        async with open_client(server, token=token, working=wait) as client:
            job = await client.post(f"/api/v1/jobs/{job_id}/run")
            return await follow(client, job_id) if wait else job

    job = run_loop(_run())
    if as_json:
        print_json(job)
    elif wait:
        print_balance(job)
    raise typer.Exit(exit_code(job) if wait else 0)


@app.command()
def retry(
    job_id: JobId,
    reason: Annotated[str | None, typer.Option(help="Only failures of this reason.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--detach")] = True,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Try what failed again, under the same job."""

    async def _retry() -> Any:
        async with open_client(server, token=token, working=wait) as client:
            job = await client.post(f"/api/v1/jobs/{job_id}/retry", {"reason": reason})
            return await follow(client, job_id) if wait else job

    job = run_loop(_retry())
    if as_json:
        print_json(job)
    elif wait:
        print_balance(job)
    raise typer.Exit(exit_code(job) if wait else 0)


@app.command()
def delete(job_id: JobId, server: Server = None, token: Token = None) -> None:
    """Delete the record of a finished job. Its images stay."""

    async def _delete() -> None:
        async with open_client(server, token=token) as client:
            await client.delete(f"/api/v1/jobs/{job_id}")

    run_loop(_delete())
    console.print(f"Deleted the record of job {job_id}. Its images stay.")
