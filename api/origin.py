"""Where a request comes from and where it believes to go: client address, host, origin of the page that asks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from runtime.settings import Settings, listed

NOWHERE = "local"
"""The client address of a request that came over a socket without one."""

HOPS = 20
"""How many proxies are followed back at most."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that the embedded profile answers to as well."""

CROSS_ORIGIN = {
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "ETag, Read-After-Reached, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy",
}
"""On the answer to a page of a listed origin, beside the origin itself; never a star."""

PREFLIGHT = {
    **CROSS_ORIGIN,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, Read-After,"
    " X-CSRF-Token, X-Request-Id, traceparent",
    "Access-Control-Max-Age": "600",
}

Address = IPv4Address | IPv6Address


class Origins:
    """What the settings say about proxies, hosts and origins; made once for an application."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = [ip_network(network) for network in listed(settings.trusted_proxies)]
        ours = urlsplit(settings.public_url).hostname or ""
        loopback = LOOPBACK if settings.profile == "embedded" else ()
        self._hosts = {ours, *listed(settings.allowed_hosts.lower()), *loopback}
        self._allowed = frozenset(listed(settings.allowed_origins))
        self.https = settings.public_url.startswith("https://")
        """Whether people reach us over TLS: by the settings, whatever a request says."""

    def client_of(self, scope: Scope) -> str:
        """The address that the request was sent from, as far as our own proxies tell."""
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is None:
            return NOWHERE
        if not self._is_proxy(peer):
            return str(peer)
        hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")[-HOPS:]
        while hops and self._is_proxy(peer):
            # Read from the right: what stands further left was written by somebody we do not know.
            before = _address(hops.pop())
            if before is None:
                break
            peer = before
        return str(peer)

    def is_ours(self, scope: Scope) -> bool:
        """Whether the request is meant for us: it names one host, and we answer to it."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        return len(named) == 1 and _host(named[0].decode("latin-1")) in self._hosts

    def listed(self, scope: Scope) -> str | None:
        """The origin of the page that asks, when it may."""
        origin = Headers(scope=scope).get("origin") if self._allowed else None
        return origin if origin in self._allowed else None

    @property
    def names_origins(self) -> bool:
        """Whether answers differ by origin, and caches have to know."""
        return bool(self._allowed)

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def client_address(request: Request) -> str:
    """The address that a request was sent from: IPv4 or IPv6, or NOWHERE. Found once for each request."""
    known: str | None = request.scope.get("client_address")
    if known is None:
        origins: Origins = request.app.state.origins
        known = request.scope["client_address"] = origins.client_of(request.scope)
    return known


def counted_as(address: str) -> str:
    """For whom an address stands when tries are counted: IPv6 is given out by the /64."""
    known = _address(address)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False))
    return address


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks for leave before it sends what a page wants."""
    if scope["method"] != "OPTIONS":
        return False
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers


def varies(headers: Iterable[str]) -> str:
    """The header ``Vary`` with the origin in it."""
    return ", ".join(dict.fromkeys([*(name for name in headers if name), "Origin"]))


@lru_cache(maxsize=4096)
def _address(written: str) -> Address | None:
    """An address with or without its port; IPv4 inside IPv6 is IPv4."""
    text = written.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1024)
def _host(named: str) -> str:
    """The name without its port, as names are compared; nothing when it is no host."""
    try:
        return (urlsplit(f"//{named}").hostname or "").rstrip(".") if not set(named) & set("/?#@\\ ,") else ""
    except ValueError:
        return ""
