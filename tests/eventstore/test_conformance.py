"""The library's own test cases, run against our store; what is left out of them stands in NOT_FOR_US, with the reason."""

from __future__ import annotations

from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.tests import persistence as library

from eventstore import Store
from tests.chaos.order_by_hand import changed, replace
from tests.eventstore.conformance import FeedRecorder, StreamRecorder

CONTIGUOUS = (
    "expects the notification ids 1, 2 and 3 whatever EXPECT_CONTIGUOUS_NOTIFICATION_IDS says; a position is made of the"
    " transaction's id. Said again for positions in test_notifications_are_selected_by_position"
)
TRACKING = (
    "the library keeps one position for each upstream; ours are one for each lane, moved by compare-and-set: see"
    " test_projector.py and test_projector_restart.py"
)
FACTORY = (
    "our store is not found by an environment variable, and seals fields instead of encrypting whole states"
)
JSON = "our events are plain JSON of their declared fields: tests/golden and test_store.py"

NOT_FOR_US = {
    "ApplicationRecorderTestCase.test_insert_select": CONTIGUOUS,
    "TrackingRecorderTestCase": TRACKING,
    "ProcessRecorderTestCase": TRACKING,
    "InfrastructureFactoryTestCase": FACTORY,
    "TranscoderTestCase": JSON,
}


class OnOurStore:
    """What every case of the library needs to know about us."""

    INITIAL_VERSION = 0
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False
    store: Store

    @pytest.fixture(autouse=True)
    def _on_a_fresh_database(self, store: Store) -> None:
        self.store = store


class TestStreams(OnOurStore, library.AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        return StreamRecorder(self.store)


class TestFeed(OnOurStore, library.ApplicationRecorderTestCase[FeedRecorder]):
    test_insert_select = None

    def create_recorder(self) -> FeedRecorder:
        return FeedRecorder(self.store)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestAppendsDoNotInterleave(OnOurStore, library.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> FeedRecorder:
        return FeedRecorder(self.store)


OURS = (TestStreams, TestFeed, TestAppendsDoNotInterleave)


def cases_of(suite: type) -> set[str]:
    return {name for name in dir(suite) if name.startswith("test") and getattr(suite, name)}


def test_what_is_left_out_is_exactly_what_is_listed() -> None:
    suites = {
        name: suite
        for name, suite in vars(library).items()
        if isinstance(suite, type) and name.endswith("Case") and cases_of(suite)
    }
    left_out = set()
    for name, suite in suites.items():
        runs = set().union(*(cases_of(ours) for ours in OURS if issubclass(ours, suite)))
        missing = cases_of(suite) - runs
        left_out |= {f"{name}.{case}" for case in missing} if runs else {name}
    assert left_out == set(NOT_FOR_US)


# ── said again for positions ───────────────────────────────────────────────────────────────────────────────────────


def events(count: int, topic: str = "topic") -> list[StoredEvent]:
    stream = uuid4()
    return [StoredEvent(stream, version, f"{topic}{version}", b"{}") for version in range(count)]


def test_notifications_are_selected_by_position(store: Store) -> None:
    """The left-out case, assertion for assertion, with our positions where it says 1, 2 and 3."""
    recorder = FeedRecorder(store)
    assert recorder.select_notifications(None, 3) == []
    assert recorder.select_notifications(None, 3, topics=["topic0"]) == []
    assert recorder.max_notification_id() is None
    written = [*events(2), *events(1, "other")]
    ids = [*(recorder.insert_events(written[:2]) or ()), *(recorder.insert_events(written[2:]) or ())]
    assert ids == sorted(set(ids))
    with pytest.raises(IntegrityError):
        recorder.insert_events(written[2:])
    one, two, three = recorder.select_notifications(None, 10)
    assert [(n.originator_id, n.topic, n.state) for n in (one, two, three)] == [
        (event.originator_id, event.topic, event.state) for event in written
    ]
    assert [one.id, two.id, three.id] == ids
    assert recorder.max_notification_id() == three.id

    def select(start: int | None, limit: int, **rest: object) -> list[int]:
        return [n.id for n in recorder.select_notifications(start, limit, **rest)]  # type: ignore[arg-type]

    assert select(one.id, 10) == ids
    assert select(None, 10, stop=two.id) == ids[:2]
    assert select(one.id, 10, inclusive_of_start=False) == ids[1:]
    assert select(two.id, 10, inclusive_of_start=False) == ids[2:]
    assert select(None, 10, topics=["topic0", "topic1", "other0"]) == ids
    assert select(one.id, 10, topics=["topic0"]) == ids[:1]
    assert select(one.id, 3, topics=["topic1"]) == ids[1:2]
    assert select(one.id, 3, topics=["topic0", "other0"]) == [one.id, three.id]
    assert [select(None, 1), select(two.id, 1), select(three.id, 1)] == [[one.id], [two.id], [three.id]]
    assert select(one.id, 1, inclusive_of_start=False) == [two.id]
    assert select(two.id, 2) == ids[1:]
    assert select(three.id, 1, inclusive_of_start=False) == []
    assert select(two.id, 10, stop=two.id) == [two.id]
    assert select(one.id, 10, stop=two.id) == ids[:2]
    assert select(one.id, 10, stop=two.id, inclusive_of_start=False) == [two.id]


# ── stores changed on purpose ──────────────────────────────────────────────────────────────────────────────────────

BEGUN = "RAISE EXCEPTION 'a stream begins once' USING ERRCODE = 'QS007';", "NULL;"
PREDECESSOR = (
    "RAISE EXCEPTION 'the stream is not where this append thinks it is' USING ERRCODE = 'QS002';",
    "NULL;",
)
OVERLOOKED = "    ORDER BY u.s, u.v;\n", "    ORDER BY u.s, u.v ON CONFLICT DO NOTHING;\n"


def run_alone(case: str, store: Store) -> list[str]:
    """What the library's case finds wrong."""
    suite = TestStreams(case)
    suite.store = store
    result = suite.run()
    assert result is not None
    return [found for _, found in (*result.failures, *result.errors)]


def test_the_librarys_case_fails_on_a_store_that_overlooks_conflicts(store: Store, database) -> None:
    assert run_alone("test_insert_and_select", store) == []
    replace(database.owner_url, changed("store.append", BEGUN, PREDECESSOR, OVERLOOKED))
    (found,) = run_alone("test_insert_and_select", store)
    assert "IntegrityError not raised" in found


def a_gap_is_refused(store: Store) -> bool:
    """Stricter than the library: an event whose predecessor does not exist."""
    first, _, third = events(3)
    recorder = StreamRecorder(store)
    recorder.insert_events([first])
    try:
        recorder.insert_events([third])
    except IntegrityError:
        return len(recorder.select_events(first.originator_id)) == 1
    return False


def test_an_event_needs_its_predecessor(store: Store, database) -> None:
    assert a_gap_is_refused(store)
    replace(database.owner_url, changed("store.append", PREDECESSOR))
    assert not a_gap_is_refused(store), "the check of the predecessor is what refuses it"
