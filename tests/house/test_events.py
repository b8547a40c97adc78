"""Events are for ever: no person in the clear, an owner for whatever belongs to a customer, a sample of each shape."""

from __future__ import annotations

import typing
from typing import Any

import pytest

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from eventstore import KINDS, Aggregate, Sealed

OURS = {kind: event for kind, event in KINDS.items() if not event.aggregate.__module__.startswith("tests")}
"""Tests declare aggregates of their own."""
PERSONAL = {
    "name", "first_name", "last_name", "birth_name", "borrower", "email", "to", "phone", "mobile", "address",
    "borrower_address", "street", "city", "postcode", "birth_date", "birth_place", "nationality", "iban", "bic", "tax_id",
    "holder", "passport", "id_number", "ip", "user_agent", "label", "purpose", "file_name", "salary", "employer",
}  # fmt: skip
"""Words that name a person's data wherever they stand."""
OF_NO_PERSON = {
    "Series.Begun.name",  # what is numbered: loans, customers
    "Document.Kept.purpose",  # information, contract, signed-copy, schedule or quittance
    "AccessRequest.Made.purpose",  # sign-up or password-reset
    "Posting.Made.label",  # what the entry is for, in the words of the books; names no one
}
OF_THE_HOUSE = {
    "Organisation",
    "LegalRates",
    "IndexRates",
    "LoanProduct",
    "Series",
    "BusinessDay",
    "Omission",
    "Retrial",
    "StopSwitch",
}
"""Aggregates whose streams are not a customer's."""


def facts(event: type[Aggregate.Event]) -> dict[str, Any]:
    """The fields that an event declares."""
    known = typing.get_type_hints(event, include_extras=True)
    inherited = set(typing.get_type_hints(Aggregate.Created)) | set(typing.get_type_hints(Aggregate.Event))
    return {name: kind for name, kind in known.items() if name not in inherited}


def is_sealed(kind: Any) -> bool:
    if kind is Sealed or typing.get_origin(kind) is Sealed:
        return True
    return any(is_sealed(part) for part in typing.get_args(kind))


def unsealed(event: type[Aggregate.Event]) -> list[str]:
    """Fields that look personal and are stored in the clear."""
    names = [name for name, kind in facts(event).items() if name in PERSONAL and not is_sealed(kind)]
    return [name for name in names if f"{event.kind}.{name}" not in OF_NO_PERSON]


@pytest.mark.parametrize("kind", OURS)
def test_no_person_stands_in_an_event_in_the_clear(kind: str) -> None:
    assert unsealed(OURS[kind]) == []


@pytest.mark.parametrize("kind", OURS)
def test_a_sealed_field_names_its_subject(kind: str) -> None:
    event = OURS[kind]
    sealed = [name for name, declared in facts(event).items() if is_sealed(declared)]
    assert not sealed or event.subject_field, f"{sealed} are sealed for nobody: say subject= on the event"
    if event.subject_field not in (None, "originator_id"):
        assert event.subject_field in facts(event)


@pytest.mark.parametrize(
    "kind", [kind for kind, event in OURS.items() if issubclass(event, Aggregate.Created)]
)
def test_what_belongs_to_a_customer_says_so_in_its_first_event(kind: str) -> None:
    event = OURS[kind]
    if event.aggregate.__name__ in OF_THE_HOUSE:
        assert event.owner_field is None
    else:
        assert event.owner_field in {*facts(event), "originator_id"}, "say owner= on the creating event"


def test_a_new_event_with_a_name_in_the_clear_would_be_seen() -> None:
    class Visitor(Aggregate):
        class Came(Aggregate.Created):
            email: str

    try:
        assert unsealed(Visitor.Came) == ["email"]
    finally:
        del KINDS["Visitor.Came"]
