"""Papers by WeasyPrint, in processes of their own that are warm before the first order comes.

A press is a child with nothing of ours in it: it cannot reach the network through a document, dies with its
parent, is killed when a document takes too long, and is replaced after three hundred because memory grows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty, LifoQueue
from tempfile import TemporaryDirectory
from threading import Timer

from jinja2 import TemplateError

from providers.errors import ProviderDown, ProviderRefused
from providers.rendering import Rendered
from providers.rendering.papers import Paper
from providers.rendering.templates import TEMPLATES, fingerprint, html_of

PROGRAM = Path(__file__).with_name("press.py")
DEADLINE = 30.0
"""Seconds for one document, the warming up of a cold press included."""
DOCUMENTS_EACH = 300
"""A press grows by a quarter of a megabyte a document."""
INHERITED = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "FONTCONFIG_FILE")
"""All that a press sees of the environment: no addresses, no secrets."""

TIMELESS = {"SOURCE_DATE_EPOCH": "0"}
"""Where HarfBuzz's subsetter is not installed, fonts are cut in Python and would get the time of day."""


class Press:
    """One renderer: orders go in, PDFs come out, in turn."""

    def __init__(self, deadline: float) -> None:
        self.deadline, self.made = deadline, 0
        self.folder = TemporaryDirectory(prefix="press-")
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM), str(TEMPLATES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for whoever gives the orders; a press ends when they do
            env=environment | TIMELESS | {"TMPDIR": self.folder.name},
        )

    def print(self, html: str) -> Rendered:
        """Raises ProviderDown when the press died of it or was too slow, ProviderRefused when it said no."""
        self.made += 1
        alarm = Timer(self.deadline, self.process.kill)
        alarm.start()
        try:
            return self._exchange(html.encode("utf-8"))
        except (OSError, ValueError, EOFError) as error:
            self._end()
            raise ProviderDown(f"the press stopped; at most {self.deadline:.0f} s are allowed") from error
        finally:
            alarm.cancel()

    def _exchange(self, html: bytes) -> Rendered:
        orders, results = self.process.stdin, self.process.stdout
        assert orders is not None
        assert results is not None
        orders.write(len(html).to_bytes(8, "big") + html)
        orders.flush()
        head = json.loads(results.readline())
        if "refused" in head:
            raise ProviderRefused(head["refused"])
        content = results.read(head["size"])
        if len(content) != head["size"]:
            raise EOFError("cut short")
        return Rendered(content, head["pages"])

    @property
    def usable(self) -> bool:
        return self.process.poll() is None and self.made < DOCUMENTS_EACH

    def close(self) -> None:
        """Let it end by itself, which it does when the orders end; not for longer than a second."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        self._end()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]
        self.folder.cleanup()


class WeasyPrintRendering:
    """At most ``presses`` documents at a time; the others wait, at most DEADLINE seconds."""

    def __init__(self, presses: int = 2, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._free: LifoQueue[Press | None] = LifoQueue()
        for _ in range(presses):
            self._free.put(None)

    def render(self, paper: Paper) -> Rendered:
        return self.print(_html(paper))

    def fingerprint(self, template: str) -> str:
        return fingerprint(template)

    def print(self, html: str) -> Rendered:
        """The PDF of any HTML that is whole in itself; same errors as ``render``."""
        try:
            press = self._free.get(timeout=self.deadline)
        except Empty:
            raise ProviderDown("all presses are busy") from None
        try:
            press = self._ready(press)
            return press.print(html)
        finally:
            self._free.put(press)

    def warm(self) -> None:
        """Start a press now, so that the first document does not wait two seconds for it."""
        self._free.put(self._ready(self._free.get()))

    def close(self) -> None:
        """End the presses that are not at work; those that are end with their document."""
        while not self._free.empty():
            if press := self._free.get():
                press.close()

    def _ready(self, press: Press | None) -> Press:
        if press and not press.usable:
            press.close()
        try:
            return press if press and press.usable else Press(self.deadline)
        except OSError as error:
            raise ProviderDown(f"no press can be started: {error.strerror}") from error


def _html(paper: Paper) -> str:
    try:
        return html_of(paper)
    except (TemplateError, KeyError, ValueError) as error:
        raise ProviderRefused(f"{paper.template}: {type(error).__name__}: {error}") from error
