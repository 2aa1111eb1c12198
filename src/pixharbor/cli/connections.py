"""`pixharbor connections`: list, add, remove."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from pixharbor.cli.client import Client, open_client
from pixharbor.cli.console import console, out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json, Server, Token
from pixharbor.errors import BadInput, NotConfigured, NotFound

app = typer.Typer(help="Connections: private accounts that imports may read as.")

ConnectionId = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's id.")]


@app.command("list")
def list_(server: Server = None, token: Token = None, as_json: Json = False) -> None:
    """The connected accounts, and how each stands."""

    async def _list() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get("/api/v1/connections")

    answer = run_loop(_list())
    if as_json:
        print_json(answer)
        return
    table = Table("connection", "source", "account", "state", box=None, pad_edge=False)
    for each in answer["connections"]:
        state = each["state"] if each["problem"] is None else f"needs_reauth: {each['problem']}"
        table.add_row(each["id"], each["source"], each["name"], state)
    out.print(table)


@app.command()
def add(
    source: Annotated[str, typer.Argument(help="google-drive or dropbox.")],
    key_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A service account's key.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="In whose name the service account reads.")
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="The account that the server's settings hold.")
    ] = False,
    server: Server = None,
    token: Token = None,
) -> None:
    """Connect an account: prints the address to open in a browser, unless a key is given."""

    async def _add() -> None:
        async with open_client(server, token=token) as client:
            if not (key_file or own):
                out.print(await _address(client, source), soft_wrap=True)
                console.print("Open this in a browser; `pixharbor serve` has to run.", style="dim")
                return
            wanted = {"source": source, "subject": subject, "key": _read_key(key_file)}
            kept = await client.post("/api/v1/connections", wanted)
            console.print("Connected", Text(kept["name"], "bold"), "as", kept["id"])

    run_loop(_add())


@app.command()
def remove(connection_id: ConnectionId, server: Server = None, token: Token = None) -> None:
    """Disconnect: the tokens are forgotten. What was imported stays."""

    async def _remove() -> None:
        async with open_client(server, token=token) as client:
            await client.delete(f"/api/v1/connections/{connection_id}")

    run_loop(_remove())
    console.print(f"Disconnected {connection_id}. What was imported stays.")


async def _address(client: Client, source: str) -> str:
    """Where a browser begins. Raises NotFound or NotConfigured with what to do."""
    providers = (await client.get("/api/v1/connections"))["providers"]
    for provider in providers:
        if provider["source"] != source.replace("-", "_"):
            continue
        if not provider["configured"]:
            raise NotConfigured(
                f"{provider['name']} does not know this server yet.", cure=provider["cure"]
            )
        root = str(provider["redirect_uri"]).removesuffix("/callback")
        return f"{root}/{source.replace('_', '-')}/authorize"
    known = ", ".join(provider["source"] for provider in providers)
    raise NotFound(f"There are no accounts to connect at {source!r}.", cure=f"Known: {known}.")


def _read_key(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise BadInput(f"{path} is not JSON.", cure="Give the key file as downloaded.") from None
