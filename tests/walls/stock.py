"""What a scene is made of: one customer's things, and the register of scenes by operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from tests.api.house import MAY_4, House, id_of
from tests.walls.calls import OPERATIONS, Call


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
