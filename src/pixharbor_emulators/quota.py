"""A provider's quota: so many units in any window of time, for each user and for the project."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class UnitWindow:
    """A sliding window: at most `limit` units in any `seconds`, not by the clock's minute.

    `most` is the most that was ever granted in one window.
    """

    limit: float
    seconds: float
    most: int = 0
    _granted: deque[tuple[float, int]] = field(default_factory=deque)
    _total: int = 0

    def has_room(self, at: float, units: int) -> bool:
        """Tell whether `units` more would fit at the time `at`, in seconds that only grow."""
        granted = self._granted
        while granted and granted[0][0] <= at - self.seconds:
            self._total -= granted.popleft()[1]
        return self._total + units <= self.limit

    def spend(self, at: float, units: int) -> None:
        """Count units that were granted."""
        self._granted.append((at, units))
        self._total += units
        self.most = max(self.most, self._total)


class Quota:
    """The two limits together; what is refused costs nothing.

    `user` and `project` are in units a minute, whatever the window's length in seconds.
    """

    def __init__(
        self, user: float = 325_000, project: float = 1_000_000, window: float = 60.0
    ) -> None:
        self._user_limit = user * window / 60
        self._seconds = window
        self.project = UnitWindow(project * window / 60, window)
        self.users: dict[str, UnitWindow] = {}
        self.granted = 0
        self.refused = 0

    def exceeded(self, user: str, at: float, units: int) -> str | None:
        """Spend units, or return which limit forbids it: "user" or "project"."""
        window = self.users.get(user)
        if window is None:
            window = self.users[user] = UnitWindow(self._user_limit, self._seconds)
        if not window.has_room(at, units):
            self.refused += 1
            return "user"
        if not self.project.has_room(at, units):
            self.refused += 1
            return "project"
        window.spend(at, units)
        self.project.spend(at, units)
        self.granted += 1
        return None
