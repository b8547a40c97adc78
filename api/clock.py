"""The clock over HTTP: only where time may lapse, in the demo and in tests, never where money is real."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.auth import TheIdentity
from api.described import ALWAYS, WITH_A_BODY, refused
from api.platform import ThePlatform
from api.refusals import TimePassed
from api.routing import routes
from runtime.clock import BackwardsInTime

router = routes("/clock", "clock")


class Advance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: AwareDatetime = Field(
        description="A moment still to come, at most a century away.", examples=["2026-06-04T09:00:00Z"]
    )


class Now(BaseModel):
    now: datetime = Field(description="UTC.", examples=["2026-06-04T09:00:00Z"])


@router.get(
    "", operation_id="Clock", summary="What time it is for this installation", responses=refused(*ALWAYS)
)
def clock(platform: ThePlatform, identity: TheIdentity) -> Now:
    """The machine's time plus what was lapsed."""
    return Now(now=platform.clock.now())


@router.post(
    "/advance",
    operation_id="AdvanceClock",
    summary="Let time lapse until a moment",
    responses=refused(*ALWAYS, *WITH_A_BODY, TimePassed),
)
def advance_clock(advance: Advance, platform: ThePlatform, identity: TheIdentity) -> Now:
    """For every process of this installation. Business days follow by themselves. Permission: `clock.advance`."""
    identity.needs("clock.advance")
    try:
        platform.clock.advance_to(advance.to)
    except BackwardsInTime as error:
        raise TimePassed(str(error)) from None
    return Now(now=platform.clock.now())
