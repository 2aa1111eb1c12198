"""`pixharbor images`: list, get, url, delete, restore."""

from typing import Annotated, Any

import typer
from rich.table import Table

from pixharbor.cli.client import open_client
from pixharbor.cli.console import out, print_json
from pixharbor.cli.loop import run_loop
from pixharbor.cli.options import Json, Server, Token
from pixharbor.jobs.quantities import say_bytes

app = typer.Typer(help="Images: what is kept, and links to it.")

ImageId = Annotated[str, typer.Argument(metavar="IMAGE", help="The image's id (image_id).")]


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    search: Annotated[str | None, typer.Option(help="Names that begin so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    trash: Annotated[bool, typer.Option("--trash", help="What is in the trash instead.")] = False,
    server: Server = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The newest images, or those thrown away last."""
    if trash and (source or search):
        raise typer.BadParameter("the trash has no filters", param_hint="--trash")

    async def _list() -> Any:
        async with open_client(server, token=token) as client:
            if trash:
                return await client.get("/api/v1/trash", limit=limit)
            return await client.get("/api/v1/images", source=source, search=search, limit=limit)

    answer = run_loop(_list())
    if as_json:
        print_json(answer)
        return
    columns = ["image", "name", "type", "pixels", "size", *(["deleted for good"] if trash else [])]
    table = Table(*columns, box=None, pad_edge=False)
    for image in answer["images"]:
        pixels = f"{image['width']} x {image['height']}" if image["width"] else "?"
        size = say_bytes(image["size"])
        ends = [image["purge_at"][:10]] if trash else []
        table.add_row(image["image_id"], image["name"], image["mime_type"], pixels, size, *ends)
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


@app.command()
def delete(image_id: ImageId, server: Server = None, token: Token = None) -> None:
    """Move an image to the trash, which keeps it for 30 days."""

    async def _delete() -> None:
        async with open_client(server, token=token) as client:
            await client.delete(f"/api/v1/images/{image_id}")

    run_loop(_delete())
    out.print(
        f"In the trash. Take it back with: pixharbor images restore {image_id}", soft_wrap=True
    )


@app.command()
def restore(image_id: ImageId, server: Server = None, token: Token = None) -> None:
    """Take an image out of the trash."""

    async def _restore() -> Any:
        async with open_client(server, token=token) as client:
            return await client.post(f"/api/v1/images/{image_id}/restore")

    out.print(f"Restored: {run_loop(_restore())['name']}", soft_wrap=True)
