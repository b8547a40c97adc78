"""What the organisation can do."""

import pytest
from pydantic import ValidationError

from aggregates.organisation import (
    NothingChanges,
    NothingProposed,
    Organisation,
    OwnProposal,
    ProposalPending,
)
from aggregates.rules.limits import STARTING_LIMITS, Limit
from commands.organisation import (
    ChangeChart,
    ChangeFourEyesPolicy,
    ChangeLegalIdentity,
    ChangeLimits,
    ChangeReturnAddress,
    ConfirmProposal,
    EstablishOrganisation,
    RefuseProposal,
)
from tests.kit import Given, fact, given, replay
from tests.stories import ADMIN, DEPUTY, LENDER, admin, ben, deputy, established, eur, single_operator

IDENTITY = {
    "legal_name": "Prêts du Rhône",
    "legal_form": "SA au capital de 1 000 000 €",
    "registration": "RCS Lyon 912 345 678",
    "registered_office": "1 place Bellecour\n69002 Lyon",
    "country": "FR",
    "contact_line": "bonjour@prets-du-rhone.example",
}


def test_it_is_established_once_with_its_whole_identity():
    outcome = given().when(EstablishOrganisation(**established.says))
    outcome.then(established)
    assert outcome.recorded[0].originator_id == established.stream


def test_its_identity_may_change():
    changed = fact(Organisation.LegalIdentityChanged, **IDENTITY)
    given(established).when(ChangeLegalIdentity(**IDENTITY)).then(changed)
    assert replay(established, changed)[0].lender() == LENDER | IDENTITY


def test_its_return_address_may_change_and_the_same_one_changes_nothing():
    elsewhere = ChangeReturnAddress(return_address="signatures@prets-du-fleuve.example")
    changed = fact(Organisation.ReturnAddressChanged, return_address="signatures@prets-du-fleuve.example")
    given(established).when(elsewhere).then(changed)
    given(established, changed).when(elsewhere).then_nothing()


# ── the rules, changed by two ──────────────────────────────────────────────

AUGUST = "Une seule conseillère en août."
LOWER = [
    {"operation": "loan.approve", "role": "advisor", "each": {"amount": "9000.00", "currency": "EUR"}},
    {
        "operation": "loan.disburse",
        "role": "accountant",
        "each": {"amount": "9000.00", "currency": "EUR"},
        "daily": {"amount": "20000.00", "currency": "EUR"},
    },
]
LOWER_LIMITS = [
    Limit("loan.approve", "advisor", eur(9_000_00)),
    Limit("loan.disburse", "accountant", eur(9_000_00), eur(20_000_00)),
]
policy_proposed = fact(
    Organisation.FourEyesPolicyProposed, number=1, policy="single-operator", reason=AUGUST, by=ADMIN
)
limits_proposed = fact(Organisation.LimitsProposed, number=1, limits=LOWER_LIMITS, reason=AUGUST, by=ADMIN)
limits_changed = fact(
    Organisation.LimitsChanged, limits=LOWER_LIMITS, reason=AUGUST, by=DEPUTY, proposed_by=ADMIN
)
proposal_refused = fact(Organisation.ProposalRefused, number=1, reason="Pas avant septembre.", by=DEPUTY)
CONFIRM, REFUSE = ConfirmProposal(number=1), RefuseProposal(number=1, reason="Pas avant septembre.")


def house(*facts) -> Given:
    return given(established, *facts).with_(established, admin, deputy, ben)


def test_one_administrator_proposes_that_one_person_may_decide_alone_and_another_confirms():
    alone = ChangeFourEyesPolicy(policy="single-operator", reason=AUGUST)
    house().as_(ADMIN).when(alone).then(policy_proposed)
    assert replay(established, policy_proposed)[0].policy == "four-eyes"
    house(policy_proposed).as_(DEPUTY).when(CONFIRM).then(single_operator.but(by=DEPUTY, proposed_by=ADMIN))
    house(single_operator).as_(ADMIN).when(alone).then_rejected(NothingChanges)


def test_limits_take_the_place_of_all_that_counted_before():
    change = ChangeLimits(limits=LOWER, reason=AUGUST)
    house().as_(ADMIN).when(change).then(limits_proposed)
    house(limits_proposed).as_(DEPUTY).when(CONFIRM).then(limits_changed)
    changed = replay(established, limits_proposed, limits_changed)[0]
    assert (changed.limits, changed.proposed) == (LOWER_LIMITS, None)
    house(limits_proposed, limits_changed).when(change).then_rejected(NothingChanges)


def test_nobody_confirms_what_they_proposed():
    """Also who has a role that decides on loans: limits are not raised by the one who uses them."""
    for who, proposed in ((ADMIN, policy_proposed), (DEPUTY, limits_proposed.but(by=DEPUTY))):
        own = house(proposed).as_(who)
        own.when(CONFIRM).then_rejected(OwnProposal)
        own.when(ConfirmProposal(number=1, reason="Personne d’autre n’est là.")).then_rejected(OwnProposal)


def test_a_single_operator_confirms_alone_and_says_why():
    why = "Personne d’autre n’est là."
    alone = given(established, single_operator, limits_proposed).with_(established, single_operator, admin)
    confirmed = alone.as_(ADMIN).when(ConfirmProposal(number=1, reason=why))
    confirmed.then(limits_changed.but(by=ADMIN, self_approval=why))
    alone.as_(ADMIN).when(CONFIRM).then_rejected(OwnProposal)


def test_one_change_at_a_time_waits():
    waiting = house(policy_proposed).as_(DEPUTY)
    waiting.when(ChangeLimits(limits=LOWER, reason=AUGUST)).then_rejected(ProposalPending)
    waiting.when(REFUSE).then(proposal_refused)
    again = house(policy_proposed, proposal_refused).as_(ADMIN)
    again.when(ChangeLimits(limits=LOWER, reason=AUGUST)).then(limits_proposed.but(number=2))


def test_what_was_not_looked_at_is_not_confirmed():
    for facts in ((), (policy_proposed, proposal_refused), (limits_proposed.but(number=2),)):
        for decision in (CONFIRM, REFUSE):
            house(*facts).as_(DEPUTY).when(decision).then_rejected(NothingProposed)


def test_a_house_of_one_person_begins_as_one():
    alone = EstablishOrganisation(**established.says, policy="single-operator", limits=LOWER)
    given().when(alone).then(established.but(policy="single-operator", limits=LOWER_LIMITS))


def test_a_house_begins_with_cautious_limits_that_are_written_down():
    begun = given().when(EstablishOrganisation(**established.says)).recorded[0]
    assert begun.limits == list(STARTING_LIMITS)
    assert replay(established)[0].limits == list(STARTING_LIMITS)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ([LOWER[0] | {"role": "accountant"}], "no permission loan.approve"),
        ([LOWER[0] | {"daily": LOWER[0]["each"]}], "approvals have none"),
        ([LOWER[1] | {"daily": None}], "payouts have a limit for the day"),
        ([LOWER[1] | {"daily": {"amount": "1.00", "currency": "EUR"}}], "not below"),
        ([LOWER[1] | {"daily": {"amount": "900000", "currency": "XOF"}}], "same currency"),
        ([LOWER[0], LOWER[0]], "stands once"),
        ([], "at least 1"),
    ],
)
def test_limits_that_make_no_sense(wrong, why):
    with pytest.raises(ValidationError, match=why):
        ChangeLimits(limits=wrong, reason=AUGUST)


def test_the_rules_take_a_fresh_proof_to_change_and_none_to_keep():
    for asked in (
        ChangeLimits(limits=LOWER, reason=AUGUST),
        ChangeFourEyesPolicy(policy="four-eyes", reason=AUGUST),
        CONFIRM,
    ):
        assert asked.needs_step_up()
        assert asked.may == "policy.change"
    assert not REFUSE.needs_step_up()


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Lyon"},
        {"currency": "FRF"},
        {"country": "France"},
        {"languages": []},
        {"siren": "1"},
    ],
)
def test_what_no_organisation_is(wrong):
    with pytest.raises(ValidationError):
        EstablishOrganisation(**(established.says | wrong))


def test_entries_are_made_on_the_chart_of_the_country_until_another_is_chosen():
    given(established).when(ChangeChart(chart="PCG")).then_nothing()
    given(established.but(country="CI")).when(ChangeChart(chart="SYSCOHADA")).then_nothing()
    chosen = fact(Organisation.ChartChanged, chart="SYSCOHADA")
    given(established).when(ChangeChart(chart="SYSCOHADA")).then(chosen)
    given(established, chosen).when(ChangeChart(chart="SYSCOHADA")).then_nothing()
