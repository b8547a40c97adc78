"""Every request counts against a limit: of the account that asks, or of the address when no account does."""

from __future__ import annotations

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from access.limits import Limits
from api.origin import client_address, counted_as


async def count_address(request: Request) -> None:
    """A request that nobody proved to have sent. Raises TooManyRequests."""
    await _count(request, "api.address", counted_as(client_address(request)))


async def count_account(request: Request, account: str) -> None:
    """A request of an account, whatever it was sent from. Raises TooManyRequests."""
    await _count(request, "api.identity", account)


async def _count(request: Request, rule: str, key: str) -> None:
    limits: Limits = request.app.state.platform.access.limits
    if limits.waits:
        await run_in_threadpool(limits.hit, rule, key)
    else:
        limits.hit(rule, key)
