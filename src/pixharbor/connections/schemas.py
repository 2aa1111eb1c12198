"""What the API takes and answers about connections. No answer holds a secret."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pixharbor.db.wire import UtcWire

Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]


class ConnectionRequest(BaseModel):
    """A service account's key (the file's content), or nothing: then the server's own settings."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(examples=["google_drive"])
    key: dict[str, Any] | None = Field(default=None, repr=False)
    subject: Address | None = Field(
        default=None, description="In whose name it reads, by domain-wide delegation."
    )


class ConnectionAnswer(BaseModel):
    """A connected account. `problem` says why it has to be connected again."""

    id: UUID
    source: str
    kind: Literal["oauth", "service_account", "server"]
    name: str
    state: Literal["connected", "needs_reauth"]
    problem: str | None
    created_at: UtcWire
    connected_at: UtcWire


class ProviderAnswer(BaseModel):
    """Where accounts can be connected. Without `configured`, `cure` says what to do first."""

    source: str
    name: str
    configured: bool
    server_account: bool = Field(description="The server's settings hold an account of their own.")
    cure: str
    redirect_uri: str = Field(description="To be registered with the provider, exactly so.")


class ConnectionList(BaseModel):
    """All connections, and where further ones can be made."""

    connections: list[ConnectionAnswer]
    providers: list[ProviderAnswer]


class PlaceAnswer(BaseModel):
    """A folder that can be imported: `link` is what POST /api/v1/imports takes as location."""

    link: str
    name: str


class PlaceList(BaseModel):
    """Folders, to choose one."""

    places: list[PlaceAnswer]
