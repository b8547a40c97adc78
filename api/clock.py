"""The clock over HTTP: only where time may lapse, in the demo and in tests, never where money is real."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from aggregates.permissions import SELF
from api.described import offers
from api.platform import ThePlatform
from api.refusals import TimePassed
from api.routing import routes
from commands.fields import Moment
from runtime.clock import BackwardsInTime

router = routes("/clock", "clock")


class Advance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Moment = Field(
        description="A moment still to come, at most a century away.", examples=["2026-06-04T09:00:00Z"]
    )


class Now(BaseModel):
    now: datetime = Field(description="UTC.", examples=["2026-06-04T09:00:00Z"])


@router.get(
    "", **offers("Clock", "What time it is for this installation.\n\nPlus what was lapsed.", may=SELF)
)
def clock(platform: ThePlatform) -> Now:
    return Now(now=platform.clock.now())


@router.post(
    "/advance",
    **offers(
        "AdvanceClock",
        "Let time lapse until a moment.\n\nFor every process of this installation. Business days follow by themselves.",
        TimePassed,
        may="clock.advance",
        body=True,
    ),
)
def advance_clock(advance: Advance, platform: ThePlatform) -> Now:
    try:
        platform.clock.advance_to(advance.to)
    except BackwardsInTime as error:
        raise TimePassed(str(error)) from None
    return Now(now=platform.clock.now())
