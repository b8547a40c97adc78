"""The headers that browsers obey: one set for answers of the API, one for the pages of the web client."""

from __future__ import annotations

from collections.abc import Iterable

REPORTS = "/api/v1/browser-reports"
"""Where browsers tell what a page tried to do against its policy."""

HSTS = "max-age=63072000; includeSubDomains"
"""Two years; only where people reach us over TLS."""

_NO_DEVICES = "camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), display-capture=()"

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": f"{_NO_DEVICES}, payment=()",
}
"""On every answer, unless the route says something stricter or needs something wider."""


def page_policy(
    scripts: Iterable[str] = (),
    calls: Iterable[str] = (),
    frames: Iterable[str] = (),
    styles: Iterable[str] = (),
) -> str:
    """The Content-Security-Policy of a page of the web client: what it loads comes from here, scripts from files only.

    scripts, calls, frames  origins of providers whose own pieces a page needs: a card field, a signing room
    scripts, styles         hashes of what stands in the page itself, see api/web.py
    """
    inside = " ".join(frames) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            " ".join(("style-src 'self'", *styles)),
            "img-src 'self' data: blob:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *calls)),
            f"frame-src {inside}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
            "worker-src 'self'",
            "require-trusted-types-for 'script'",
            "report-to browser",
        )
    )


PAGES = {
    **SECURITY,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": page_policy(),
    "Reporting-Endpoints": f'browser="{REPORTS}"',
    "Permissions-Policy": f"{_NO_DEVICES}, payment=(self)",
}
"""On every page of the web client. Source: CSP Level 3, Trusted Types, Reporting API (W3C), read in November 2026."""

KEPT_BY_THE_BROWSER = "private, max-age=300"
"""What is the same for everybody for a while and nobody's secret: instead of ``no-store``, where a route says so."""
