"""`manage.py asvs`: what OWASP asks of an application, and what meets it here. Kept in docs/asvs.md."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from roles.bootstrap import ROOT

DATA = ROOT / "docs" / "asvs.toml"
FILE = ROOT / "docs" / "asvs.md"
STATUSES = ("met", "open", "not applicable")

HEAD = """# What OWASP asks, and what meets it

The requirements of level 1 and level 2 of the OWASP Application Security Verification Standard 5.0.0, each with the
test or the code that meets it, with the reason why it does not concern us, or with what is missing. The words are
ours and short: the standard's own text is what counts.

Written from `docs/asvs.toml` by `python3 manage.py asvs --write`; `python3 manage.py check` fails when it is not
fresh, and `tests/house/test_asvs.py` when a requirement is missing or a test that is named here is not there.

Source: OWASP ASVS 5.0.0, May 2025, <https://github.com/OWASP/ASVS>, licence CC BY-SA 4.0; read in November 2026.
"""

CHAPTERS = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web front end",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Communication",
    13: "Configuration",
    14: "Data protection",
    15: "Coding and architecture",
    16: "Logging and errors",
    17: "WebRTC",
}


@dataclass(frozen=True)
class Requirement:
    """One requirement, and where it stands: met by something, open, or none of ours."""

    id: str
    level: int
    says: str
    """What it asks, in our words."""
    met: tuple[str, ...] = ()
    """What shows it: ``tests/x/test_y.py::test_z``, ``file.py:Symbol.inner``, ``other.file:words that stand in it``."""
    open: str = ""
    """What is missing."""
    issue: str = ""
    """Which issue will bring what is missing."""
    not_applicable: str = ""
    """Why it does not concern us."""
    note: str = ""

    @property
    def status(self) -> str:
        return "met" if self.met else "open" if self.open else "not applicable"

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.id[1:].split("."))


def show(*, write: bool = False) -> int:
    """Print the counts and what is open, or write the file. Exit code: 1 when something named is not there."""
    if write:
        FILE.write_text(whole())
        return 0
    print("\n".join(counted(every_requirement())))
    lost = dangling()
    print("\n".join(f"{one.id}  {one.open}" for one in every_requirement() if one.open))
    print("\n".join(f"{id}: {reference} is not there" for id, reference in lost))
    return 1 if lost else 0


def is_fresh() -> bool:
    """Whether docs/asvs.md says what docs/asvs.toml says."""
    return FILE.exists() and FILE.read_text() == whole()


def every_requirement() -> list[Requirement]:
    """In the order of the standard. Raises TypeError for a word that no requirement has."""
    said = tomllib.loads(DATA.read_text())
    made = [Requirement(id, **{**entry, "met": tuple(entry.get("met", ()))}) for id, entry in said.items()]
    return sorted(made, key=lambda one: one.number)


# ── what is named has to be there ──────────────────────────────────────────


def dangling() -> list[tuple[str, str]]:
    """Requirements that name a file, a symbol or a test that does not exist."""
    return [
        (one.id, reference) for one in every_requirement() for reference in one.met if not resolves(reference)
    ]


def resolves(reference: str) -> bool:
    """Whether a reference leads somewhere: a test by ``::``, a symbol of Python or words of another file by ``:``."""
    path, _, name = reference.partition(":")
    file, is_test = ROOT / path, name.startswith(":")
    name = name.removeprefix(":")
    if not name or not file.is_file():
        return False
    if file.suffix != ".py":
        return not is_test and name in file.read_text()
    if is_test and not (path.startswith("tests/") and name.startswith("test_")):
        return False
    return name in _symbols(file)


@cache
def _symbols(file: Path) -> frozenset[str]:
    """Everything that a module names, with what its classes name: ``Keyring``, ``Keyring.seal``."""
    return frozenset(_named(ast.parse(file.read_text()).body, ""))


def _named(body: Iterable[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        match node:
            case ast.ClassDef(name=name, body=inner):
                yield within + name
                yield from _named(inner, f"{within}{name}.")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield within + name
            case ast.Assign(targets=targets):
                yield from (within + target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield within + name


# ── how it is said ─────────────────────────────────────────────────────────


def whole() -> str:
    """The text of docs/asvs.md."""
    every = every_requirement()
    parts = [HEAD, "## Where it stands\n", *counted(every), "", *_awaited(every)]
    for chapter, found in groupby(every, key=lambda one: one.number[0]):
        parts += ["", f"## V{chapter} {CHAPTERS[chapter]}", "", "| | level | asks | |", "|---|---|---|---|"]
        parts += [f"| {one.id} | {one.level} | {one.says} | {_answer(one)} |" for one in found]
    return "\n".join(parts) + "\n"


def counted(every: list[Requirement]) -> list[str]:
    """A table: how many of each chapter are met, open and none of ours."""
    lines = ["| chapter | met | open | of which level 1 | not applicable |", "|---|--:|--:|--:|--:|"]
    for chapter, name in CHAPTERS.items():
        lines.append(_count(f"V{chapter} {name}", [one for one in every if one.number[0] == chapter]))
    return [*lines, _count(f"**all {len(every)}**", every)]


def _count(name: str, these: list[Requirement]) -> str:
    met, unmet, others = ([one for one in these if one.status == status] for status in STATUSES)
    return f"| {name} | {len(met)} | {len(unmet)} | {sum(one.level == 1 for one in unmet)} | {len(others)} |"


def _awaited(every: list[Requirement]) -> list[str]:
    lines = ["| what is open comes with | how many | which |", "|---|--:|---|"]
    for issue in sorted({one.issue for one in every if one.open}):
        these = [one.id for one in every if one.open and one.issue == issue]
        lines.append(f"| {issue} | {len(these)} | {' '.join(these)} |")
    return lines


def _answer(one: Requirement) -> str:
    note = f" {one.note}" if one.note else ""
    match one.status:
        case "met":
            return "<br>".join(_link(reference) for reference in one.met) + ("<br>" + one.note) * bool(note)
        case "open":
            return f"**open**: {one.open} ({one.issue}){note}"
    return f"not applicable: {one.not_applicable}{note}"


def _link(reference: str) -> str:
    path, _, name = reference.partition(":")
    return f"[`{name.removeprefix(':')}`](../{path})"
