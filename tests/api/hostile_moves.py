"""What hostile, careless and merely odd people ask of loans, drawn by lot; the refusals are the point."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId, Money
from commands.loan import NoteSignature
from eventstore import NotFound, Rejected
from tests.api.hostile_products import UNITS, Offering
from tests.api.house import AGREED, id_of, pdf

WHY = {"reason": "Parce que le sort l'a voulu ainsi."}
PEOPLE = ("awa", "jean", "ana", "ben", "chloe", "sam", "admin", "iris")
STAFF = ("ana", "ben", "chloe")
METHODS = ("cash", "cash", "cheque", "transfer")


@dataclass
class Life:
    """A loan of the world, as its tormentors know it."""

    id: UUID
    owner: str
    product: dict[str, Any]
    repayments: list[str] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return str(self.product["min_principal"]["currency"])

    @property
    def stranger(self) -> str:
        return "jean" if self.owner == "awa" else "awa"


@dataclass
class Tormentors(Offering):
    lives: list[Life] = field(default_factory=list)

    # ── from the request to the payout ─────────────────────────────────────

    def requests(self) -> None:
        lot, owner = self.lot, self.lot.choice(["awa", "jean"])
        product = lot.choice(self.products)
        currency = product["min_principal"]["currency"]
        life = Life(self.id(), owner, product)
        unit = UNITS[currency]
        body = {
            "loan_id": str(life.id),
            "customer_id": str(id_of(f"{lot.choice([owner] * 9 + [life.stranger])} customer")),
            "contact_id": str(id_of(f"{owner} contact")),
            "product_id": product["product_id"],
            "principal": self.some(lot.choice([currency] * 9 + ["USD"]), lot.choice([100, 1_200, 1_200, 1_237, 5_000, 5_000, 9_000, 9_001]) * unit),
            "months": lot.choice([1, 2, 3, 6, 6, 12, 12, 24, 40]),
            "purpose": "Un vélo cargo",
            "consents": AGREED,
        }  # fmt: skip
        if self.world.ask(owner, "/loans", body, "request").is_success:
            self.lives.append(life)
            self.decides(life)

    def decides(self, life: Life) -> None:
        """Mostly to the payout; now and then by the wrong one, or something else than was asked for."""
        lot, ask, path = self.lot, self.world.ask, f"/loans/{life.id}"
        if lot.random() < 0.15:
            ask(lot.choice(PEOPLE), f"{path}/{lot.choice(['decline', 'withdraw'])}", lot.choice([WHY, {}]))
        if lot.random() < 0.2:
            offer = {"months": lot.choice([1, 7, 13, 1_000]), **WHY}
            if ask(lot.choice(STAFF), f"{path}/counter-offer", offer).is_success:
                answer = lot.choice(["accept", "accept", "decline"])
                ask(
                    lot.choice([life.owner, life.owner, life.stranger]),
                    f"{path}/counter-offer/{answer}",
                    kind=f"counter-{answer}",
                )
        body = self.drawdowns(life) if lot.random() < 0.3 else {}
        for who in (*(lot.sample(PEOPLE, 2) if lot.random() < 0.2 else ()), "ben"):
            ask(who, f"{path}/approve", body)
        if lot.random() < 0.95:
            self.signs(life)
        for who in (*(lot.sample(PEOPLE, 2) if lot.random() < 0.2 else ()), "chloe"):
            self.disburses(life, who)

    def drawdowns(self, life: Life) -> dict[str, Any]:
        """In two or three parts, some of which do not add up."""
        self.world.follow()
        said = self.world.look("ana", f"/loans/{life.id}").json()
        minor, day = said["principal"], self.world.day.on
        parts, left = [], minor
        for at in range(self.lot.choice([2, 3])):
            part = minor // 3
            parts.append(
                {
                    "on": str(day + timedelta(days=at * self.lot.choice([1, 9, 40]))),
                    "amount": self.some(life.currency, part),
                }
            )
            left -= part
        if self.lot.random() < 0.9:
            last = minor - (len(parts) - 1) * (minor // 3)
            parts[-1]["amount"] = self.some(life.currency, last)
        return {"drawdowns": parts}

    def signs(self, life: Life) -> None:
        """What the workers make of an approved loan, and the copy that comes back."""
        house = self.world.house
        try:
            contract = house.contract_of(life.id)
        except Rejected as refusal:
            self.world.asked.append(f"no contract: {refusal!r}")
            return
        house.upload(life.owner, contract, pdf(f"signed {contract}"))
        self.world.ask("ana", f"/contracts/{contract}/signed-copy/accept")
        house.does(NoteSignature(contract_id=contract), life.id)

    def disburses(self, life: Life, who: str) -> None:
        lot = self.lot
        day = self.world.day.on + timedelta(days=lot.choice([0] * 8 + [-1, 1]))
        body = {"value_date": str(day), "method": lot.choice(METHODS), "reference": "VIR-1"}
        self.world.ask(who, f"/loans/{life.id}/disburse", body)
        self.world.follow()

    # ── once it is paid out ────────────────────────────────────────────────

    def servicing(self, life: Life) -> Servicing | None:
        try:
            return self.world.house.platform.store.load(Servicing, servicing_id(LoanId(life.id)))
        except NotFound:
            return None

    def a_day(self, life: Life) -> date:
        """Mostly one that may be."""
        lot, today = self.lot, self.world.day.on
        servicing = self.servicing(life)
        begun = servicing.value_date if servicing else today
        dues = [line.due_on for line in servicing.instalments if line.due_on <= today] if servicing else []
        return lot.choice([
            *[today] * 8, *([lot.choice(dues)] * 4 if dues else []), begun,
            *[begun + timedelta(days=lot.randint(0, max(0, (today - begun).days)))] * 3,
            today - timedelta(days=lot.choice([1, 5, 40])),
            *lot.sample([today + timedelta(days=1), begun - timedelta(days=1), date(1999, 12, 31), date(2999, 1, 1)], 1),
        ])  # fmt: skip

    def an_amount(self, life: Life) -> dict[str, str]:
        lot = self.lot
        servicing = self.servicing(life)
        if servicing is None:
            return self.some(life.currency, 100)
        owed = max(servicing.owed(self.world.day.on).minor, 0)
        now = servicing.standing(self.world.day.on)
        line = lot.choice(servicing.instalments)
        odd = [{"amount": "0", "currency": life.currency}, {"amount": "-5", "currency": life.currency},
               {"amount": "100", "currency": "USD"}, {"amount": "9999999999999", "currency": life.currency},
               {"amount": "1e3", "currency": life.currency}, self.some(life.currency, owed + 1)]  # fmt: skip
        if lot.random() < 0.08:
            return lot.choice(odd)
        return self.some(life.currency, max(lot.choice([
            1, line.total.minor, line.total.minor, now.owed_now.minor, line.total.minor // 2, 2 * line.total.minor + 1,
            owed, owed // 2, owed // 3, lot.randint(1, max(owed, 1)),
        ]), 1))  # fmt: skip

    def money(self, life: Life, **more: Any) -> dict[str, Any]:
        lot = self.lot
        taken = lot.random() < 0.05 and life.repayments
        return {
            "repayment_id": lot.choice(life.repayments) if taken else str(self.id()),
            "amount": self.an_amount(life),
            "value_date": str(self.a_day(life)),
            "method": lot.choice(METHODS),
            "reference": "R-1",
            **more,
        }

    def headers(self, life: Life) -> dict[str, str]:
        """Now and then the version that is, or one that is no more."""
        lot, servicing = self.lot, self.servicing(life)
        if servicing is None or lot.random() < 0.85:
            return {}
        return {"If-Match": f'"{servicing.version - lot.choice([0, 1, 1])}"'}

    def pays(self, life: Life) -> None:
        body, path = self.money(life), f"/loans/{life.id}/repayments"
        who = self.lot.choice(["chloe"] * 40 + ["ana", *PEOPLE])
        servicing, headers = self.servicing(life), self.headers(life)
        answer = self.world.ask(who, path, body, "repay", **headers)
        if answer.is_success:
            life.repayments.append(body["repayment_id"])
            if headers and servicing:
                self.world.holds(headers["If-Match"] == f'"{servicing.version}"', "a stale version was taken")

    def pays_what_was_shown(self, life: Life) -> None:
        """The preview and then the money: they say the same, or both refuse; what is too much is taken where that is said."""
        if self.servicing(life) is None:
            return
        body = self.money(life, amount=self.some(life.currency, self.lot.choice([1, 5_000, 22_160, 100_000])))
        minor = Money.parse(**_parsed(body["amount"])).minor
        world, path = self.world, f"/loans/{life.id}"
        world.follow()
        shown = world.look(
            "chloe", f"{path}/repayment-preview?amount={minor}&value_date={body['value_date']}"
        )
        if shown.is_success and shown.json()["overpaid"] and self.lot.random() < 0.5:
            body["keeps_overpayment"] = True
        answer = world.ask("chloe", f"{path}/repayments", body, "repay-as-shown")
        if answer.status_code == 409 and answer.json()["type"] == "repayment-exists":
            return
        if shown.is_success and not answer.is_success:
            is_slip = shown.json()["overpaid"] > 0 and "keeps_overpayment" not in body
            world.holds(
                is_slip and answer.json()["type"] == "more-than-owed",
                f"shown {shown.text}, then {answer.text}",
            )
            return
        world.holds(shown.is_success == answer.is_success, f"shown {shown.text}, then {answer.text}")
        if not answer.is_success:
            same = shown.json()["type"] == answer.json()["type"]
            world.holds(same, f"shown {shown.text}, then {answer.text}")
            return
        life.repayments.append(body["repayment_id"])
        world.follow()
        listed = world.look("chloe", f"{path}/repayments").json()
        [line] = [each for each in listed if each["repayment_id"] == body["repayment_id"]]
        said, parts = shown.json(), shown.json()["parts"]
        expected = [sum(part[what] for part in parts) for what in ("interest", "principal")]
        expected += [
            sum(part[what] for part in parts for what in ("penalty", "fee", "insurance")),
            said["advance"],
        ]
        told = [line[what] for what in ("interest", "principal", "charges", "advance")]
        world.holds(told == expected, f"shown {said}, then {line}")

    def settles(self, life: Life) -> None:
        """By the quote, by a stale one, or by none."""
        if self.servicing(life) is None:
            return
        lot, world, path = self.lot, self.world, f"/loans/{life.id}"
        world.follow()
        day = self.world.day.on
        answer = world.look(
            "chloe",
            f"{path}/early-repayment-quote?on={day + timedelta(days=lot.choice([0, 0, 0, 1, -1, 400]))}",
        )
        body = self.money(life)
        if answer.is_success:
            said = answer.json()
            parts = {part["part"]: part["amount"] for part in said["parts"]}
            whole = max(0, sum(parts.values()) - 2 * parts["credit"])
            world.holds(whole == said["total"], f"the parts of the quote are not its total: {said}")
            world.holds(
                min(*parts.values(), said["total"], said["interest_saved"]) >= 0, f"below zero: {said}"
            )
            by_day = {each["on"]: each["total"] for each in said["days"]}
            chosen = lot.choice(sorted(by_day))
            body["amount"] = self.some(life.currency, max(by_day[chosen] + lot.choice([0] * 9 + [1]), 1))
            body["value_date"] = lot.choice([chosen, chosen, str(day)])
        taken = world.ask("chloe", f"{path}/settlement", body, "settle", **self.headers(life))
        if taken.is_success:
            life.repayments.append(body["repayment_id"])
            servicing = self.servicing(life)
            assert servicing is not None
            world.holds(servicing.status == "repaid", f"it was settled and is {servicing.status}")

    def repays_early(self, life: Life) -> None:
        keeps = self.lot.choice(["lower-instalment", "same-instalment", "same-principal"])
        body = self.money(life, keeps=keeps)
        if self.lot.random() < 0.7:
            body["value_date"] = str(self.world.day.on)
        answer = self.world.ask("chloe", f"/loans/{life.id}/early-repayments", body, "repay-early")
        if answer.is_success:
            life.repayments.append(body["repayment_id"])

    def reverses(self, life: Life) -> None:
        others = [id for other in self.lives for id in other.repayments]
        choices = life.repayments * 6 + others[-1:] + [str(self.id())]
        which, who = self.lot.choice(choices), self.lot.choice(["chloe"] * 40 + list(PEOPLE))
        self.world.ask(who, f"/loans/{life.id}/repayments/{which}/reverse", WHY)

    def refunds(self, life: Life) -> None:
        servicing, lot = self.servicing(life), self.lot
        free = servicing.standing(self.world.day.on).unallocated.minor if servicing else 1
        minor = lot.choice([free, free, free // 2, free // 3, free + 1]) or 1
        body = {k: v for k, v in self.money(life).items() if k != "repayment_id"}
        body["amount"] = self.some(life.currency, max(minor, 0))
        self.world.ask(lot.choice(["ana", "ana", "ben", "chloe"]), f"/loans/{life.id}/refund", body)

    def changes(self, life: Life) -> None:
        lot = self.lot
        what, body = lot.choice([
            ("due-day", {"day": lot.choice([1, 3, 5, 7, 15, 28, 31, 32])}),
            ("payment-holiday", {"instalments": lot.choice([1, 1, 2, 3, 24, 25]), "interest": lot.choice(["paid", "carried"])}),
            ("reschedule", {"instalments": lot.choice([1, 3, 5, 12, 36, 1_040, 1_041]), "takes_in_arrears": lot.random() < 0.7}),
        ])  # fmt: skip
        self.world.ask(
            lot.choice(["ana"] * 40 + list(PEOPLE)),
            f"/loans/{life.id}/{what}",
            {**body, **WHY},
            **self.headers(life),
        )

    def pauses(self, life: Life) -> None:
        lot, first = self.lot, self.a_day(life)
        last = lot.choice(
            [
                {},
                {
                    "last_day": str(
                        first + timedelta(days=lot.choice([-1, 0, 20]) if first.year < 2900 else 0)
                    )
                },
            ]
        )
        if lot.random() < 0.3:
            self.world.ask("ana", f"/loans/{life.id}/penalties/resume", WHY)
        else:
            self.world.ask(
                "ana", f"/loans/{life.id}/penalties/pause", {"first_day": str(first), **last, **WHY}
            )

    def gives_up(self, life: Life) -> None:
        lot = self.lot
        for _ in range(lot.choice([1, 2, 2])):
            what = lot.choice(["propose", "propose", "confirm", "refuse"])
            self.world.ask(
                lot.choice(STAFF),
                f"/loans/{life.id}/write-off/{what}",
                {} if what == "confirm" else WHY,
                f"write-off-{what}",
            )

    def draws(self, life: Life) -> None:
        if self.lot.random() < 0.8:
            self.disburses(life, self.lot.choice(["chloe", "ana"]))
        else:
            self.world.ask("ana", f"/loans/{life.id}/drawdowns/cancel", WHY, "cancel-drawdowns")

    def repeats(self, life: Life) -> None:
        """One key, twice the same and then another content."""
        body, path = self.money(life), f"/loans/{life.id}/repayments"
        key = {"Idempotency-Key": f"k-{self.lot.getrandbits(60)}"}
        first = self.world.ask("chloe", path, body, "repay-keyed", **key)
        again = self.world.ask("chloe", path, body, "repay-again", **key)
        other = self.world.ask("chloe", path, {**body, "reference": "R-2"}, "repay-other", **key)
        if first.is_success:
            life.repayments.append(body["repayment_id"])
            self.world.holds(again.json() == first.json(), f"{first.text} and then {again.text}")
        self.world.holds(not (first.is_success and other.is_success), "one key did two things")

    def at_once(self, life: Life) -> None:
        """Two of anything on one loan at the same moment."""
        bodies = [self.money(life, value_date=str(self.world.day.on)) for _ in range(2)]
        reverse = [f"/loans/{life.id}/repayments/{id}/reverse" for id in life.repayments[-1:]]
        asks = [(f"/loans/{life.id}/repayments", bodies[0]), *((path, WHY) for path in reverse),
                (f"/loans/{life.id}/early-repayments", {**bodies[1], "keeps": "lower-instalment"}),
                (f"/loans/{life.id}/reschedule", {"instalments": 5, **WHY})]  # fmt: skip
        two = [self.lot.choice(asks) for _ in range(2)]
        with ThreadPoolExecutor(2) as threads:
            done = list(
                threads.map(
                    lambda one: self.world.ask("chloe" if "resch" not in one[0] else "ana", *one, "at-once"),
                    two,
                )
            )
        for answer, (_, body) in zip(done, two, strict=True):
            if answer.is_success and "repayment_id" in body and body["repayment_id"] not in life.repayments:
                life.repayments.append(body["repayment_id"])

    MOVES = (
        (pays, 8), (pays_what_was_shown, 3), (settles, 2), (repays_early, 3), (reverses, 4), (refunds, 3), (changes, 5),
        (pauses, 3), (gives_up, 1), (draws, 2), (repeats, 1), (at_once, 2),
    )  # fmt: skip

    def one(self) -> Life:
        """Mostly one that was paid out, mostly a late one."""
        running = [life for life in self.lives if self.servicing(life)]
        few = self.lot.random() < 0.05 or not running
        return self.lot.choice((self.lives if few else running)[-3:])

    def torments(self, life: Life) -> None:
        moves, weights = zip(*self.MOVES, strict=True)
        [move] = self.lot.choices(moves, weights)
        move(self, life)


def _parsed(amount: dict[str, str]) -> dict[str, str]:
    return {"written": amount["amount"], "currency": amount["currency"]}
