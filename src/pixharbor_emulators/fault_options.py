"""How a `--fault` is spelt, for every emulator: NAME, NAME:RATE, or options with numbers."""


def read_fault(text: str) -> tuple[str, dict[str, float]]:
    """Return the name and the options; a bare number is the option "rate". Raises ValueError."""
    name, _, rest = text.partition(":")
    return name, dict(_option(each, text) for each in rest.split(",") if each)


def whole_numbers(options: dict[str, float]) -> dict[str, int]:
    """Take the options out that count something."""
    return {key: int(options.pop(key)) for key in ("times", "seed") if key in options}


def _option(text: str, whole: str) -> tuple[str, float]:
    key, equals, number = text.partition("=")
    try:
        return (key, float(number)) if equals else ("rate", float(key))
    except ValueError:
        raise ValueError(f"fault {whole!r}: {text!r} is not a number") from None
