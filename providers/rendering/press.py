"""Turns HTML into PDF, one document after the other. Run alone, by ``providers/rendering/weasyprint.py``:

    python -I press.py templates/     in   8 bytes of length, HTML
                                      out  one line of JSON {"pages": 4, "size": 48213} or {"refused": "…"}, then the PDF

Nothing is fetched but the files of the bundle, by ``asset:`` names; a document that asks for anything else is
refused whole. Imports nothing of ours, ends when nobody writes to it any more.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

MEMORY = 2 << 30
LONGEST = 20_000_000
"""Bytes of HTML; a contract over 360 months has 200,000."""
TYPES = {".css": "text/css", ".ttf": "font/ttf"}
STYLE = "asset:///_print.css"
WARM_UP = "<!doctype html><p>1 234,56 € <strong>« Prêt »</strong>"
VARIANT = "pdf/a-3u"
"""For keeping: fonts embedded, text that can be read back, no outside resources."""


class Bundle(URLFetcher):  # type: ignore[misc]
    """Answers for the style sheet and the fonts in the templates' folder, refuses and remembers everything else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        files = [folder / "_print.css", *folder.glob("fonts/*.ttf")]
        self.assets = {f"asset:///{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        content = self.assets.get(url)
        if content is None:
            self.refused.append(url[:200])
            raise FatalURLFetchingError(url[:200])
        return URLFetcherResponse(url, content, {"Content-Type": TYPES[Path(url).suffix]})


class Press:
    def __init__(self, folder: Path) -> None:
        self.bundle, self.fonts = Bundle(folder), FontConfiguration()
        self.style = CSS(url=STYLE, url_fetcher=self.bundle, font_config=self.fonts)
        self.pdf(WARM_UP)
        gc.freeze()

    def pdf(self, html: str) -> tuple[int, bytes]:
        """Pages and bytes. Raises PermissionError when the document wanted something from outside."""
        self.bundle.refused.clear()
        document = HTML(string=html, base_url="asset:///", url_fetcher=self.bundle).render(
            font_config=self.fonts, stylesheets=[self.style]
        )
        content = document.write_pdf(pdf_variant=VARIANT)
        if self.bundle.refused:
            raise PermissionError(", ".join(self.bundle.refused))
        return len(document.pages), content

    def serve(self, orders: BinaryIO, results: BinaryIO) -> None:
        while size := int.from_bytes(orders.read(8), "big"):
            if size > LONGEST:
                raise SystemExit(f"{size} bytes of HTML")
            head, content = self.answer(orders.read(size).decode("utf-8"))
            results.write(json.dumps(head).encode() + b"\n" + content)
            results.flush()

    def answer(self, html: str) -> tuple[dict[str, object], bytes]:
        try:
            pages, content = self.pdf(html)
        # The fatal error derives from BaseException, so that no parser on the way swallows it.
        except (Exception, FatalURLFetchingError) as error:  # noqa: BLE001
            return {"refused": f"{type(error).__name__}: {error}"[:500]}, b""
        return {"pages": pages, "size": len(content)}, content


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with TemporaryDirectory(prefix="fonts-") as tempfile.tempdir:
        Press(Path(sys.argv[1])).serve(sys.stdin.buffer, sys.stdout.buffer)
