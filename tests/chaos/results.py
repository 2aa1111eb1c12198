"""What a scenario found about a promise."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from chaos.site import Yard


@dataclass(frozen=True, slots=True)
class Result:
    """One row of docs/reliability.md: what was done, what was found, and whether it holds."""

    promise: str
    did: str
    found: str
    holds: bool


Scenario = Callable[[Yard], Awaitable[Sequence[Result]]]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def p95(values: Sequence[float]) -> str:
    """The 95th percentile and the worst, in seconds."""
    if not values:
        return "none"
    return f"p95 {percentile(values, 0.95):.1f} s, worst {max(values):.1f} s of {len(values)}"
