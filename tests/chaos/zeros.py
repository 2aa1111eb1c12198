"""The count at the end: what is lost, doubled, wrong or left over, against the tree served."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from chaos.books import Books, Sample
from chaos.stacks import Objects

from pixharbor.jobs.states import JobState


@dataclass(frozen=True, slots=True)
class Zeros:
    """All of these are to be zero."""

    lost: int = 0  # files served that no image has
    doubled: int = 0  # images, or files, that are there more than once
    strangers: int = 0  # images of what was not served
    missing: int = 0  # images without their object
    wrong_bytes: int = 0  # objects whose bytes are not those of their image, or of any file served
    orphans: int = 0  # objects without an image
    unsettled: int = 0  # items that ended neither as stored nor as known
    miscounted: int = 0  # counters that are not what a count finds

    @property
    def hold(self) -> bool:
        """Whether nothing was found."""
        return not any(asdict(self).values())

    def __str__(self) -> str:
        """What was found."""
        found = (f"**{count} {name}**" for name, count in asdict(self).items() if count)
        return ", ".join(found).replace("_", " ") or "all zeros"


async def count_zeros(
    served: Collection[str], books: Books, objects: Objects, samples: Sequence[Sample]
) -> Zeros:
    """Hold rows, objects and books of a finished site against the hashes of the files served.

    `samples` has the last look at each job that brought the files: each is expected as stored
    once, and by every further job as known.
    """
    images = await books.images()
    hashes = await asyncio.to_thread(_hash_all, objects)
    stored = sum(sample.items["stored"] for sample in samples)
    miscounts = [abs(await books.images_counted() - len(images)), abs(stored - len(images))]
    return Zeros(
        **compare(served, images, hashes),
        unsettled=sum(_count_unsettled(sample) for sample in samples),
        miscounted=sum(miscounts) + sum(not sample.is_balanced for sample in samples),
    )


def compare(
    served: Collection[str], images: Sequence[tuple[str, str, str]], objects: Mapping[str, str]
) -> dict[str, int]:
    """Images as (hash, key, provider's id) and objects as {key: hash}, against what was served."""
    expected = set(served)
    shown = Counter(sha256 for sha256, _, _ in images)
    files = Counter(provider_id for _, _, provider_id in images)
    keys = {key: sha256 for sha256, key, _ in images}
    return {
        "lost": len(expected - shown.keys()),
        "doubled": sum(n - 1 for counts in (shown, files) for n in counts.values()),
        "strangers": len(shown.keys() - expected),
        "missing": len(keys.keys() - objects.keys()),
        "wrong_bytes": sum(
            sha256 not in expected or keys.get(key, sha256) != sha256
            for key, sha256 in objects.items()
        ),
        "orphans": len(objects.keys() - keys.keys()),
    }


def _count_unsettled(sample: Sample) -> int:
    """Items that ended as they should not; a job that was told to end may leave some cancelled."""
    cancelled = sample.items["cancelled"] if sample.state == JobState.CANCELLED else 0
    return sample.items["listed"] - sample.items["stored"] - sample.items["duplicate"] - cancelled


def _hash_all(objects: Objects) -> dict[str, str]:
    return {key: hashlib.sha256(body).hexdigest() for key, body in objects.read().items()}
