"""Durations as people say them, the same in answers and on the command line."""

UNITS = (("days", 86_400), ("h", 3600), ("min", 60), ("s", 1))  # seconds


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
