"""Business days over HTTP."""

from __future__ import annotations

from api.deps import Cursor, Limit, Read, TheOne
from api.described import shows
from api.routing import routes
from eventstore import Page
from projections.business_days import BusinessDayLine, BusinessDays

router = routes("/business-day", "business day")


@router.get("", **shows(BusinessDays, "current", may="business-day.read", name="BusinessDay", one=True))
def business_day(read: Read, found: TheOne) -> BusinessDayLine:
    return found(read(BusinessDays).current())


@router.get("/history", **shows(BusinessDays, "lines", may="business-day.read"))
def business_days(read: Read, cursor: Cursor = None, limit: Limit = 50) -> Page[BusinessDayLine]:
    return read(BusinessDays).lines(cursor, limit)
