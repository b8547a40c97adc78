"""The key-encryption key is followed by another while the store is in use."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store
from eventstore.keks import KekFiles, WrongKek, previous_of
from eventstore.rewrapping import rewrap
from eventstore.sealing import REDACTED
from runtime.secret_files import keep_once, replace_key
from tests.eventstore.library import asker  # noqa: F401 - declares the aggregates of the tests
from tests.soon import soon

STREAM = uuid4()


@pytest.fixture
def kek(tmp_path: Path) -> Path:
    file = tmp_path / "kek"
    keep_once(file, os.urandom(32))
    return file


@pytest.fixture
def pool(database):
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=1, open=True) as pool:
        yield pool


def follow(kek: Path) -> None:
    keep_once(previous_of(kek), kek.read_bytes())
    replace_key(kek, os.urandom(32))


def sealed(keyring: Keyring, count: int):
    subjects = [uuid4() for _ in range(count)]
    return {subject: keyring.seal(f"Awa {subject}", subject, STREAM, 1, "name") for subject in subjects}


def opens(keyring: Keyring, boxes) -> bool:
    return all(
        keyring.unseal(box, subject, STREAM, 1, "name") == f"Awa {subject}" for subject, box in boxes.items()
    )


def test_what_was_wrapped_before_opens_during_and_after(pool, database, kek: Path) -> None:
    before = Keyring(pool, KekFiles(kek))
    boxes = sealed(before, 5)
    follow(kek)
    boxes |= sealed(before, 5)  # a process that was running all the time wraps under the new one
    assert opens(Keyring(pool, KekFiles(kek)), boxes)
    assert rewrap(database.owner_url, KekFiles(kek)) == 5
    assert rewrap(database.owner_url, KekFiles(kek)) == 0
    previous_of(kek).unlink()
    assert opens(Keyring(pool, KekFiles(kek)), boxes)


def test_another_key_opens_nothing_and_changes_nothing(pool, database, kek: Path) -> None:
    boxes = sealed(Keyring(pool, KekFiles(kek)), 1)
    right = kek.read_bytes()
    replace_key(kek, os.urandom(32))
    with pytest.raises(WrongKek):
        opens(Keyring(pool, KekFiles(kek)), boxes)
    with pytest.raises(WrongKek):
        rewrap(database.owner_url, KekFiles(kek))
    replace_key(kek, right)
    assert opens(Keyring(pool, KekFiles(kek)), boxes)


def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(pool, database, kek: Path) -> None:
    keyring = Keyring(pool, KekFiles(kek))
    boxes = sealed(keyring, 3)
    erased = next(iter(boxes))
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(
            "UPDATE store.subject_keys SET wrapped_key = NULL, destroyed_at = clock_timestamp()"
            " WHERE subject_id = %s",
            (erased,),
        )
    follow(kek)
    assert rewrap(database.owner_url, KekFiles(kek)) == 2
    assert Keyring(pool, KekFiles(kek)).unseal(boxes[erased], erased, STREAM, 1, "name") == REDACTED


def test_nobody_fails_while_the_key_is_replaced_again_and_again(pool, database, kek: Path) -> None:
    failed: list[Exception] = []
    done = threading.Event()
    rounds = [0, 0]

    def work(number: int) -> None:
        keyring = Keyring(pool, KekFiles(kek))
        try:
            while not done.is_set():
                boxes = sealed(keyring, 3)
                keyring._cache.clear()
                assert opens(keyring, boxes)
                rounds[number] += 1
        except Exception as error:  # noqa: BLE001 - whatever it was, the test shows it
            failed.append(error)

    def settled() -> None:
        """Nobody is left who took a key before now: everybody has begun a round since, and finished it."""
        before = list(rounds)
        soon(lambda: failed or all(now >= was + 2 for now, was in zip(rounds, before, strict=True)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        follow(kek)
        rewrap(database.owner_url, KekFiles(kek))
        settled()
        while rewrap(database.owner_url, KekFiles(kek)):
            settled()
        previous_of(kek).unlink()
    done.set()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_store_works_with_the_files(pool, kek: Path) -> None:
    assert Store(pool, Keyring(pool, KekFiles(kek)), bytes(32)).history(STREAM) == []
