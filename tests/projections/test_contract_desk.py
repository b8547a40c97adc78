"""The contract desk."""

from dataclasses import replace

import pytest

from aggregates.contract import contract_id
from eventstore import Sealed
from projections.contract_desk import ContractDesk, ContractFilter
from tests.stories import (
    AWA,
    AWA_LOAN,
    CONTRACT,
    CONTRACT_PDF,
    COPY,
    JEAN,
    LOAN,
    MAY_4,
    MAY_6,
    SECOND_COPY,
    contract_sent,
    copy_received,
    copy_refused,
    drafted,
    rendered,
    second_copy_received,
    sending_asked,
    signed,
)

AWA_CONTRACT = contract_id(AWA_LOAN)
awa_drafted = replace(
    drafted.but(customer_id=AWA, loan_id=AWA_LOAN, reference="K-2026-000002", borrower=Sealed("Awa Koné")),
    stream=AWA_CONTRACT,
)


def happened_to_jeans(screens, *facts) -> None:
    screens.happened(drafted, awa_drafted)
    screens.happened(*(replace(fact, stream=CONTRACT) for fact in facts), on=MAY_6)


def test_a_draft_shows_its_terms(screens):
    happened_to_jeans(screens)
    line = screens.read(ContractDesk).line(CONTRACT)
    assert (line.reference, line.loan_id, line.customer_id) == ("K-2026-000001", LOAN, JEAN)
    assert (line.principal, line.currency, line.rate, line.months) == (500_000, "EUR", 600, 24)
    assert (line.status, line.document_id, line.drafted_on, line.version) == ("drafted", None, MAY_4, 1)


def test_a_sent_contract_shows_the_pdf_to_sign(screens):
    happened_to_jeans(screens, rendered, contract_sent)
    line = screens.read(ContractDesk).line(CONTRACT)
    assert (line.status, line.sent_on, line.version) == ("sent", MAY_6, 3)
    assert (line.document_id, line.sha256, line.pages) == (CONTRACT_PDF, "ab" * 32, 4)


def test_sending_it_again_shows_only_in_the_version(screens):
    happened_to_jeans(screens, rendered, sending_asked)
    line = screens.read(ContractDesk).line(CONTRACT)
    assert (line.status, line.sent_on, line.version) == ("rendered", None, 3)


def test_a_refused_copy_leaves_its_reason_until_the_next_one_comes(screens):
    happened_to_jeans(screens, rendered, contract_sent, copy_received, copy_refused)
    line = screens.read(ContractDesk).line(CONTRACT)
    assert (line.status, line.copy_id, line.copy_sha256, line.copy_received_on) == ("sent", None, None, None)
    assert line.copy_refused_because == "La page 3 n’est pas paraphée."
    screens.happened(replace(second_copy_received, stream=CONTRACT), on=MAY_6)
    line = screens.read(ContractDesk).line(CONTRACT)
    assert (line.status, line.copy_id, line.copy_sha256) == ("returned", SECOND_COPY, "c2" * 32)
    assert (line.copy_received_on, line.copy_refused_because) == (MAY_6, None)


def test_a_signed_contract_keeps_its_copy_and_touches_no_other(screens):
    happened_to_jeans(screens, rendered, contract_sent, copy_received, signed)
    desk = screens.read(ContractDesk)
    line = desk.line(CONTRACT)
    assert (line.status, line.signed_on, line.copy_id, line.version) == ("signed", MAY_4, COPY, 5)
    assert (desk.line(AWA_CONTRACT).status, desk.line(AWA_CONTRACT).version) == ("drafted", 1)


def test_copies_that_wait_for_a_decision_are_found_by_status(screens):
    happened_to_jeans(screens, rendered, contract_sent, copy_received)
    desk = screens.read(ContractDesk)
    assert [line.reference for line in desk.lines(ContractFilter(("returned",))).items] == ["K-2026-000001"]
    assert [line.reference for line in desk.lines(ContractFilter(customer_id=AWA)).items] == ["K-2026-000002"]
    assert [line.reference for line in desk.lines().items] == ["K-2026-000002", "K-2026-000001"]


@pytest.mark.parametrize(("client", "reference"), [(JEAN, "K-2026-000001"), (AWA, "K-2026-000002")])
def test_a_client_sees_only_its_own_contracts(screens, client, reference):
    happened_to_jeans(screens)
    own = screens.read(ContractDesk, customers=[client])
    assert [line.reference for line in own.lines().items] == [reference]
    assert (own.line(CONTRACT) is None) == (client == AWA)


def test_what_waits_is_counted_by_whose_turn_it_is(screens):
    screens.happened(drafted, awa_drafted)
    assert screens.read(ContractDesk).waiting() == []
    for each in (rendered, contract_sent):
        screens.happened(replace(each, stream=CONTRACT))
    screens.happened(replace(rendered, stream=contract_id(AWA_LOAN)))
    found = [(line.status, line.count, line.oldest) for line in screens.read(ContractDesk).waiting()]
    assert found == [("rendered", 1, MAY_4), ("sent", 1, MAY_4)]
    screens.happened(replace(copy_received, stream=CONTRACT), on=MAY_6)
    found = [(line.status, line.oldest) for line in screens.read(ContractDesk).waiting()]
    assert found == [("rendered", MAY_4), ("returned", MAY_6)]
    assert len(screens.read(ContractDesk, customers=[JEAN]).waiting()) == 1
