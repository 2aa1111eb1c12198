"""Make the folder that is imported: real pictures of 800x600, about 45 kB each, all different."""

import functools
import hashlib
import io
import multiprocessing
import random
import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from options import Options, read_options
from PIL import ExifTags, Image

SIZE = (800, 600)
MEAN_BYTES = 45_000
FOLDERS = 20
# What is imported beside the big folder while it runs: folders of two pictures.
SMALL_FOLDERS, SMALL_PICTURES = 100, 2
CALIBRATION_PICTURES = 64
_FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_RECIPE = "2"  # to be raised when the pictures change, so that no old folder is taken for new


def make_tree(options: Options) -> Path:
    """Return a folder with `pictures/00` … `pictures/19` and `small/00` …; made once, then kept.

    Raises FileNotFoundError when the album holds no photograph.
    """
    photographs = find_photographs(options.album)
    names = "".join(f"{path.name}{path.stat().st_size}" for path in photographs)
    digest = hashlib.sha256(f"{_RECIPE}{names}".encode()).hexdigest()[:8]
    tree = options.work / f"tree-{options.count}-{digest}"
    if not (tree / "complete").exists():
        shutil.rmtree(tree, ignore_errors=True)
        _make(tree, photographs, options.count)
        (tree / "complete").touch()
    return tree


def find_photographs(album: Path) -> list[Path]:
    """The album's pictures that are large enough to be cut, in one order on every machine."""
    endings = (".jpg", ".jpeg", ".png", ".webp")
    found = [path for path in album.rglob("*") if path.suffix.lower() in endings]
    photographs = [path for path in sorted(found) if _is_photograph(path)]
    if not photographs:
        raise FileNotFoundError(f"no photograph in {album}; name a folder of some with --album")
    return photographs


def _is_photograph(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            picture.load()
            return min(picture.size) >= 400
    except (OSError, SyntaxError):  # the album holds broken files on purpose
        return False


def _make(tree: Path, photographs: list[Path], count: int) -> None:
    small = SMALL_FOLDERS * SMALL_PICTURES
    places = [_place(tree, index, count) for index in range(count + small)]
    for folder in {place.parent for place in places}:
        folder.mkdir(parents=True, exist_ok=True)
    # Spawned, so that it is the same everywhere; each process reads the photographs once.
    with multiprocessing.get_context("spawn").Pool() as pool:
        quality = _calibrate(pool.map, photographs)
        draw = functools.partial(_write_picture, tuple(photographs), quality)
        digests = pool.starmap(draw, enumerate(places), chunksize=100)
    if len(set(digests)) != len(digests):
        raise AssertionError("two pictures are equal: an import would store one of them only")


def _place(tree: Path, index: int, count: int) -> Path:
    if index < count:
        return tree / "pictures" / f"{index % FOLDERS:02}" / f"picture-{index:06}.jpg"
    return tree / "small" / f"{index % SMALL_FOLDERS:02}" / f"picture-{index:06}.jpg"


def _calibrate(map_each: object, photographs: list[Path]) -> int:
    """Find the JPEG quality at which a sample's mean size is nearest to MEAN_BYTES."""
    assert callable(map_each)
    low, high = 20, 97
    while low < high:
        middle = (low + high) // 2
        measure = functools.partial(_encoded_size, tuple(photographs), middle)
        sizes: Iterable[int] = map_each(measure, range(CALIBRATION_PICTURES))
        if sum(sizes) < MEAN_BYTES * CALIBRATION_PICTURES:
            low = middle + 1
        else:
            high = middle
    return low


def _encoded_size(photographs: tuple[Path, ...], quality: int, index: int) -> int:
    return len(_draw(photographs, quality, index))


def _write_picture(photographs: tuple[Path, ...], quality: int, index: int, place: Path) -> bytes:
    content = _draw(photographs, quality, index)
    place.write_bytes(content)
    return hashlib.blake2b(content, digest_size=16).digest()


def _draw(photographs: tuple[Path, ...], quality: int, index: int) -> bytes:
    """Cut a random part out of a random photograph; the same for the same index."""
    chance = random.Random(index)
    photograph = _open(chance.choice(photographs))
    share = chance.uniform(0.5, 1.0)
    width = share * min(photograph.width, photograph.height * SIZE[0] / SIZE[1])
    height = width * SIZE[1] / SIZE[0]
    left = chance.uniform(0, photograph.width - width)
    top = chance.uniform(0, photograph.height - height)
    box = (left, top, left + width, top + height)
    picture = photograph.resize(SIZE, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=quality, exif=_exif(index))
    return encoded.getvalue()


def _exif(index: int) -> Image.Exif:
    """What a camera would say, so that the import has something to read."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Pixharbor"
    exif[ExifTags.Base.Model] = "Benchmark"
    exif[ExifTags.Base.Orientation] = 1
    taken = _FIRST_DAY + timedelta(minutes=index)
    exif[ExifTags.Base.DateTime] = taken.strftime("%Y:%m:%d %H:%M:%S")
    return exif


@functools.lru_cache(maxsize=64)
def _open(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def main() -> None:
    """Make the tree and tell where it is."""
    began = time.monotonic()
    tree = make_tree(read_options(__doc__))
    sizes = [path.stat().st_size for path in (tree / "pictures").rglob("*.jpg")]
    seconds = time.monotonic() - began
    print(f"{tree}: {len(sizes)} pictures, mean {sum(sizes) / len(sizes):,.0f} B, {seconds:.1f} s")


if __name__ == "__main__":
    main()
