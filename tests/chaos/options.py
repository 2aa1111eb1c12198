"""How much chaos: the options of `make chaos`."""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STACKS = ("embedded", "redis", "celery", "rabbitmq", "kafka")
PROMISES = tuple(f"R{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 15))


@dataclass(frozen=True, slots=True)
class Options:
    """Sizes of a run. `quick` is for whoever changes the runner: it proves little."""

    stacks: tuple[str, ...] = STACKS
    only: tuple[str, ...] = ()
    files: int = 10_000
    kills: int = 200
    seed: int = 1
    quick: bool = False
    work: Path = Path()  # where albums, data and logs of the run lie

    @property
    def step_kills(self) -> int:
        """Kills at each named step (R2)."""
        return 2 if self.quick else 20

    @property
    def stopped_seconds(self) -> int:
        """How long a worker stands still (R5); its lease ends after 20."""
        return 26 if self.quick else 120

    @property
    def is_full(self) -> bool:
        """Whether it is all of what docs/reliability.md tells."""
        full = Options()
        return (
            not self.quick
            and not self.only
            and self.files >= full.files
            and self.kills >= full.kills
        )

    @property
    def text(self) -> str:
        """The options as they would be typed, for the record."""
        told = [f"--files {self.files}", f"--kills {self.kills}", f"--seed {self.seed}"]
        told += ["--quick"] * self.quick
        told += [f"--only {','.join(self.only)}"] * bool(self.only)
        return " ".join(told)


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    plain = Options()
    parser = argparse.ArgumentParser(
        prog="make chaos", description="Break everything that may break, and count what is lost."
    )
    parser.add_argument("--stack", default="all", help=f"all, or some of {','.join(STACKS)}")
    parser.add_argument("--only", default="", help=f"some of {','.join(PROMISES)}")
    parser.add_argument("--files", type=int, help=f"pictures ({plain.files})")
    parser.add_argument("--kills", type=int, help=f"kills of R1 ({plain.kills})")
    parser.add_argument("--seed", type=int, default=plain.seed, help=f"({plain.seed})")
    parser.add_argument("--quick", action="store_true", help="a small round of everything")
    given = parser.parse_args(arguments)
    stacks = STACKS if given.stack == "all" else tuple(given.stack.split(","))
    only = tuple(name for name in given.only.split(",") if name)
    if unknown := {*stacks, *only} - {*STACKS, *PROMISES}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    files = given.files or (600 if given.quick else plain.files)
    kills = given.kills or (12 if given.quick else plain.kills)
    work = Path(tempfile.mkdtemp(prefix="pixharbor-chaos-"))
    return Options(stacks, only, files, kills, given.seed, given.quick, work)
