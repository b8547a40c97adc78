"""The payees of each customer."""

from dataclasses import replace
from datetime import timedelta

from aggregates.payee import payee_id
from projections.payee_list import PayeeList
from tests.stories import (
    ANA,
    AWA,
    AWA_CONTACT,
    CHLOE,
    JEAN,
    JEAN_ACCOUNT,
    NOON,
    account_proposed,
    payee_begun,
    payee_confirmed,
    payee_refused,
    phone_proposed,
)


def test_every_proposal_is_shown_with_how_far_it_is_newest_first(screens):
    screens.happened(
        payee_begun, account_proposed, payee_confirmed(), phone_proposed, payee_refused(2, by=JEAN_ACCOUNT)
    )
    second, first = screens.read(PayeeList).of(JEAN)
    assert (first.number, first.status, first.iban) == (1, "confirmed", "FR7630006000011234567890189")
    assert (first.proposed_by, first.confirmed_by) == (ANA, CHLOE)
    assert first.usable_at == NOON + timedelta(hours=24)
    assert (second.number, second.status, second.operator) == (2, "refused", "Orange Money")
    assert (second.refused_by, second.refused_because) == (
        JEAN_ACCOUNT,
        "Le client ne reconnaît pas ce compte.",
    )
    assert (second.iban, second.usable_at) == (None, None)


def test_each_customer_has_a_list_of_its_own(screens):
    screens.happened(payee_begun, account_proposed)
    awas = payee_id(AWA)
    screens.happened(replace(payee_begun, stream=awas).but(customer_id=AWA, contact_id=AWA_CONTACT))
    screens.happened(replace(phone_proposed, stream=awas).but(customer_id=AWA, number=1))
    assert [line.destination for line in screens.read(PayeeList).of(JEAN)] == ["bank-account"]
    assert [line.destination for line in screens.read(PayeeList).of(AWA)] == ["mobile-money"]
