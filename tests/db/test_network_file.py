"""SQLite on a network file system: it is seen, told, and kept to one machine."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pixharbor import file_systems
from pixharbor.db.describe import describe_database
from pixharbor.db.engine import open_database
from pixharbor.db.network_file import claim_for_machine, find_network
from pixharbor.errors import SettingError


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the table of mounts calls NFS."""
    folder = tmp_path / "the share"
    folder.mkdir()
    mounts = tmp_path / "mounts"
    place = str(folder).replace(" ", r"\040")
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\n"
        f"host:/export {place} nfs4 rw,vers=4.2 0 0\n"
        f"/dev/vdb {place}/local xfs rw 0 0\n"
    )
    monkeypatch.setattr(file_systems, "MOUNTS", mounts)
    return folder


def test_the_mount_nearest_to_the_file_counts(shared: Path) -> None:
    assert find_network(shared / "deep" / "rows.db") == "nfs4"
    assert find_network(shared / "local" / "rows.db") is None
    assert find_network(shared.parent / "rows.db") is None


def test_this_machines_own_table_of_mounts_can_be_read(tmp_path: Path) -> None:
    assert find_network(Path("/proc")) is None


def test_processes_of_one_machine_share_the_file_and_another_machine_is_refused(
    shared: Path,
) -> None:
    file = shared / "rows.db"
    with claim_for_machine(file, "one"), claim_for_machine(file, "one"):
        with pytest.raises(SettingError, match="in use by the machine one; SQLite cannot be"):
            claim_for_machine(file, "two").__enter__()
        with claim_for_machine(file, "one"):
            pass
    with claim_for_machine(file, "two"), pytest.raises(SettingError, match="machine two;"):
        claim_for_machine(file, "one").__enter__()


def test_on_a_local_disk_nobody_is_asked(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for machine in ("one", "two"):
            stack.enter_context(claim_for_machine(tmp_path / "rows.db", machine))
    assert list(tmp_path.iterdir()) == []


async def test_opening_it_warns_and_doctor_repeats_it(shared: Path) -> None:
    with capture_logs() as log:
        async with open_database(f"sqlite:///{shared}/rows.db") as database:
            says = await describe_database(database)
    (warning,) = [entry["says"] for entry in log if entry["event"] == "database.on_network"]
    assert "nfs4" in warning
    assert warning in says
    assert "use postgresql://" in says
