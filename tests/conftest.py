"""What every test shares: logs that speak up only when something is wrong."""

import pytest

from pixharbor.logs import LogSettings, set_up_logs


@pytest.fixture(autouse=True, scope="session")
def quiet_logs() -> None:
    """Keep the output of a failing test readable."""
    set_up_logs(LogSettings(log_level="warning"))
