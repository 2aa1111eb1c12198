"""What the frame gives to endpoints that read in the name of accounts."""

from typing import Annotated

from fastapi import Depends, Request

from pixharbor.connections.connected_sources import ConnectedSources


def _connected(request: Request) -> ConnectedSources:
    connected: ConnectedSources = request.app.state.runtime.connected
    return connected


TheConnected = Annotated[ConnectedSources, Depends(_connected)]
