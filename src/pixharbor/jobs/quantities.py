"""Durations and sizes as people say them, the same in answers and on the command line."""

UNITS = (("days", 86_400), ("h", 3600), ("min", 60), ("s", 1))  # seconds
SIZES = ("B", "kB", "MB", "GB", "TB")
STEP = 1000  # from one of them to the next


def say_seconds(seconds: float) -> str:
    """370 is "6 min 10 s"; the two largest units, as a person would say it."""
    left = max(1, round(seconds))
    parts = []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {'day' if unit == 'days' and count == 1 else unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def say_bytes(size: float) -> str:
    """1536 is "1.5 kB": in powers of 1000, as disks are sold."""
    for unit in SIZES[:-1]:
        if size < STEP:
            return f"{_short(size)} {unit}"
        size /= STEP
    return f"{_short(size)} {SIZES[-1]}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
