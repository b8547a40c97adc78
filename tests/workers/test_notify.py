"""What people are told, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregates.notification import Notification
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints
from commands.contract import NoteContractSent
from commands.notification import (
    NoteNotificationAttempt,
    NoteNotificationFailed,
    NoteNotificationSent,
    RequestNotification,
)
from eventstore import Sealed
from providers import OutcomeUnknown, ProviderDown
from runtime.jobs import LONGEST_QUEUE_NAME
from runtime.reactions import REACTIONS
from tests.kit import fact
from tests.stories import (
    ANA,
    CHLOE,
    CONTRACT,
    CONTRACT_PDF,
    FIRST,
    HOUSE,
    INDEXED,
    JEAN,
    JEAN_CONTACT,
    JEAN_PAYEE,
    LETTER,
    LOAN,
    QUITTANCE,
    SERVICING,
    account_proposed,
    attempted,
    contract_kept,
    copy_refused,
    counter_offered,
    declined,
    disbursed,
    drafted,
    drawdowns_cancelled,
    drawn_down,
    eur,
    in_law,
    information_kept,
    letter_requested,
    loan_expired,
    mail_failed,
    mail_sent,
    offered_less,
    payee_begun,
    payee_confirmed,
    rate_reset,
    received,
    rendered,
    requested,
    sending_asked,
    servicing_opened,
    stepped_back,
)
from tests.workers.conftest import asked, asked_twice
from workers.notify import (
    ask_for_another_copy,
    confirm_the_stepping_back,
    note_that_the_contract_left,
    put_on_notice,
    send_the_contract,
    send_the_contract_again,
    send_the_information,
    send_the_letter,
    send_the_quittance,
    tell_of_the_acceleration,
    tell_of_the_cancelled_drawdowns,
    tell_of_the_counter_offer,
    tell_of_the_end_of_the_offer,
    tell_of_the_new_payee,
    tell_of_the_new_rate,
    tell_of_the_payout,
    tell_of_the_refusal,
    tell_that_it_is_lifted,
)

letter = letter_requested.but(facts={"reference": "K-2026-000001", "amount": "5000.00 EUR"})


def the_letter(sent) -> RequestNotification:
    [(command, to)] = sent
    assert isinstance(command, RequestNotification)
    assert (to, command.contact_id) == (None, JEAN_CONTACT)
    return command


def test_a_rendered_contract_is_sent_with_its_document(world):
    event = rendered.event(2, CONTRACT)
    command = the_letter(asked_twice(send_the_contract, event, world.knowing(drafted, rendered)))
    assert (command.template, command.document_id, command.about) == ("contract", CONTRACT_PDF, CONTRACT)
    assert command.facts == {"reference": "K-2026-000001", "amount": "5000.00 EUR"}


def test_a_customer_hears_that_it_will_be_paid_elsewhere(world):
    event = payee_confirmed().event(3, JEAN_PAYEE)
    known = world.knowing(*HOUSE, payee_begun, account_proposed, payee_confirmed())
    command = the_letter(asked_twice(tell_of_the_new_payee, event, known))
    assert (command.template, command.about) == ("payee-changed", JEAN_PAYEE)
    assert command.facts == {"reference": "C-2026-000001", "usable_at": "2026-05-05T12:00:00+00:00"}


def test_a_contract_is_sent_again_in_a_letter_of_its_own(world):
    known = world.knowing(drafted, rendered)
    first = the_letter(asked(send_the_contract, rendered.event(2, CONTRACT), known))
    letters = [first]
    for number in (1, 2):
        event = sending_asked.but(number=number).event(2 + number, CONTRACT)
        letters.append(the_letter(asked_twice(send_the_contract_again, event, known)))
    assert len({each.notification_id for each in letters}) == 3
    for again in letters:
        assert (again.template, again.document_id) == ("contract", CONTRACT_PDF)
        assert again.facts == first.facts


def test_each_refused_copy_is_a_letter_of_its_own_with_the_reason(world):
    refused = copy_refused.but(reason=Sealed("Il manque la page 3."))
    known = world.knowing(drafted, rendered)
    first = the_letter(asked_twice(ask_for_another_copy, refused.event(5, CONTRACT), known))
    second = the_letter(asked_twice(ask_for_another_copy, refused.event(7, CONTRACT), known))
    assert (first.reason, first.facts) == ("Il manque la page 3.", {"reference": "K-2026-000001"})
    assert first.document_id == CONTRACT_PDF
    assert first.notification_id != second.notification_id


def test_a_declined_request_is_told_word_for_word(world):
    command = the_letter(asked_twice(tell_of_the_refusal, declined.event(2, LOAN), world.knowing(requested)))
    assert command.facts == {"reference": "L-2026-000001"}
    assert command.reason == declined.says["reason"].open()


def test_what_the_law_wants_read_first_is_sent_as_it_was_kept(world):
    known = world.knowing(requested)
    command = the_letter(asked_twice(send_the_information, information_kept.event(), known))
    assert (command.template, command.about) == ("information", LOAN)
    assert command.document_id == information_kept.event().originator_id
    assert command.facts == {"reference": "L-2026-000001", "amount": "5000.00 EUR"}
    assert asked_twice(send_the_information, contract_kept.event(), known) == []


def test_an_offer_that_lapsed_and_a_notice_are_told(world):
    known = world.knowing(requested)
    in_time = world.knowing(requested, *in_law)
    lapsed = the_letter(asked_twice(tell_of_the_end_of_the_offer, loan_expired.event(7, LOAN), in_time))
    assert (lapsed.template, lapsed.facts) == ("expired", {"reference": "L-2026-000001"})
    notice = the_letter(asked_twice(confirm_the_stepping_back, stepped_back.event(7, LOAN), known))
    assert (notice.template, notice.facts["notified_on"]) == ("stepped-back", "2026-05-06")


def test_a_counter_offer_is_told_with_its_figures_and_its_last_day(world):
    event = counter_offered.event(2, LOAN)
    command = the_letter(asked_twice(tell_of_the_counter_offer, event, world.knowing(requested)))
    assert (command.template, command.about) == ("counter-offer", LOAN)
    assert command.reason == counter_offered.says["reason"].open()
    assert command.facts == {
        "reference": "L-2026-000001",
        "requested": "5000.00 EUR",
        "amount": "4000.00 EUR",
        "months": "36",
        "instalment": "121.69 EUR",
        "apr": "617",
        "until": "2026-06-03",
    }


def test_a_counter_offer_that_lapsed_is_told_in_other_words_than_an_offer(world):
    known = world.knowing(requested, *offered_less)
    lapsed = the_letter(asked_twice(tell_of_the_end_of_the_offer, loan_expired.event(5, LOAN), known))
    assert lapsed.template == "counter-offer-expired"


def test_a_payout_is_told_with_amount_day_and_way(world):
    command = the_letter(asked_twice(tell_of_the_payout, disbursed.event(4, LOAN), world.knowing(requested)))
    assert command.facts == {
        "reference": "L-2026-000001",
        "amount": "5000.00 EUR",
        "value_date": "2026-05-06",
        "method": "transfer",
    }


def test_a_new_rate_is_told_with_what_made_it_and_the_first_instalment_at_it(world):
    known = world.knowing(requested, servicing_opened.but(indexed=INDEXED))
    command = the_letter(asked_twice(tell_of_the_new_rate, rate_reset.event(9, SERVICING), known))
    assert (command.template, command.about) == ("rate-reset", LOAN)
    assert command.facts == {
        "reference": "L-2026-000001", "index": "EURIBOR-3M", "value": "212", "was": "600", "rate": "562",
        "reset_on": "2026-08-06", "instalment": "221.00 EUR", "due_on": "2026-09-06",
    }  # fmt: skip


def test_a_notice_and_what_follows_are_told_with_their_amounts_and_days(world):
    known = world.knowing(requested, servicing_opened)
    notice = fact(
        Servicing.NoticeGiven,
        given_on=date(2026, 7, 10),
        until=date(2026, 8, 9),
        past_due=eur(221_60),
        late_since=date(2026, 7, 6),
        by=CHLOE,
    )
    command = the_letter(asked_twice(put_on_notice, notice.event(9, SERVICING), known))
    assert (command.template, command.about) == ("notice", LOAN)
    assert command.facts == {
        "reference": "L-2026-000001", "amount": "221.60 EUR", "late_since": "2026-07-06", "until": "2026-08-09",
    }  # fmt: skip
    everything = fact(
        Servicing.Accelerated,
        customer_id=JEAN,
        accelerated_on=date(2026, 8, 21),
        overdue=eur(443_20),
        principal=eur(4_407_25),
        interest=eur(11_02),
        indemnity=eur(384_27),
        reason=Sealed("Sans réponse."),
        by=ANA,
    )
    command = the_letter(asked_twice(tell_of_the_acceleration, everything.event(10, SERVICING), known))
    assert command.template == "accelerated"
    assert command.facts == {
        "reference": "L-2026-000001", "accelerated_on": "2026-08-21", "overdue": "443.20 EUR",
        "principal": "4407.25 EUR", "interest": "11.02 EUR", "indemnity": "384.27 EUR", "total": "5245.74 EUR",
    }  # fmt: skip
    assert command.reason is None, "the grounds are the house's"
    lifted = fact(
        Servicing.AccelerationLifted,
        customer_id=JEAN,
        notice=2,
        lifted_on=date(2026, 9, 10),
        accelerated_on=date(2026, 8, 21),
        by=CHLOE,
    )
    command = the_letter(asked_twice(tell_that_it_is_lifted, lifted.event(11, SERVICING), known))
    assert (command.template, command.facts["accelerated_on"]) == ("acceleration-lifted", "2026-08-21")


def test_nothing_is_told_of_a_rate_that_stays_or_that_nothing_is_reckoned_at(world):
    known = world.knowing(requested, servicing_opened.but(indexed=INDEXED))
    for silent in (rate_reset.but(was=BasisPoints(562)), rate_reset.but(instalment=None, due_on=None)):
        assert asked(tell_of_the_new_rate, silent.event(9, SERVICING), known) == []


def test_a_drawdown_after_the_first_is_told_as_one_and_so_is_the_end_of_them(world):
    known = world.knowing(requested)
    second = the_letter(asked_twice(tell_of_the_payout, drawn_down.event(5, LOAN), known))
    assert (second.template, second.facts["amount"]) == ("drawdown", "2000.00 EUR")
    over = the_letter(asked_twice(tell_of_the_cancelled_drawdowns, drawdowns_cancelled.event(5, LOAN), known))
    assert (over.template, over.facts["amount"]) == ("drawdowns-cancelled", "2000.00 EUR")
    assert over.reason == "Les travaux coûtent moins."


def test_a_quittance_is_sent_and_other_documents_are_not(world):
    known = world.knowing(requested, servicing_opened, received(FIRST.total, FIRST))
    quittance = contract_kept.but(purpose="quittance", about=LOAN, reference="Q-2026-000001")
    command = the_letter(asked_twice(send_the_quittance, quittance.event(1, QUITTANCE), known))
    assert (command.template, command.document_id, command.about) == ("quittance", QUITTANCE, LOAN)
    assert command.facts["amount"] == f"{FIRST.total.decimal()} EUR"
    assert asked(send_the_quittance, contract_kept.event(), known) == []


# ── sending ────────────────────────────────────────────────────────────────


def test_the_attempt_is_recorded_before_the_mail_server_hears_of_it(world):
    answers = send_the_letter(letter.event(), world.knowing(*HOUSE, contract_kept, letter))
    assert next(answers) == (NoteNotificationAttempt(number=1), LETTER)
    assert world.mails() == []


def test_a_further_attempt_is_counted_as_one(world):
    known = world.knowing(*HOUSE, contract_kept, letter, attempted)
    [(attempt, _), (sent, _)] = asked(send_the_letter, letter.event(), known)
    assert attempt == NoteNotificationAttempt(number=2)
    assert isinstance(sent, NoteNotificationSent)


@pytest.mark.parametrize("outcome", [mail_sent, mail_failed])
def test_a_letter_whose_outcome_is_recorded_is_neither_attempted_nor_sent_again(world, outcome):
    known = world.knowing(*HOUSE, contract_kept, letter, attempted, outcome)
    assert asked(send_the_letter, letter.event(), known) == []
    assert world.mails() == []


def test_a_letter_is_looked_up_once_for_each_try(world):
    known = world.knowing(*HOUSE, contract_kept, letter)
    looked_up = []

    def load(kind, id):
        looked_up.append(kind)
        return known.load(kind, id)

    asked(send_the_letter, letter.event(), replace(known, load=load))
    assert looked_up.count(Notification) == 1


def test_a_letter_is_sent_under_one_message_id_however_often_we_try(world):
    known = world.knowing(*HOUSE, contract_kept, letter)
    _, (sent, to) = asked_twice(send_the_letter, letter.event(), known)
    assert isinstance(sent, NoteNotificationSent)
    assert to == LETTER
    first, again = world.mails()
    assert first.message_id == again.message_id == sent.message_id
    assert first.to == ["jean.moreau@example.org"]


def test_a_reason_is_in_the_letter_word_for_word(world):
    told = letter_requested.but(template="copy-refused", reason=Sealed("Il manque la page 3."))
    asked(send_the_letter, told.event(), world.knowing(*HOUSE, contract_kept, told))
    [mail] = world.mails()
    assert "Il manque la page 3." in mail.text


def test_a_letter_carries_a_link_that_opens_its_document(world):
    known = world.knowing(*HOUSE, contract_kept, letter)
    asked(send_the_letter, letter.event(), known)
    [mail] = world.mails()
    assert "K-2026-000001" in mail.text
    token = mail.text.partition("/api/v1/links/")[2].split()[0]
    facts = known.links.read(token)
    assert (facts.document_id, facts.contact_id, facts.purpose) == (CONTRACT_PDF, JEAN_CONTACT, "contract")


def test_an_address_that_does_not_exist_is_a_failure_that_names_nobody(world):
    event = letter.but(to=Sealed("jean.moreau@refused.test")).event()
    _, (failed, _) = asked_twice(send_the_letter, event, world.knowing(*HOUSE, contract_kept, letter))
    assert failed == NoteNotificationFailed(reason="the mail server answered 550")
    assert world.mails() == []


def test_a_busy_mail_server_is_tried_again(world):
    event = letter.but(to=Sealed("jean.moreau@busy.test")).event()
    with pytest.raises(ProviderDown):
        asked(send_the_letter, event, world.knowing(*HOUSE, contract_kept, letter))
    [reaction] = [r for r in REACTIONS[letter.kind.kind] if r.act is send_the_letter]
    assert reaction.retry.times == 6


def test_a_lost_answer_is_tried_again_under_the_same_message_id(world):
    event = letter.but(to=Sealed("jean.moreau@lost.test")).event()
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            asked(send_the_letter, event, world.knowing(*HOUSE, contract_kept, letter))
    first, again = world.mails()
    assert first.message_id == again.message_id


def test_a_contract_is_sent_when_its_letter_is(world):
    known = world.knowing(letter)
    event = mail_sent.event(3, LETTER)
    assert asked_twice(note_that_the_contract_left, event, known) == [
        (NoteContractSent(notification_id=LETTER), CONTRACT)
    ]
    other = world.knowing(letter.but(template="declined"))
    assert asked(note_that_the_contract_left, event, other) == []


def test_no_reaction_has_a_name_too_long_for_its_queue():
    names = [reaction.name for reactions in REACTIONS.values() for reaction in reactions]
    assert [name for name in names if len(name) > LONGEST_QUEUE_NAME] == []
