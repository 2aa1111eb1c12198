"""`pixharbor images`: list, get, url."""

from typing import Annotated, Any

import typer
from rich.table import Table

from pixharbor.cli.client import open_client
from pixharbor.cli.console import out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json, Server, Token
from pixharbor.cli.progress import say_bytes

app = typer.Typer(help="Images: what is kept, and links to it.")

ImageId = Annotated[str, typer.Argument(metavar="IMAGE", help="The image's id (image_id).")]


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    search: Annotated[str | None, typer.Option(help="Names that begin so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The newest images."""

    async def _list() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get("/api/v1/images", source=source, search=search, limit=limit)

    answer = run_loop(_list())
    if as_json:
        print_json(answer)
        return
    table = Table("image", "name", "type", "pixels", "size", box=None, pad_edge=False)
    for image in answer["images"]:
        pixels = f"{image['width']} x {image['height']}" if image["width"] else "?"
        size = say_bytes(image["size"])
        table.add_row(image["image_id"], image["name"], image["mime_type"], pixels, size)
    out.print(table)


@app.command()
def get(image_id: ImageId, server: Server = None, token: Token = None) -> None:
    """All that is known of an image, as JSON."""

    async def _get() -> Any:
        async with open_client(server, token=token) as client:
            return await client.get(f"/api/v1/images/{image_id}/info")

    print_json(run_loop(_get()))


@app.command()
def url(image_id: ImageId, server: Server = None, token: Token = None) -> None:
    """A link that brings the image's bytes to anyone for a while (SIGNED_URL_TTL)."""

    async def _url() -> str:
        async with open_client(server, token=token) as client:
            return await client.location(f"/api/v1/images/{image_id}")

    out.print(run_loop(_url()), soft_wrap=True)
