"""How long a bucket may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Seconds.

    `connect` to be reached, `silence` until the first byte of an answer and between two; after
    `retry` no failed request is tried again. A put thus ends within `silence` + `retry`: a minute
    for a picture on a slow line, and half of one for a server that starts again.
    """

    connect: float = 5
    silence: float = 60
    retry: float = 30


PATIENCE = Patience()
# At the start somebody waits to be told that an address is wrong: within ten seconds.
AT_START = Patience(connect=3, silence=5, retry=4)
