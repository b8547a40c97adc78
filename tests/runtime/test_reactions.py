"""How a reaction is declared, retried and recognised when it is done again."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from eventstore import Aggregate, Command
from runtime.reactions import (
    DEADLINES,
    REACTIONS,
    Answers,
    Reaction,
    Retry,
    command_id,
    on_deadline,
    reacts_to,
)

GATE = UUID("9a000000-0000-4000-8000-000000000001")


class Gate(Aggregate):
    class Built(Aggregate.Created):
        pass

    class Opened(Aggregate.Event):
        pass


class OilGate(Command, on=Gate):
    drops: int = 1


class PaintGate(Command, on=Gate):
    pass


class CountGate(Command, on=Gate):
    number: int


@reacts_to(Gate.Opened, retry="6 times in 24 h")
def oil_the_hinges(event: Gate.Opened, outside: object) -> Answers:
    yield OilGate(), event.originator_id


def declared() -> Reaction:
    return REACTIONS[Gate.Opened.kind][0]


def test_a_reaction_is_known_by_its_file_and_its_function():
    reaction = declared()
    assert reaction.name == "test_reactions.oil_the_hinges"
    assert reaction.consumer == "reaction:test_reactions.oil_the_hinges"
    assert reaction.who == "worker:test_reactions.oil_the_hinges"
    assert reaction.cause is Gate.Opened


def test_a_policy_spreads_its_tries_over_its_span_each_wait_longer_than_the_last():
    policy = Retry.parse("6 times in 24 h")
    waits = [policy.wait(failures) for failures in range(1, 7)]
    assert policy.wait(7) is None
    assert waits == sorted(waits)
    assert 0.6 * 86_400 <= sum(wait for wait in waits if wait) <= 86_400


def test_tries_of_many_jobs_do_not_fall_on_the_same_moment():
    policy = Retry.parse("5 times in 10 min")
    assert len({policy.wait(3) for _ in range(20)}) > 1


@pytest.mark.parametrize("policy", ["", "often", "3 times", "3 times in 2 weeks", "-1 times in 1 h"])
def test_a_policy_that_says_nothing_is_refused(policy):
    with pytest.raises(ValueError, match="write it like '6 times in 24 h'"):
        Retry.parse(policy)


def test_one_retry_in_its_span():
    assert Retry.parse("1 time in 10 s").wait(1) <= 10


def test_the_same_run_asks_under_the_same_ids():
    ids = {command_id(f"{GATE}:2", declared(), GATE, OilGate(drops=n), 0) for n in range(3)}
    assert len(ids) == 1


def test_a_command_with_a_number_is_another_one_for_each_number():
    def asked(number: int) -> UUID:
        return command_id(f"{GATE}:2", declared(), GATE, CountGate(number=number), 0)

    assert asked(1) == asked(1) != asked(2)


def test_another_cause_target_command_or_turn_asks_under_another_id():
    reaction, other = declared(), uuid4()
    ids = [
        command_id(f"{GATE}:2", reaction, GATE, OilGate(), 0),
        command_id(f"{GATE}:3", reaction, GATE, OilGate(), 0),
        command_id(f"{GATE}:2", reaction, other, OilGate(), 0),
        command_id(f"{GATE}:2", reaction, None, OilGate(), 0),
        command_id(f"{GATE}:2", reaction, GATE, PaintGate(), 0),
        command_id(f"{GATE}:2", reaction, GATE, OilGate(), 1),
    ]
    assert len(set(ids)) == len(ids)


def test_a_deadline_has_one_function():
    @on_deadline("oiling")
    def oil_on_the_day(deadline: object, outside: object) -> Answers:
        yield OilGate(), GATE

    try:
        with pytest.raises(ValueError, match="test_reactions.oil_on_the_day answers"):
            on_deadline("oiling")(oil_on_the_day)
    finally:
        del DEADLINES["oiling"]
