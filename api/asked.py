"""What every list can be asked alike: words, states, spans of days and amounts; and whether names may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from aggregates.values import EXPONENTS
from api.auth import Identity, TheIdentity
from commands.fields import Day
from projections.filters import is_reference

NAMES = "customer.read"
"""The permission to see names of customers."""

Words = Annotated[
    str,
    Query(
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="A reference or how it begins, a bare number, or words of the customer's name.",
        examples=["diop"],
    ),
]
OfCustomer = Annotated[UUID | None, Query(description="Only those of this customer.")]
OfProduct = Annotated[UUID | None, Query(description="Only those of this product.")]
InCurrency = Annotated[
    str | None,
    Query(
        pattern=f"^({'|'.join(EXPONENTS)})$", description="Only amounts in this currency.", examples=["EUR"]
    ),
]
FromDay = Annotated[Day | None, Query(description="Not before this day.", examples=["2026-01-01"])]
ToDay = Annotated[Day | None, Query(description="Not after this day.", examples=["2026-12-31"])]
_MINOR: Any = {"ge": 0, "le": 10**15, "examples": [500_000]}
FromAmount = Annotated[int | None, Query(description="Not less than this, in minor units.", **_MINOR)]
ToAmount = Annotated[int | None, Query(description="Not more than this, in minor units.", **_MINOR)]


def states(which: Iterable[str], said: str) -> Any:
    """One of these states, or several with commas between them."""
    any_one = "|".join(which)
    return Query(
        pattern=f"^({any_one})(,({any_one})){{0,9}}$",
        description=f"{said} Several are written with commas: each parameter stands once.",
        examples=[next(iter(which))],
    )


def several(written: str | None) -> tuple[str, ...]:
    return tuple(written.split(",")) if written else ()


def needs_names(identity: Identity, q: str, sort: str = "") -> None:
    """Raises Forbidden when the question is about names and whoever asks may not read them."""
    if sort.lstrip("-") in ("customer", "name") or (q.strip() and not is_reference(q)):
        identity.needs(NAMES)


async def names_are_shown(identity: TheIdentity) -> bool:
    return NAMES in identity.permissions


Named = Annotated[bool, Depends(names_are_shown)]
"""Whether whoever asks may read customers; a program may have been given less."""
