"""A picture as SVG: bars, lines and words on paper of its own, so that it reads in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final, Literal

Ink = Literal["principal", "interest", "penalty", "fee", "insurance", "muted", "waiting"]
"""What a surface stands for; the same in every picture."""

STYLE: Final = """
  .paper{fill:#fff;stroke:#e0e0e0}.grid{stroke:#e6e6e6}.axis{stroke:#a6a6a6}
  .principal{fill:#171717}.interest{fill:#8f8f8f}.penalty{fill:#b42318}.fee{fill:#2343bd}.insurance{fill:#6c8dfb}
  .muted{fill:#e6e6e6}.waiting{fill:none;stroke:#737373;stroke-dasharray:4 3}
  polyline{stroke-width:2;stroke-linejoin:round}polyline.path{fill:none}.path.principal{stroke:#171717}.path.interest{stroke:#8a8a8a}
  .path.penalty{stroke:#b42318}.path.fee{stroke:#2f55e0}.lead{stroke:#a6a6a6;stroke-width:1;fill:none}.tick{stroke:#0a0a0a;stroke-width:2}
  text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:13px;fill:#0a0a0a}
  .head{font-weight:600}.dim{fill:#5c5c5c}.small{font-size:12px}
  @media (prefers-color-scheme:dark){
    .paper{fill:#0d0d0d;stroke:#333}.grid{stroke:#2b2b2b}.axis{stroke:#6b6b6b}
    .principal{fill:#f2f2f2}.interest{fill:#7d7d7d}.penalty{fill:#ff9087}.fee{fill:#b6c8ff}.insurance{fill:#4a70f3}
    .muted{fill:#2b2b2b}.waiting{stroke:#a3a3a3}.path.principal{stroke:#f2f2f2}.path.interest{stroke:#8f8f8f}
    .path.penalty{stroke:#ff9087}.path.fee{stroke:#6c8dfb}.lead{stroke:#6b6b6b}.tick{stroke:#f5f5f5}
    text{fill:#f5f5f5}.dim{fill:#a3a3a3}
  }
"""
WIDTH: Final = 760
ROUND: Final = 1.5
"""Radius of the corners of a bar, where it is large enough."""


@dataclass(frozen=True)
class Scale:
    """Values onto a stretch of the picture."""

    values: tuple[float, float]
    places: tuple[float, float]

    def __call__(self, value: float) -> float:
        (low, high), (start, end) = self.values, self.places
        return start + (value - low) / (high - low) * (end - start)


@dataclass
class Picture:
    """What is drawn, in its order."""

    height: int
    title: str
    """What it shows, in a sentence: it is read to whoever does not see it."""
    parts: list[str] = field(default_factory=list)

    def bar(self, ink: Ink, x: float, y: float, width: float, height: float) -> None:
        """Its top left corner and its sides; nothing where a side is nothing."""
        if width > 0 and height > 0:
            radius = min(ROUND, width / 4, height / 4)
            self._add(
                f'<rect class="{ink}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
                f' rx="{_n(radius)}"/>'
            )

    def line(self, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        self._add(
            f'<line class="{kind}" x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"/>'
        )

    def path(self, kind: str, points: Sequence[tuple[float, float]], *, dashed: bool = False) -> None:
        led = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._add(f'<polyline class="{kind}" points="{led}"{DASHED if dashed else ""}/>')

    def dot(self, ink: Ink, x: float, y: float) -> None:
        self._add(f'<circle class="{ink}" cx="{_n(x)}" cy="{_n(y)}" r="4"/>')

    def words(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """On its base line; the anchor is start, middle or end."""
        styled = f' class="{kind}"' if kind else ""
        self._add(f'<text{styled} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}</text>')

    def legend(self, x: float, y: float, entries: Iterable[tuple[Ink, str]]) -> None:
        """In one row, from the left."""
        for ink, text in entries:
            self.bar(ink, x, y - 10, 11, 11)
            self.words(x + 17, y, text, "dim")
            x += 17 + LETTER * len(text) + 22

    def svg(self) -> str:
        """The whole file."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}"'
            f' height="{self.height}" role="img" aria-labelledby="title">\n'
            f'<title id="title">{escape(self.title)}</title>\n<style>{STYLE}</style>\n'
            f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{self.height - 1}" rx="8"/>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )

    def _add(self, part: str) -> None:
        self.parts.append(part)


DASHED: Final = ' stroke-dasharray="6 4"'
LETTER: Final = 6.9
"""About how wide a letter is, in the units of the picture."""


def _n(value: float) -> str:
    """A place to a tenth, without what says nothing."""
    return f"{value:.1f}".removesuffix(".0")
