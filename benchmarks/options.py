"""The options that every benchmark takes, and where its files lie."""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pixharbor

ALBUM = Path(pixharbor.__file__).parent / "demo_album"
WORK = Path(tempfile.gettempdir()) / "pixharbor-benchmarks"


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured: `count` pictures, `rounds` times each, below the folder `work`.

    `album` holds the photographs that the pictures are cut from.
    """

    count: int = 10_000
    rounds: int = 5
    work: Path = WORK
    album: Path = ALBUM

    @property
    def text(self) -> str:
        """The options as they would be typed, for the record."""
        return f"--count {self.count} --rounds {self.rounds}"


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser that knows the options of all benchmarks."""
    plain = Options()
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    made.add_argument("--count", type=int, default=plain.count, help="pictures in the folder")
    made.add_argument("--rounds", type=int, default=plain.rounds, help="runs; medians are told")
    made.add_argument("--work", type=Path, default=plain.work, help="where pictures and runs lie")
    made.add_argument("--album", type=Path, default=plain.album, help="photographs to cut from")
    return made


def read_options(description: str | None, arguments: Sequence[str] | None = None) -> Options:
    """Read a benchmark's command line."""
    given = parser(description).parse_args(arguments)
    return Options(given.count, given.rounds, given.work, given.album)
