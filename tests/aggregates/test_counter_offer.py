"""Other conditions than those that were asked for: who may offer them, how long they hold, what becomes of them."""

from dataclasses import replace
from datetime import date

import pytest

from aggregates.loan import (
    NotApproved,
    NotAwaitingDecision,
    NotCounterOffered,
    OwnRequest,
    SameAsRequested,
)
from aggregates.loan_product import AboveProductRate, OutsideProduct
from aggregates.organisation import Organisation
from aggregates.rules.ceilings import AboveRateCeiling, CeilingNotEntered
from aggregates.rules.clocks import ClockSettings, counter_offer_clock
from aggregates.rules.limits import AboveLimit, Limit
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Drawdown
from aggregates.values import BasisPoints, ValueDateInvalid
from commands.loan import (
    AcceptCounterOffer,
    ApproveLoan,
    DeclineCounterOffer,
    DeclineLoan,
    EndClock,
    MakeCounterOffer,
    NoteSignature,
    WithdrawLoanRequest,
)
from eventstore import Sealed
from tests.kit import Fact, Given, fact, given, replay
from tests.stories import (
    ADMIN,
    ANA,
    BEN,
    CONTRACT,
    COUNTER_OFFER,
    DEPUTY,
    FRENCH_CEILING,
    HOUSE,
    JEAN,
    JEAN_ACCOUNT,
    LESS,
    MAY_4,
    MAY_6,
    TERMS,
    approved,
    approved_with_less,
    consumer_loan,
    contract_sent,
    copy_received,
    counter_offer_accepted,
    counter_offer_answered,
    counter_offer_declined,
    counter_offer_holds,
    counter_offer_over,
    counter_offered,
    declined,
    drafted,
    eur,
    french_rate,
    loan_expired,
    offered_less,
    personal_loan,
    rates_begun,
    rendered,
    requested,
    signed,
    single_operator,
    withdrawn,
)

JUNE_3, JUNE_4, JUNE_10 = date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 10)
REASON = "Une mensualité plus basse tient mieux dans votre budget."
ALONE = "La seconde conseillère est absente cette semaine."


def loan(*facts: Fact) -> Given:
    return given(requested, *facts).with_(*HOUSE).on(MAY_4)


def by_jean(*facts: Fact) -> Given:
    return loan(*facts).as_(JEAN_ACCOUNT, customers=[JEAN, JEAN_ACCOUNT])


def offers(**other) -> MakeCounterOffer:
    return MakeCounterOffer(**({"principal": eur(4_000_00), "months": 36, "reason": REASON} | other))


def in_france(*rates: Fact) -> Given:
    """Jean's request under French consumer law, and what the register says."""
    others = [consumer_loan if each is personal_loan else each for each in HOUSE]
    return given(requested).with_(*others, *rates).as_(BEN).on(MAY_4)


# ── offering ───────────────────────────────────────────────────────────────


def test_a_colleague_offers_less_over_a_longer_time():
    loan().as_(BEN).when(offers()).then(counter_offered, counter_offer_holds)


@pytest.mark.parametrize(
    ("other", "principal", "months", "rate"),
    [
        ({"months": None}, 4_000_00, 24, 600),
        ({"principal": None}, 5_000_00, 36, 600),
        ({"principal": None, "months": None, "rate": 599}, 5_000_00, 24, 599),
    ],
)
def test_what_is_left_out_is_as_it_was_asked_for(other, principal, months, rate):
    said = loan().as_(BEN).when(offers(**other)).recorded[0]
    assert (said.principal, said.months, said.rate) == (eur(principal), months, rate)


@pytest.mark.parametrize(
    "same",
    [
        {"principal": None, "months": None},
        {"principal": eur(5_000_00), "months": 24},
        {"principal": None, "months": None, "rate": 600, "planned_payout_on": MAY_6},
    ],
)
def test_what_was_asked_for_is_no_counter_offer(same):
    loan().as_(BEN).when(offers(**same)).then_rejected(SameAsRequested, "can be approved")


def test_it_is_a_decision_with_the_same_refusals_as_an_approval():
    loan().as_(ANA).when(offers()).then_rejected(OwnRequest)
    ben = loan().as_(BEN)
    ben.when(offers(rate=601)).then_rejected(AboveProductRate)
    ben.when(offers(principal=eur(30_000_01))).then_rejected(OutsideProduct)
    ben.when(offers(months=61)).then_rejected(OutsideProduct)
    ben.when(offers(planned_payout_on=date(2026, 5, 3))).then_rejected(ValueDateInvalid)
    ben.when(offers(planned_payout_on=date(2026, 8, 5))).then_rejected(ValueDateInvalid)
    for over in (declined, withdrawn, approved):
        loan(over).as_(BEN).when(offers()).then_rejected(NotAwaitingDecision)


def test_who_decides_alone_says_why():
    alone = loan().with_(single_operator).as_(ANA)
    alone.when(offers()).then_rejected(OwnRequest)
    under = counter_offered.but(by=ANA, self_approval=ALONE)
    alone.when(offers(alone_because=ALONE)).then(under, counter_offer_holds)
    assert offers(alone_because=ALONE).needs_step_up()
    assert not offers().needs_step_up()


def test_the_limit_is_for_the_amount_that_is_offered():
    """Who may approve up to 4,500 EUR may offer 4,000 in the place of 5,000, and not 4,500.01."""
    limits = [Limit("loan.approve", "advisor", eur(4_500_00))]
    limited = fact(
        Organisation.LimitsChanged, limits=limits, reason="Plus bas.", by=ADMIN, proposed_by=DEPUTY
    )
    ben = loan().with_(limited).as_(BEN)
    ben.when(ApproveLoan()).then_rejected(AboveLimit)
    ben.when(offers()).then(*offered_less)
    ben.when(offers(principal=eur(4_500_01))).then_rejected(AboveLimit)


def test_the_ceiling_is_the_one_for_the_amount_that_is_offered():
    """Up to 4,000 EUR the ceiling is lower than above."""
    low = french_rate.but(number=1, rate=616, up_to=eur(4_000_00))
    high = french_rate.but(number=2, rate=700, above=eur(4_000_00))
    france = in_france(rates_begun, low, high)
    figures = france.when(offers()).then_rejected(AboveRateCeiling).figures
    assert (figures["apr"], figures["ceiling"]) == (617, 616)
    assert france.when(offers(principal=eur(4_000_01))).recorded[0].ceiling.rate == 700
    in_france(rates_begun).when(offers()).then_rejected(CeilingNotEntered)


def test_another_one_takes_the_place_of_the_first():
    again = loan(*offered_less).as_(BEN).on(MAY_6).when(offers(principal=eur(4_500_00)))
    second, replaced, held = again.recorded
    assert (second.principal, second.months) == (eur(4_500_00), 36)
    assert (replaced.number, replaced.clock, replaced.because) == (1, "counter-offer", "replaced")
    assert [(each.number, each.ends_on) for each in held.clocks] == [(2, date(2026, 6, 5))]


def test_a_product_that_changed_has_nothing_to_put_beside():
    """The request was for more than the product lends now; the offer says so by saying nothing."""
    smaller = [each.but(max_principal=eur(4_500_00)) if each is personal_loan else each for each in HOUSE]
    ben = given(requested).with_(*smaller).as_(BEN).on(MAY_4)
    ben.when(offers()).then(counter_offered.but(requested=None), counter_offer_holds)


# ── what stands meanwhile ──────────────────────────────────────────────────


def test_the_request_stays_readable_and_the_loan_is_what_was_asked_for_until_it_is_accepted():
    offered = replay(requested, *offered_less)[0]
    assert (offered.status, offered.principal, offered.months) == ("counter-offered", eur(5_000_00), 24)
    accepted = replay(requested, *offered_less, counter_offer_accepted, approved_with_less)[0]
    assert (accepted.status, accepted.principal, accepted.months) == ("approved", eur(4_000_00), 36)
    assert (accepted.requested_principal, accepted.requested_months) == (eur(5_000_00), 24)
    assert accepted.costs([Drawdown(MAY_4, accepted.principal)]).lines == LESS.lines


def test_nothing_else_is_decided_while_it_holds():
    loan(*offered_less).as_(BEN).when(ApproveLoan()).then_rejected(NotAwaitingDecision)
    loan(*offered_less).as_(BEN).when(DeclineLoan(reason="Non.")).then_rejected(NotAwaitingDecision)
    signature = NoteSignature(contract_id=CONTRACT)
    signing = loan(*offered_less).with_(drafted, rendered, contract_sent, copy_received, signed)
    signing.when(signature).then_rejected(NotApproved)


def test_the_client_may_take_the_request_back():
    by_jean(*offered_less).when(WithdrawLoanRequest()).then(withdrawn, counter_offer_answered)


# ── accepting ──────────────────────────────────────────────────────────────


def test_the_client_accepts_and_the_loan_is_approved_with_what_was_offered():
    by_jean(*offered_less).when(AcceptCounterOffer()).then(
        counter_offer_accepted, counter_offer_answered, approved_with_less
    )


def test_who_offered_alone_has_approved_alone():
    alone = counter_offered.but(by=ANA, self_approval=ALONE)
    approval = by_jean(alone, counter_offer_holds).when(AcceptCounterOffer()).recorded[-1]
    assert (approval.by, approval.self_approval) == (ANA, ALONE)


def test_a_payout_is_not_planned_for_a_day_that_has_passed():
    later = by_jean(*offered_less).on(MAY_6).when(AcceptCounterOffer())
    later.then(
        counter_offer_accepted.but(accepted_on=MAY_6),
        counter_offer_answered,
        approved_with_less.but(
            planned_payout_on=MAY_6, instalments=schedule(TERMS, eur(4_000_00), 36, MAY_6)
        ),
    )


def test_staff_enter_the_day_of_the_clients_word():
    staff = loan(*offered_less).as_(ANA).on(JUNE_10)
    said = staff.when(AcceptCounterOffer(accepted_on=JUNE_3)).recorded[0]
    assert (said.accepted_on, said.by) == (JUNE_3, ANA)
    staff.when(AcceptCounterOffer(accepted_on=JUNE_4)).then_rejected(NotCounterOffered, "2026-06-03")
    staff.when(AcceptCounterOffer(accepted_on=date(2026, 5, 3))).then_rejected(ValueDateInvalid)
    staff.when(AcceptCounterOffer(accepted_on=date(2026, 6, 11))).then_rejected(ValueDateInvalid)
    by_jean(*offered_less).when(AcceptCounterOffer(accepted_on=MAY_4)).then_rejected(ValueDateInvalid)


def test_the_last_day_belongs_to_the_client():
    assert by_jean(*offered_less).on(JUNE_3).when(AcceptCounterOffer()).recorded
    by_jean(*offered_less).on(JUNE_4).when(AcceptCounterOffer()).then_rejected(NotCounterOffered)
    by_jean(*offered_less).on(JUNE_4).when(DeclineCounterOffer()).then_rejected(NotCounterOffered)


def test_a_ceiling_that_fell_meanwhile_refuses_with_its_numbers():
    offered = counter_offered.but(law="fr-consumer", ceiling=FRENCH_CEILING)
    [clock] = [counter_offer_clock("fr-consumer", MAY_4, ClockSettings(), 1)]
    holds = counter_offer_holds.but(clocks=[clock])

    def accepting(rate: int):
        known = (rates_begun, french_rate.but(rate=rate))
        client = given(requested, offered, holds).with_(*HOUSE, *known).as_(JEAN_ACCOUNT).on(MAY_6)
        return client.when(AcceptCounterOffer())

    figures = accepting(616).then_rejected(AboveRateCeiling, "6.17 % a year").figures
    assert (figures["apr"], figures["ceiling"]) == (617, 616)
    approval = accepting(617).recorded[-1]
    assert (approval.law, approval.ceiling) == ("fr-consumer", replace(FRENCH_CEILING, rate=BasisPoints(617)))


def test_nothing_is_accepted_that_was_not_offered():
    for facts in ((), (approved,), (withdrawn,), (*offered_less, counter_offer_declined)):
        by_jean(*facts).when(AcceptCounterOffer()).then_rejected(NotCounterOffered)
        by_jean(*facts).when(DeclineCounterOffer()).then_rejected(NotCounterOffered)


# ── declining ──────────────────────────────────────────────────────────────


def test_a_client_who_declines_has_a_request_again():
    by_jean(*offered_less).when(DeclineCounterOffer()).then(counter_offer_declined, counter_offer_answered)
    refused = (*offered_less, counter_offer_declined, counter_offer_answered)
    loan(*refused).as_(BEN).when(ApproveLoan()).then(approved)
    assert loan(*refused).as_(BEN).when(offers(principal=eur(4_500_00))).recorded
    by_jean(*refused).when(WithdrawLoanRequest()).then(withdrawn)


# ── its end ────────────────────────────────────────────────────────────────


def test_it_lapses_on_the_day_after_its_last():
    lapsing = loan(*offered_less)
    lapsing.on(JUNE_4).when(EndClock(number=1)).then(counter_offer_over, loan_expired)
    over = (*offered_less, counter_offer_over, loan_expired)
    loan(*over).on(JUNE_4).when(EndClock(number=1)).then_nothing()
    by_jean(*over).on(JUNE_4).when(AcceptCounterOffer()).then_rejected(NotCounterOffered)


def test_one_that_was_replaced_does_not_take_the_request_with_it():
    replaced = fact(type(counter_offer_over.event()), number=1, clock="counter-offer", because="replaced")
    second = counter_offer_clock("unspecified", MAY_6, ClockSettings(), 2)
    again = (counter_offered, replaced, counter_offer_holds.but(clocks=[second]))
    loan(*offered_less, *again).on(JUNE_4).when(EndClock(number=1)).then_nothing()
    assert by_jean(*offered_less, *again).on(JUNE_4).when(AcceptCounterOffer()).recorded


# ── how long it holds ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("law", "settings", "last"),
    [
        ("fr-consumer", None, date(2026, 5, 19)),
        ("fr-consumer", 10, date(2026, 5, 19)),
        ("fr-consumer", 45, date(2026, 6, 18)),
        ("umoa-bank", None, JUNE_3),
        ("umoa-bank", 7, date(2026, 5, 11)),
    ],
)
def test_it_holds_as_long_as_an_offer_of_its_law_and_always_has_a_last_day(law, settings, last):
    clock = counter_offer_clock(law, MAY_4, ClockSettings(offer_days=settings), 1)
    assert (clock.name, clock.ends_on, clock.source) == ("counter-offer", last, None)


def test_the_letter_of_the_reason_is_sealed_for_the_customer():
    said = loan().as_(BEN).when(offers()).recorded[0]
    assert said.subject_id() == JEAN
    assert isinstance(said.reason, Sealed)
    assert said.until == COUNTER_OFFER.ends_on
