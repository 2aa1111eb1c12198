"""The words for how an account is connected, and for how a connection stands."""

from enum import StrEnum


class Kind(StrEnum):
    """What the row's secret is, and where the next access token comes from."""

    OAUTH = "oauth"  # a refresh token, which a person has given in a browser
    SERVICE_ACCOUNT = "service_account"  # a Google key (JSON), and perhaps whom it acts for
    SERVER = "server"  # what the operator's settings hold: read anew each time


class ConnectionState(StrEnum):
    """Only a person can bring a connection back from the last two."""

    CONNECTED = "connected"
    NEEDS_REAUTH = "needs_reauth"
    REMOVED = "removed"
