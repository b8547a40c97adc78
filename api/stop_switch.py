"""The stop switch over HTTP."""

from __future__ import annotations

from aggregates.stop_switch import STOP_SWITCH_ID
from api.deps import Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.stop_switch import AskForRelease, PullStopSwitch, ReleaseStopSwitch
from eventstore import Receipt
from projections.stop_switch_card import StopSwitchCard, StopSwitchLine

router = routes("/stop-switch", "stop switch")


@router.get("", **shows(StopSwitchCard, "current", may="stop-switch.read"))
def stop_switch(read: Read, found: TheOne) -> StopSwitchLine:
    return found(read(StopSwitchCard).current())


@router.post("/pull", **asks(PullStopSwitch))
def pull_stop_switch(command: PullStopSwitch, send: Send) -> Receipt:
    return send(command)


@router.post("/ask-for-release", **asks(AskForRelease))
def ask_for_release(command: AskForRelease, send: Send) -> Receipt:
    return send(command, to=STOP_SWITCH_ID)


@router.post("/release", **asks(ReleaseStopSwitch))
def release_stop_switch(command: ReleaseStopSwitch, send: Send) -> Receipt:
    return send(command, to=STOP_SWITCH_ID)
