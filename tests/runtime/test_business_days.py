"""Which business day it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from eventstore import Aggregate, Ask, Command, Store
from runtime.business_days import BusinessDate, zone_of
from runtime.clock import Clock
from tests.runtime.household import BuildDoor, Door, OpenDoor, ShutDoor, asker, house, year_of_doors
from tests.soon import soon

NOON = datetime(2100, 5, 4, 10, tzinfo=UTC)
MAY_4 = NOON.date()
SHOP = UUID("50000000-0000-4000-8000-000000000001")


@pytest.fixture
def store(database) -> Iterator[Store]:
    with house(database.app_url) as store:
        yield store


def dates(store: Store, zone: str = "Europe/Paris") -> BusinessDate:
    """Doors stand for days: an open door is an open day."""
    clock = Clock(store.pool)
    clock.advance_to(NOON)
    return BusinessDate(store, clock, lambda: zone, year_of_doors, Door.Opened)


def opened(store: Store, on) -> UUID:
    year = store.send(BuildDoor(door_id=year_of_doors(on.year)), asker(on)).id
    store.send(OpenDoor(), asker(on), to=year)
    return year


def test_before_the_first_day_it_is_the_local_date(store):
    assert dates(store).today() == MAY_4


def test_the_local_date_is_that_of_the_organisations_zone(store):
    assert dates(store, "Pacific/Kiritimati").today() == MAY_4 + timedelta(days=1)


def test_an_open_day_lasts_until_it_is_closed_whatever_the_clock_says(store):
    days = dates(store)
    year = opened(store, MAY_4 - timedelta(days=3))
    assert days.today() == MAY_4 - timedelta(days=3)
    store.send(ShutDoor(), asker(MAY_4 - timedelta(days=3)), to=year)
    soon(lambda: days.today() == MAY_4)


def test_after_a_day_is_closed_it_is_never_an_earlier_one(store):
    days = dates(store)
    tomorrow = MAY_4 + timedelta(days=1)
    year = opened(store, tomorrow)
    store.send(ShutDoor(), asker(tomorrow), to=year)
    assert days.today() == tomorrow


def test_the_last_day_of_another_year_is_found(store):
    opened(store, MAY_4.replace(year=2098))
    assert dates(store).today() == MAY_4.replace(year=2098)


class Shop(Aggregate):
    time_zone: str

    class Founded(Aggregate.Created):
        time_zone: str


class FoundShop(Command, on=Shop):
    def create(self, ask: Ask) -> Shop:
        return Shop.begin(Shop.Founded, SHOP, time_zone="Africa/Abidjan")


def test_the_zone_is_the_aggregates_and_utc_without_one(store):
    zone = zone_of(store, Shop, SHOP)
    assert zone() == "UTC"
    store.send(FoundShop(), asker())
    assert zone() == "Africa/Abidjan"
