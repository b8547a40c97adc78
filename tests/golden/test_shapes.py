"""Events are for ever: every shape that was ever stored still loads, and says what it said."""

import json

import pytest

from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.values import Money
from eventstore import Aggregate, Sealed
from eventstore.codec import fields_of, is_sealed
from tests.golden.shapes import CODEC, FOLDER, SAMPLES, as_file, as_row, domain_kinds
from tests.kit import said

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shape_ever_shipped_still_loads(file):
    stored = json.loads(file.read_text())
    event = as_row(stored).event()
    assert type(event).kind == stored["kind"]
    for name, declared in fields_of(type(event)).items():
        value = getattr(event, name)
        if is_sealed(declared) and value is not None:
            assert isinstance(value, Sealed)
            assert value.open(), f"{name} opens under the key of {event.subject_id()}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shape_of_today_is_stored_as_the_file_says(file):
    stored = json.loads(file.read_text())
    event = as_row(stored).event()
    if stored["schema"] == type(event).schema:
        again = json.loads(CODEC.encode(event))
        assert says_all(clear(again), clear(stored["state"]))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind.kind)
def test_what_is_stored_is_what_is_read(sample):
    revived = as_row(as_file(sample)).event()
    assert said(revived) == said(sample.event())
    if isinstance(revived, Aggregate.Created):
        assert revived.mutate(None).id == revived.originator_id


def test_every_kind_of_event_has_its_file():
    have = {file.name for file in FILES}
    assert have >= {f"{name}.v{kind.schema}.json" for name, kind in domain_kinds().items()}
    assert {sample.kind.kind for sample in SAMPLES} == set(domain_kinds())


def test_no_person_is_in_a_file():
    for personal in (
        "Moreau",
        "Koné",
        "example.org",
        "République",
        "192.0.2.7",
        "Firefox",
        "cuisine",
        "FR76",
        "AGRI",
        "22507",
    ):
        assert [file.name for file in FILES if personal in file.read_text()] == []


def test_nothing_that_somebody_wrote_about_a_customer_is_in_a_file():
    for prose in ("Vos revenus", "La page 3", "Saisi sur le mauvais prêt", "ne reconnaît pas ce compte"):
        assert [file.name for file in FILES if prose in file.read_text()] == []


def says_all(again: object, before: object) -> bool:
    """Whether all that was said before is said again; a field that came later, with a default, is in no older file."""
    if isinstance(again, dict) and isinstance(before, dict):
        return all(name in again and says_all(again[name], value) for name, value in before.items())
    if isinstance(again, list) and isinstance(before, list):
        return len(again) == len(before) and all(map(says_all, again, before))
    return again == before


def clear(state: dict[str, object]) -> dict[str, object]:
    """Without the ciphertexts, which differ every time."""
    return {
        name: "sealed" if isinstance(value, dict) and set(value) == {"key", "sealed"} else value
        for name, value in state.items()
    }


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("Loan.Approved", "planned_payout_on"),
        ("Contract.Drafted", "planned_payout_on"),
        ("Servicing.Opened", "value_date"),
    ],
)
def test_instalments_stored_without_their_days_are_those_of_the_plain_terms(name, since):
    """Until November 2026 every loan was repaid in level monthly instalments, counted from one day."""
    event = as_row(json.loads((FOLDER / f"{name}.v1.json").read_text())).event()
    owed = Money.total((line.principal for line in event.instalments), "EUR")
    terms = Terms(event.rate)
    assert event.instalments == schedule(terms, owed, len(event.instalments), getattr(event, since))
