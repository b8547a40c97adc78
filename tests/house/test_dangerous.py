"""What the product never does, because it goes wrong sooner or later: looked for in its source."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = sorted({file.parent.name for file in ROOT.glob("*/__init__.py")} - {"bench", "demo"})
TREES = {
    str(file.relative_to(ROOT)): ast.parse(file.read_text())
    for folder in FOLDERS
    for file in sorted((ROOT / folder).rglob("*.py"))
}

EXCUSED = {
    ("eventstore/codec.py", "eval"): "annotations of our own dataclasses, which are kept as source text",
    (
        "aggregates/values.py",
        "pattern",
    ): "one of two texts of ours, chosen by the decimals of a known currency",
    ("api/fields.py", "format"): "words of a validator, with their braces doubled before",
    (
        "eventstore/compare.py",
        "random",
    ): "shuffles lanes, repeatably, to see that their order does not matter",
    ("eventstore/store.py", "random"): "spreads the pauses between tries",
    ("runtime/reactions.py", "random"): "spreads the pauses between tries",
    (
        "runtime/compose.py",
        "yaml",
    ): "our own docker-compose.yml, by safe_load, which makes plain values alone",
}
"""What is all right where it stands, and why."""

INTERPRETERS = {"eval", "exec", "compile", "__import__", "system", "popen", "getoutput", "getstatusoutput"}
UNSAFE_READERS = {
    "pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "xml", "lxml", "xmlrpc", "defusedxml", "ldap3",
}  # fmt: skip
WEAK = {"md5", "MD5", "sha1", "SHA1", "ECB", "CBC", "ARC4", "TripleDES", "Blowfish", "PKCS1v15", "DES3"}
TRUSTING = {"_create_unverified_context", "CERT_NONE", "CERT_OPTIONAL"}
REGEX = {
    f"re.{name}"
    for name in ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
}


def everywhere(look: Callable[[ast.AST], Iterator[str]]) -> list[tuple[str, str]]:
    found = {(name, word) for name, tree in TREES.items() for node in ast.walk(tree) for word in look(node)}
    return sorted(found - EXCUSED.keys())


def called(node: ast.AST) -> str:
    """The name of what is called; with a module before it only for ``re`` and ``asyncio``, whose words are common."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="re"), attr=name):
            return f"re.{name}"
        case ast.Attribute(value=ast.Name(id="os" | "subprocess"), attr=name):
            return name
    return ""


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level:
        yield (node.module or "").partition(".")[0]


def named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
            yield name


def is_ours(written: ast.expr) -> bool:
    """Whether a text is made of constants of this code alone: literals, and names in capitals."""
    match written:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
        case ast.JoinedStr(values=values):
            return all(is_ours(value) for value in values)
        case ast.FormattedValue(value=value):
            return is_ours(value)
        case ast.Call(func=ast.Name(id="SQL"), args=[text]):
            return is_ours(text)  # psycopg's own, which quotes what is put in
        case ast.BinOp(left=left, right=right):
            return is_ours(left) and is_ours(right)
    return False


def patterns(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and called(node) in REGEX and not is_ours(node.args[0]):
        yield "pattern"


def formats(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "format_map")) if not is_ours(text):
            yield "format"


def test_nothing_is_evaluated_and_no_shell_is_started() -> None:
    def look(node: ast.AST) -> Iterator[str]:
        if called(node) in INTERPRETERS:
            yield called(node)
        if isinstance(node, ast.keyword) and node.arg == "shell":
            yield "shell"

    assert everywhere(look) == []


def test_nothing_is_read_by_what_makes_objects_of_any_kind_or_fetches_entities() -> None:
    assert everywhere(lambda node: (name for name in imported(node) if name in UNSAFE_READERS)) == []


def test_chance_that_somebody_must_not_guess_comes_from_the_system() -> None:
    assert everywhere(lambda node: (name for name in imported(node) if name == "random")) == []


def test_no_weak_hash_cipher_or_mode_is_named() -> None:
    assert everywhere(lambda node: (name for name in named(node) if name in WEAK)) == []


def test_no_certificate_is_taken_unseen_and_no_redirect_followed() -> None:
    def look(node: ast.AST) -> Iterator[str]:
        yield from (name for name in named(node) if name in TRUSTING)
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
            unseen = node.arg in ("verify", "check_hostname") and node.value.value is False
            led = node.arg in ("follow_redirects", "allow_redirects") and node.value.value is True
            yield from [str(node.arg)] * (unseen or led)

    assert everywhere(look) == []


def test_no_regular_expression_is_made_of_what_people_send() -> None:
    assert everywhere(patterns) == []


def test_no_format_is_made_of_what_people_send() -> None:
    assert everywhere(formats) == []


@pytest.mark.parametrize("excuse", EXCUSED, ids=" ".join)
def test_an_excuse_is_still_needed(excuse: tuple[str, str]) -> None:
    file, word = excuse
    said = {
        name
        for node in ast.walk(TREES[file])
        for name in (called(node), *imported(node), *patterns(node), *formats(node))
    }
    assert word in said
