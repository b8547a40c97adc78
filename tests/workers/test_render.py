"""What happens when a loan is approved, its contract drafted, and everything paid back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pypdfium2
import pytest

from aggregates.document import paper_id
from aggregates.rules.costs import Costs
from aggregates.rules.four_eyes import Decider
from aggregates.rules.repayments import Arrived
from aggregates.rules.terms import Fixing, Terms, Variable
from aggregates.values import BasisPoints, LoanId, RepaymentId
from commands.contract import DraftContract, RecordRendering
from commands.document import KeepDocument, VoidDocument
from eventstore.codec import fields_of
from projections.repayment_list import RepaymentLine, RepaymentList
from tests.kit import Fact, fact, replay
from tests.stories import (
    CHLOE,
    CONTRACT,
    DUE,
    HOUSE,
    JEAN,
    LOAN,
    MAY_4,
    SERVICING,
    Servicing,
    approved,
    approved_in_law,
    drafted,
    eur,
    informed,
    rate_reset,
    received,
    requested,
    servicing_opened,
)
from tests.workers.conftest import asked_twice
from workers.render import (
    TemplateChanged,
    draft_the_agreement,
    draft_the_agreement_once_informed,
    issue_the_changed_schedule,
    issue_the_information,
    issue_the_quittance,
    issue_the_restored_schedule,
    issue_the_schedule,
    render_the_contract,
)

INTEREST = sum(instalment.interest.minor for instalment in approved.says["instalments"])


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def test_an_approval_drafts_one_contract_however_often_we_hear_of_it(world):
    [(command, to)] = asked_twice(draft_the_agreement, approved.event(2, LOAN), world.outside)
    assert to is None
    assert command == DraftContract(
        loan_id=LOAN,
        template="contract/loan_agreement",
        template_sha256=world.outside.rendering.fingerprint("contract/loan_agreement"),
    )


def test_where_the_law_wants_the_client_informed_first_the_contract_waits_for_it(world):
    assert asked_twice(draft_the_agreement, approved_in_law.event(2, LOAN), world.outside) == []
    [(command, to)] = asked_twice(draft_the_agreement_once_informed, informed.event(3, LOAN), world.outside)
    assert to is None
    assert isinstance(command, DraftContract)
    assert command.loan_id == LOAN


def test_the_information_before_the_contract_is_made_of_the_approval_where_the_law_wants_it(world):
    known = world.knowing(*HOUSE, requested, approved_in_law)
    [(command, to)] = asked_twice(issue_the_information, approved_in_law.event(2, LOAN), known)
    assert isinstance(command, KeepDocument)
    assert (to, command.about, command.purpose) == (None, LOAN, "information")
    words = words_of(known.storage.get(command.key, command.sha256))
    for said in (
        "I-2026-000001", "Jean Moreau", "Prêts du Fleuve", "5 000,00 €", "(TAEG) 6,17 %", "5 318,49 €",
        "23 échéances mensuelles de 221,60 €, puis une de 221,69 €", "14 jours après la signature",
        "valent 15 jours après l’envoi", "dans les 7 jours qui suivent la signature",
    ):  # fmt: skip
        assert said in words, said
    assert asked_twice(issue_the_information, approved.event(2, LOAN), known) == []


def test_a_drafted_contract_is_made_stored_and_recorded_by_its_hash(world):
    known = world.knowing(*HOUSE, requested, approved)
    fingerprint = known.rendering.fingerprint("contract/loan_agreement")
    event = drafted.but(template_sha256=fingerprint).event()
    [(command, to)] = asked_twice(render_the_contract, event, known)
    assert isinstance(command, RecordRendering)
    assert to == CONTRACT
    kept = known.storage.get(command.key, command.sha256)
    assert len(kept) == command.size
    words = words_of(kept)
    for said in ("K-2026-000001", "Jean Moreau", "Prêts du Fleuve", "5 000,00", "Travaux dans la cuisine"):
        assert said in words


def test_a_contract_whose_rate_follows_an_index_says_which_value_its_table_supposes(world):
    terms = Terms(BasisPoints(600), variable=Variable("EURIBOR-3M", BasisPoints(350), 3))
    fixings = [Fixing(date(2026, 4, 1), BasisPoints(212))]
    lines = Costs(terms, eur(5_000_00), 24, MAY_4, fixings=fixings).lines
    known = world.knowing(*HOUSE, requested, approved)
    fingerprint = known.rendering.fingerprint("contract/loan_agreement")
    event = drafted.but(template_sha256=fingerprint, terms=terms, instalments=lines, fixings=fixings)
    [(command, _)] = asked_twice(render_the_contract, event.event(), known)
    words = words_of(known.storage.get(command.key, command.sha256))
    assert "supposent que l’indice EURIBOR-3M garde sa valeur publiée le 1er avril 2026, 2,12 % ;" in words


def test_nobody_is_sent_other_words_than_the_contract_was_drafted_with(world):
    known = world.knowing(*HOUSE, requested, approved)
    with pytest.raises(TemplateChanged):
        asked_twice(render_the_contract, drafted.event(), known)


def test_the_payout_makes_a_schedule_and_each_change_another(world):
    moved = changed_on_june_21()
    known = world.knowing(*HOUSE, requested, approved, drafted, servicing_opened, moved)
    [(first, to)] = asked_twice(issue_the_schedule, servicing_opened.event(1, SERVICING), known)
    assert isinstance(first, KeepDocument)
    assert (to, first.about, first.purpose, first.number) == (None, LOAN, "schedule", 1)
    [(second, _)] = asked_twice(issue_the_changed_schedule, moved.event(2, SERVICING), known)
    assert isinstance(second, KeepDocument)
    assert second.number == 2
    as_agreed = words_of(known.storage.get(first.key, first.sha256))
    as_moved = words_of(known.storage.get(second.key, second.sha256))
    for said in (
        "T-2026-000001-1",
        "Version 1 : échéancier convenu",
        "Jean Moreau",
        "06/06/2026",
        "24, du 6 juin",
    ):
        assert said in as_agreed, said
    for said in (
        "T-2026-000001-2",
        "changement du jour d’échéance",
        "La première échéance reste",
        "15/07/2026",
    ):
        assert said in as_moved, said
    assert "15/07/2026" not in as_agreed
    assert "06/07/2026" not in as_moved


def test_a_schedule_says_the_rate_of_its_day_however_late_it_is_printed(world):
    reset = rate_reset.but(reset_on=date(2026, 6, 6), rate=BasisPoints(777))
    known = world.knowing(*HOUSE, requested, approved, drafted, servicing_opened, reset)
    [(paper, _)] = asked_twice(issue_the_schedule, servicing_opened.event(1, SERVICING), known)
    words = words_of(known.storage.get(paper.key, paper.sha256))
    assert "6,00" in words
    assert "7,77" not in words


def changed_on_june_21() -> Fact:
    """From the second instalment on they fall due on the 15th."""
    servicing = replay(servicing_opened)[0]
    servicing.mark_due(1, date(2026, 6, 6))
    servicing.collect_events()
    servicing.move_due_day(15, "Le client touche sa paie le 15.", Decider(CHLOE), date(2026, 6, 21))
    [event] = servicing.collect_events()
    return fact(
        Servicing.ScheduleChanged,
        SERVICING,
        **{name: getattr(event, name) for name in fields_of(type(event))},
    )


def bounced(times: int) -> list[Fact]:
    """A part of it is repaid early by a cheque that bounces, so many times: each makes a version that falls."""
    servicing = replay(servicing_opened)[0]
    servicing.mark_due(1, date(2026, 6, 6))
    for number in range(1, times + 1):
        on = date(2026, 6, 20 + number)
        cheque = Arrived(RepaymentId(UUID(int=number)), eur(2_000_00), on, "cheque", "CHQ")
        servicing.repay_early(cheque, "lower-instalment", CHLOE, on)
        servicing.reverse(cheque.repayment_id, "Revenu impayé", CHLOE, on)
    return [
        fact(type(event), SERVICING, **{name: getattr(event, name) for name in fields_of(type(event))})
        for event in servicing.collect_events()
    ]


def test_a_schedule_that_is_in_force_again_has_a_paper_of_its_own_that_says_why(world):
    told = [servicing_opened, *bounced(2)]
    known = world.knowing(*HOUSE, requested, approved, drafted, *told)
    papers = []
    for version, each in enumerate(told, 1):
        if each.kind is Servicing.ScheduleRestored:
            event = each.event(version, SERVICING, on=date(2026, 6, 25))
            [(kept, to)] = asked_twice(issue_the_restored_schedule, event, known)
            assert isinstance(kept, KeepDocument)
            assert (to, kept.about, kept.purpose, kept.number) == (None, LOAN, "schedule", 1)
            papers.append((kept.restored, words_of(known.storage.get(kept.key, kept.sha256))))
    assert [number for number, _ in papers] == [1, 2]
    for number, words in papers:
        for said in (
            f"T-2026-000001-1-R{number}",
            "Version 1 : échéancier convenu",
            "Cette version est de nouveau en vigueur.",
            "constaté le 25 juin 2026",
            "24, du 6 juin",
        ):
            assert said in words, said
        assert "Remboursement anticipé" not in words
    [(first, _)] = asked_twice(issue_the_schedule, servicing_opened.event(1, SERVICING), known)
    assert "de nouveau en vigueur" not in words_of(known.storage.get(first.key, first.sha256))


class Received:
    """The repayments as the read model answers them."""

    def __init__(self, *lines: RepaymentLine) -> None:
        self._lines = list(lines)

    def of(self, loan_id: UUID) -> list[RepaymentLine]:
        assert loan_id == LOAN
        return self._lines


def line(number: int, minor: int, on: date, undone: bool = False) -> RepaymentLine:
    return RepaymentLine(
        servicing_id=SERVICING,
        repayment_id=UUID(int=number),
        customer_id=JEAN,
        amount=minor,
        currency="EUR",
        interest=0,
        principal=minor,
        charges=0,
        reallocated=[],
        advance=0,
        value_date=on,
        method="transfer",
        reference=f"VIR {number}",
        recorded_by=CHLOE,
        recorded_on=on,
        reversed=undone,
        reversed_on=on if undone else None,
        reversed_because="Saisi deux fois" if undone else None,
    )


def came(number: int, minor: int, on: date) -> Fact:
    return received(eur(minor), id=UUID(int=number), on=on)


def came_back(number: int, minor: int) -> Fact:
    return fact(
        Servicing.RepaymentReversed,
        customer_id=JEAN,
        repayment_id=UUID(int=number),
        amount=eur(minor),
        reason="Saisi deux fois",
        allocations=[],
        advance=eur(0),
        method="transfer",
        by=CHLOE,
    )


OWED = sum(each.total.minor for each in DUE)
LAST, THE_END = date(2028, 5, 5), date(2028, 5, 8)
repaid = fact(Servicing.Repaid, repaid_on=THE_END, total=eur(OWED))


def test_the_last_cent_makes_a_quittance_that_lists_what_counts(world):
    world.tables[RepaymentList] = Received(
        line(1, 3_000_00, date(2026, 7, 1)),
        line(2, 77_00, date(2026, 7, 2), undone=True),
        line(3, OWED - 3_000_00, LAST),
    )
    told = (
        servicing_opened,
        came(1, 3_000_00, date(2026, 7, 1)),
        came(2, 77_00, date(2026, 7, 2)),
        came_back(2, 77_00),
        came(3, OWED - 3_000_00, LAST),
        repaid,
    )
    known = world.knowing(*HOUSE, requested, approved, drafted, *told)
    [(command, to)] = asked_twice(issue_the_quittance, repaid.event(6, SERVICING, on=THE_END), known)
    assert isinstance(command, KeepDocument)
    assert (to, command.about, command.purpose) == (None, LOAN, "quittance")
    words = words_of(known.storage.get(command.key, command.sha256))
    for said in ("Q-2026-000001", "K-2026-000001", "Jean Moreau", "5 mai 2028", "VIR 1", "VIR 3"):
        assert said in words
    assert "VIR 2" not in words
    assert MAY_4.isoformat() not in words


def test_a_quittance_tells_interest_from_fees_and_says_what_was_too_much(world):
    costly = [replace(each, fee=eur(2_00), insurance=eur(1_50)) for each in DUE]
    charges, too_much = len(DUE) * 3_50, 9_00
    received_in_all = OWED + charges + too_much
    world.tables[RepaymentList] = Received(line(1, received_in_all, LAST))
    told = servicing_opened.but(instalments=costly), came(1, received_in_all, LAST), repaid
    known = world.knowing(*HOUSE, requested, approved, drafted, *told)
    [(command, _)] = asked_twice(issue_the_quittance, repaid.event(3, SERVICING, on=THE_END), known)
    words = " ".join(words_of(known.storage.get(command.key, command.sha256)).split())
    interest = OWED - 5_000_00
    said = f"de principal, {written(interest)} d’intérêts et {written(charges)} de frais"
    assert said in words
    assert f"dépassent cette somme de {written(too_much)}" in words


def written(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02} €"


def test_a_quittance_that_is_late_is_of_its_day_though_its_money_has_come_back_since(world):
    world.tables[RepaymentList] = Received(line(1, OWED, LAST, undone=True))
    told = servicing_opened, came(1, OWED, LAST), repaid, came_back(1, OWED)
    known = world.knowing(*HOUSE, requested, approved, drafted, *told)
    [(command, _)] = asked_twice(issue_the_quittance, repaid.event(3, SERVICING, on=THE_END), known)
    assert "VIR 1" in words_of(known.storage.get(command.key, command.sha256))


def test_money_that_came_back_voids_the_quittance_that_it_paid_for_and_the_next_one_has_a_number(world):
    """Each `Reopened` takes back the paper of the `Repaid` of its number, and no other."""
    world.tables[RepaymentList] = Received(line(1, OWED, LAST))
    papers = {}
    for number in (1, 2):
        end = repaid.but(number=number)
        told = servicing_opened, came(1, OWED, LAST), end
        known = world.knowing(*HOUSE, requested, approved, drafted, *told)
        [(kept, _)] = asked_twice(issue_the_quittance, end.event(3, SERVICING, on=THE_END), known)
        reopened = fact(
            Servicing.Reopened,
            reopened_on=date(2028, 5, 9),
            number=number,
            next_on=date(2028, 6, 1),
            received=eur(0),
        )
        [(void, paper)] = asked_twice(issue_the_quittance, reopened.event(4, SERVICING), known)
        assert isinstance(kept, KeepDocument)
        assert void == VoidDocument(reason="money-came-back")
        assert paper == paper_id(LoanId(LOAN), kept.purpose, kept.number)
        papers[paper] = words_of(known.storage.get(kept.key, kept.sha256))
    first, second = papers.values()
    assert "Q-2026-000001-2" not in first
    assert "Q-2026-000001-2" in second
