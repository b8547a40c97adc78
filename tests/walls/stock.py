"""What a scene is made of: one customer's things, and the register of scenes by operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.limits import STARTING_LIMITS, Limit
from aggregates.values import Money
from commands.organisation import ChangeLimits, ConfirmProposal, RoleLimit
from tests.api.house import MAY_4, House, id_of
from tests.walls.calls import OPERATIONS, Call


def widened(house: House) -> None:
    """Limits as they are at the start, for a thousand times as many payouts on a day: each scene may want its own."""
    wide = ChangeLimits(limits=[_wide(one) for one in STARTING_LIMITS], reason="Un essai seulement.")
    house.does(wide, ORGANISATION_ID, id_of("admin"))
    number = house.platform.store.load(Organisation, ORGANISATION_ID).proposals
    house.does(ConfirmProposal(number=number), ORGANISATION_ID, id_of("max"))


def _wide(limit: Limit) -> RoleLimit:
    daily = None if limit.daily is None else Money(limit.daily.minor * 1_000, limit.daily.currency)
    return RoleLimit(operation=limit.operation, role=limit.role, each=limit.each, daily=daily)


class Stock:
    """One customer's things, made when they are first asked for and then shared by everybody who only looks."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name = house, name
        self.customer = str(id_of(f"{name} customer"))
        self.contact = str(id_of(f"{name} contact"))

    @cached_property
    def loan(self) -> str:
        """Paid out, with its servicing and a first repayment."""
        self.house.lets_money_leave()
        # In cash: a scene may have left a payee that nobody has confirmed yet.
        loan = self.house.disbursed(name=self.name, method="cash")
        self.repaid_into(loan)
        return str(loan)

    @cached_property
    def contract(self) -> str:
        return str(self.house.sent(self.name))

    @cached_property
    def document(self) -> str:
        """The contract's PDF."""
        events = self.house.platform.store.history(UUID(self.contract))
        return str(next(e.event().document_id for e in events if e.kind == "Contract.Rendered"))

    def repaid_into(self, loan: UUID) -> str:
        repayment = uuid4()
        body = repayment_of(repayment)
        answer = self.house.post("chloe", f"/loans/{loan}/repayments", body)
        assert answer.status_code == 200, answer.text
        return str(repayment)


def repayment_of(id: UUID) -> dict[str, Any]:
    return {
        "repayment_id": str(id),
        "amount": {"amount": "50.00", "currency": "EUR"},
        "value_date": str(MAY_4),
        "method": "cash",
        "reference": f"R-{id.hex[:8]}",
    }


Scene = Callable[[Stock], Call]
SCENES: dict[str, Scene] = {}


def scene(operation: str) -> Callable[[Scene], Scene]:
    def declare(made: Scene) -> Scene:
        assert operation not in SCENES, operation
        SCENES[operation] = made
        return made

    return declare


def call(operation: str, by: str | None, /, new: tuple[UUID, ...] = (), **parts: Any) -> Call:
    return Call(OPERATIONS[operation], by, new=frozenset(map(str, new)), **parts)


def looks(operation: str, by: str, **parts: Callable[[Stock], dict[str, str]]) -> None:
    """A question: nothing has to be made for it alone."""
    SCENES[operation] = lambda stock: call(
        operation, by if by != "owner" else stock.name, **{name: made(stock) for name, made in parts.items()}
    )
