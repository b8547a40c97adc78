"""Postings for the tests of the books: Jean's in euros, Awa's in francs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from aggregates.posting import Line, Posting
from aggregates.values import Money
from tests.kit import Fact, fact
from tests.stories import AWA, AWA_LOAN, JEAN, JUNE_6, LOAN, MAY_6, _id, eur, xof


def lines(*moved: tuple[str, Money, Money]) -> list[Line]:
    return [Line(account, debit, credit) for account, debit, credit in moved]


def made(number: int, on: date, movement: str, parts: list[Line], **changes: Any) -> Fact:
    says = {
        "customer_id": JEAN,
        "about": LOAN,
        "cause": f"{LOAN}:5",
        "label": "Prêt L-2026-000001",
        **changes,
    }
    return fact(Posting.Made, _id("90571", number), entry_on=on, movement=movement, lines=parts, **says)


def posting_id(number: int) -> UUID:
    return _id("90571", number)


AWAS: dict[str, Any] = {"customer_id": AWA, "about": AWA_LOAN, "label": "Prêt L-2026-000002"}

jean_paid_out = made(
    1, MAY_6, "disbursement", lines(("2748", eur(500_000), eur(0)), ("512", eur(0), eur(500_000)))
)
jean_repaid = made(
    2,
    JUNE_6,
    "repayment",
    lines(("512", eur(22_160), eur(0)), ("27684", eur(0), eur(2_500)), ("2748", eur(0), eur(19_660))),
)
awa_paid_out = made(
    3, MAY_6, "disbursement", lines(("2748", xof(500_000), xof(0)), ("530", xof(0), xof(500_000))), **AWAS
)
