"""The command line's dry run, filters and schedules, on a folder of this machine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from pictures import picture, write_pictures


def pixharbor(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pixharbor.cli.main", *words],
        env=os.environ | {"DATA_DIR": f"{folder}/data", "STORAGE_RESERVE": "0", "COLUMNS": "120"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answer(folder: Path, *words: str) -> Any:
    done = pixharbor(folder, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_dry_run_prints_a_table_and_becomes_the_import(tmp_path: Path) -> None:
    write_pictures(tmp_path / "album", 3)
    (tmp_path / "album" / "flat.png").write_bytes(picture(9, format="PNG"))
    told = pixharbor(tmp_path, "import", "album", "--dry-run", "-f", "types=jpeg")
    assert told.returncode == 0, told.stderr
    assert re.search(r"image/jpeg +3 ", told.stdout)
    assert re.search(r"filtered +1 ", told.stdout)
    assert "Nothing was fetched." in told.stderr
    (job,) = answer(tmp_path, "jobs", "list")["jobs"]
    assert job["dry_run"] is True
    done = answer(tmp_path, "jobs", "run", job["id"])
    assert (done["state"], done["balance"]["stored"]) == ("completed", 3)


def test_a_filter_that_nobody_knows_ends_with_its_name(tmp_path: Path) -> None:
    write_pictures(tmp_path / "album", 1)
    unknown = pixharbor(tmp_path, "import", "album", "-f", "min_widht=3")
    assert unknown.returncode != 0
    assert "there is no filter “min_widht”" in " ".join(unknown.stderr.split())


def test_a_schedule_is_made_changed_paused_and_removed(tmp_path: Path) -> None:
    write_pictures(tmp_path / "album", 1)
    answer(tmp_path, "import", "album", "--schedule", "daily", "--priority", "2")
    (made,) = answer(tmp_path, "schedules", "list")["schedules"]
    assert (made["every"], made["priority"]) == ("daily", 2)
    changed = answer(tmp_path, "schedules", "set", made["id"], "0 3 * * *", "--timezone", "UTC")
    assert changed["cron"] == "0 3 * * *"
    assert answer(tmp_path, "schedules", "pause", made["id"])["paused"] is True
    assert pixharbor(tmp_path, "schedules", "remove", made["id"]).returncode == 0
    assert "daily" not in pixharbor(tmp_path, "schedules", "list").stdout


def test_names_that_read_like_markup_are_printed_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "trips [red]"
    names = ["photo [final].jpg", ":cat: [bold].jpg", "a [/x].jpg"]
    for number, name in enumerate(names):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
    (place / "cut [off].jpg").write_bytes(picture(9)[:40])
    imported = pixharbor(tmp_path, "import", place.name)
    assert "Importing trips [red] as job" in " ".join(imported.stderr.split())
    (job,) = answer(tmp_path, "jobs", "list")["jobs"]
    told = pixharbor(tmp_path, "jobs", "items", job["id"])
    assert told.returncode == 0, told.stderr
    for name in (*names, "cut [off].jpg"):
        assert name in told.stdout
    assert "trips [red]" in pixharbor(tmp_path, "jobs", "list").stdout
    listed = pixharbor(tmp_path, "images", "list").stdout
    assert all(name.rpartition("/")[2] in listed for name in names)
    assert "/[/x] [bold]." in pixharbor(tmp_path, "jobs", "show", "[/x] [bold]").stderr


def test_an_image_goes_to_the_trash_and_comes_back_from_the_command_line(tmp_path: Path) -> None:
    write_pictures(tmp_path / "album", 1)
    assert pixharbor(tmp_path, "import", "album").returncode == 0
    (image,) = answer(tmp_path, "images", "list")["images"]
    deleted = pixharbor(tmp_path, "images", "delete", image["image_id"])
    assert f"pixharbor images restore {image['image_id']}" in deleted.stdout
    (thrown,) = answer(tmp_path, "images", "list", "--trash")["images"]
    listed = pixharbor(tmp_path, "images", "list", "--trash").stdout
    assert "deleted for good" in listed
    assert thrown["purge_at"][:10] in listed
    restored = pixharbor(tmp_path, "images", "restore", image["image_id"])
    assert restored.stdout.strip() == f"Restored: {image['name']}"
    assert answer(tmp_path, "images", "list")["images"] == [image]
