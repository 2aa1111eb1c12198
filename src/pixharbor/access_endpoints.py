"""Who can come in here: what the page tells everybody who looks at it."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from pixharbor.access.guard import is_local_only
from pixharbor.dependencies import TheAccessSettings

router = APIRouter(tags=["access"])


class AccessAnswer(BaseModel):
    """Whether people sign in, and from where the server can be reached."""

    auth: Literal["off"] = Field(description="off: everything belongs to one local owner.")
    reached_from: Literal["this_computer", "network"] = Field(
        description="this_computer: HOST is a loopback address, and no PUBLIC_URL or proxy leads "
        "there from elsewhere."
    )


@router.get("/api/v1/access")
async def get_access(settings: TheAccessSettings) -> AccessAnswer:
    """Who may do what here. Without sign-in, everybody who reaches the server may do everything."""
    local = is_local_only(settings)
    return AccessAnswer(auth=settings.auth, reached_from="this_computer" if local else "network")
