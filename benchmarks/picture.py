"""Draws a table of shares as an SVG: a line for each language, a dot for each method."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

WIDTH, ROW, LEFT, TOP, BOTTOM = 760, 26, 60, 64, 30
RADIUS = 6
# Told apart by those who see few colours, and in print: the last, ours, is filled, the others are rings.
COLOURS = ("#8a8a8a", "#b8860b", "#2f6db5", "#0f8a6b", "#b3261e")


def dots(title: str, methods: Sequence[str], rows: Mapping[str, Sequence[float]]) -> str:
    """Return the picture. rows: name -> a share from 0 to 1 for each method, the last of them being ours."""
    height = TOP + ROW * len(rows) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="20" font-weight="600" fill="#1b1b1b">{escape(title)}</text>',
        *_legend(methods),
        *_scale(height),
    ]
    for number, (name, shares) in enumerate(rows.items()):
        parts += _row(TOP + ROW * number + ROW // 2, name, shares)
    return "\n".join((*parts, "</svg>", ""))


def _legend(methods: Sequence[str]) -> Iterator[str]:
    at = 18.0
    for number, method in enumerate(methods):
        yield _dot(at, 42, number, number == len(methods) - 1)
        yield f'<text x="{at + 11:.0f}" y="46" fill="#1b1b1b">{escape(method)}</text>'
        at += 34 + 7.2 * len(method)


def _scale(height: int) -> Iterator[str]:
    for tenth in range(0, 11, 2):
        at = _at(tenth / 10)
        yield (
            f'<line x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{height - BOTTOM}" stroke="#d5d5d5"/>'
            f'<text x="{at:.1f}" y="{height - 10}" text-anchor="middle" fill="#444444">{tenth * 10} %</text>'
        )


def _row(middle: int, name: str, shares: Sequence[float]) -> Iterator[str]:
    yield f'<text x="{LEFT - 14}" y="{middle + 5}" text-anchor="end" fill="#1b1b1b">{escape(name)}</text>'
    ends = _at(min(shares)), _at(max(shares))
    yield f'<line x1="{ends[0]:.1f}" y1="{middle}" x2="{ends[1]:.1f}" y2="{middle}" stroke="#9a9a9a"/>'
    for number, share in enumerate(shares):
        yield _dot(_at(share), middle, number, number == len(shares) - 1)


def _dot(x: float, y: int, number: int, is_ours: bool) -> str:
    colour = COLOURS[number % len(COLOURS)]
    fill = colour if is_ours else "#ffffff"
    return f'<circle cx="{x:.1f}" cy="{y}" r="{RADIUS}" fill="{fill}" stroke="{colour}" stroke-width="2.5"/>'


def _at(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - 24)
