"""Draws curves as an SVG file, small enough to lie beside the results."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 720, 320, 48
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f")
STEPS = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and its points (x, y)."""

    name: str
    points: Sequence[tuple[float, float]]


def draw(path: Path, curves: Sequence[Curve], *, title: str, x: str, y: str) -> None:
    """Write the curves with both axes from zero."""
    right = max(px for curve in curves for px, _ in curve.points) or 1
    top = max(py for curve in curves for _, py in curve.points) * 1.1
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            'font-family="sans-serif" font-size="11">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{MARGIN}" y="20" font-size="13">{escape(title)}</text>',
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 6}" text-anchor="end">{escape(x)}</text>',
        f'<text x="6" y="{MARGIN - 10}">{escape(y)}</text>',
    ]
    for step in range(STEPS + 1):
        parts += _grid(step / STEPS, right, top)
    for number, curve in enumerate(curves):
        parts += _curve(curve, COLOURS[number % len(COLOURS)], number, right, top)
    path.write_text("\n".join([*parts, "</svg>", ""]))


def _at(px: float, py: float, right: float, top: float) -> tuple[float, float]:
    across, up = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return MARGIN + across * px / right, HEIGHT - MARGIN - up * py / top


def _grid(part: float, right: float, top: float) -> list[str]:
    x, bottom = _at(right * part, 0, right, top)
    left, y = _at(0, top * part, right, top)
    return [
        f'<path d="M{left:.0f} {y:.0f}H{WIDTH - MARGIN}" stroke="#ddd"/>',
        f'<text x="{left - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{top * part:,.0f}</text>',
        f'<text x="{x:.0f}" y="{bottom + 16:.0f}" text-anchor="middle">{right * part:,.0f}</text>',
    ]


def _curve(curve: Curve, colour: str, number: int, right: float, top: float) -> list[str]:
    spots = (_at(*point, right, top) for point in curve.points)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        (
            f'<text x="{WIDTH - MARGIN + 4}" y="{MARGIN + 14 * number}" fill="{colour}" '
            f'text-anchor="end">{escape(curve.name)}</text>'
        ),
    ]
