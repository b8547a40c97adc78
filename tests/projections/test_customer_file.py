"""The customer file."""

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from aggregates.customer import Customer
from eventstore import REDACTED, Sealed
from projections.customer_file import CustomerFile, CustomerFilter
from tests.kit import Fact, fact
from tests.stories import AWA, JEAN, MAY_4, MAY_6, awa, jean


def named(number: int, name: str) -> Fact:
    id = UUID(f"00000000-0000-4000-8000-{number:012d}")
    return replace(jean.but(name=Sealed(name), reference=f"C-2026-{number:06d}"), stream=id)


def names(page) -> list[str]:
    return [line.name for line in page.items]


def test_a_customer_is_shown_as_registered(screens):
    screens.happened(jean, awa)
    line = screens.read(CustomerFile).line(AWA)
    assert (line.reference, line.nature, line.name) == ("C-2026-000002", "person", "Awa Koné")
    assert line.address == "Rue des Jardins, Cocody\nAbidjan"
    assert (line.country, line.language, line.registered_on, line.version) == ("CI", "fr", MAY_4, 1)


def test_changed_details_replace_the_old_ones_of_that_customer_alone(screens):
    screens.happened(jean, awa)
    moved = fact(Customer.DetailsChanged, JEAN, name=Sealed("Éric Moreau"), address=Sealed("75001 Paris"))
    screens.happened(moved, on=MAY_6)
    file = screens.read(CustomerFile)
    assert (names(file.lines(CustomerFilter(q="éric"))), names(file.lines(CustomerFilter(q="jean")))) == (
        ["Éric Moreau"],
        [],
    )
    assert (file.line(JEAN).address, file.line(JEAN).registered_on) == ("75001 Paris", MAY_4)
    assert file.line(JEAN).version == 2
    assert (file.line(AWA).name, file.line(AWA).version) == ("Awa Koné", 1)


def test_emile_stands_before_zoe(screens):
    screens.happened(*(named(n, name) for n, name in enumerate(["Zoé", "Émile", "eva", "Frédéric"])))
    assert names(screens.read(CustomerFile).lines()) == ["Émile", "eva", "Frédéric", "Zoé"]


@pytest.mark.parametrize("search", ["emile", "ÉMILE", " Mile  ", "C-2026-000007", "c-2026-000007"])
def test_a_search_needs_no_accents_and_knows_references(screens, search):
    screens.happened(named(7, "Émile Zola"), named(8, "Zoé 100 % Martin"))
    assert names(screens.read(CustomerFile).lines(CustomerFilter(q=search))) == ["Émile Zola"]


@pytest.mark.parametrize("search", ["%", "_", "'; DROP", "durand", "C-2027"])
def test_what_looks_like_a_pattern_is_searched_as_it_is(screens, search):
    screens.happened(jean, awa)
    assert names(screens.read(CustomerFile).lines(CustomerFilter(q=search))) == []


def test_pages_show_every_customer_once_also_those_of_the_same_name(screens):
    screens.happened(*(named(n, "Awa Koné" if n % 2 else f"Zoé {n}") for n in range(7)))
    file = screens.read(CustomerFile)
    page = file.lines(limit=2)
    pages = [names(page)]
    while page.next is not None:
        page = file.lines(cursor=page.next, limit=2)
        pages.append(names(page))
    assert pages == [["Awa Koné", "Awa Koné"], ["Awa Koné", "Zoé 0"], ["Zoé 2", "Zoé 4"], ["Zoé 6"]]


def test_a_client_sees_only_its_own_line(screens):
    screens.happened(jean, awa)
    own = screens.read(CustomerFile, customers=[JEAN])
    assert names(own.lines()) == ["Jean Moreau"]
    assert own.line(AWA) is None


def test_an_erased_person_is_a_blank_line_in_every_later_build(screens):
    screens.happened(jean, awa)
    with psycopg.connect(screens.owner_url) as connection:
        connection.execute(
            "UPDATE store.subject_keys SET wrapped_key = NULL, destroyed_at = clock_timestamp()"
            " WHERE subject_id = %s",
            (JEAN,),
        )
    screens.store.keyring.forget(JEAN)
    line = screens.read(CustomerFile).line(JEAN)
    assert (line.name, line.address, line.reference) == (REDACTED, REDACTED, "C-2026-000001")
    assert screens.read(CustomerFile).line(AWA).name == "Awa Koné"
