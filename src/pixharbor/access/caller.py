"""Who is calling: with AUTH=off, everything belongs to one local owner."""

from dataclasses import dataclass

LOCAL_OWNER = 1


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner whose things a request may see."""

    owner: int


async def find_caller() -> Caller:
    """The local owner: HOST is a loopback address, or ALLOW_INSECURE was set (guard.py)."""
    return Caller(LOCAL_OWNER)
