"""`manage.py keys`: what is made, listed without values, and replaced while the store is in use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from access.secrets import Secrets
from demo.installation import of_its_own
from eventstore import Keyring
from eventstore.keks import previous_of
from eventstore.migrate import ROLES
from eventstore.read_models import ensure
from roles import keys
from roles.backup_folder import RETIRED, Keys, check_keys, fingerprint
from roles.migrate import FOLDERS, migrate, prepare
from roles.process import store_on
from runtime import database
from runtime.embedded.postgres import SUPERUSER, Postgres
from runtime.settings import DATABASE, Settings
from tests.eventstore.shelf import SHELF, buy
from tests.soon import soon

assert FOLDERS, "what `migrate` applies"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation whose database runs; its passwords and keys are the tests' to replace."""
    settings = of_its_own(tmp_path_factory.mktemp("keys") / "state")
    server = Postgres(settings.postgres_dir, die_with_parent=True, durable=False)
    server.start()
    prepare(server)
    list(migrate(settings))
    ensure(settings.owner_url, SHELF)
    list(keys.create(settings))
    yield settings
    server.stop()


def at_once(settings: Settings, which: str) -> list[str]:
    return (
        list(keys._kek(settings, lambda line: None, 0.0))
        if which == "kek"
        else list(keys.rotate(settings, which))
    )


def test_a_key_is_made_once_and_listed_without_its_value(installed: Settings) -> None:
    before = installed.kek()
    list(keys.create(installed))
    assert installed.kek() == before
    said = "\n".join(keys.listed(installed))
    values = [installed.kek(), installed.secret(), installed.fleeting()]
    passwords = [Postgres(installed.postgres_dir).password(role) for role in ROLES]
    assert not [value for value in values if value.hex() in said or repr(value) in said]
    assert not [password for password in passwords if password in said]
    for name in ("kek", "secret", "fleeting", "password of app", "password of auditor"):
        assert f"{name}: " in said


def test_the_kek_is_replaced_while_the_store_is_in_use(installed: Settings) -> None:
    with database.pool(installed.database_url, name="test") as pool:
        store, secrets = store_on(pool, installed), Secrets(pool, installed.keks())
        books = [buy(store, dedication="À Awa") for _ in range(3)]
        id, account = uuid4(), uuid4()
        secrets.keep(id, account, "totp", b"a seed")
        old = installed.kek()
        said = at_once(installed, "kek")
        assert installed.kek() != old
        assert not previous_of(installed.kek_file).exists()
        assert (installed.kek_file.parent / RETIRED / f"kek.{fingerprint(old)}").read_bytes() == old
        assert any("under the new key" in line for line in said)
        kept = Secrets(pool, installed.kek()).open(id, account)
        assert kept is not None
        assert kept.value == b"a seed"
        for reading in (store, store_on(pool, installed)):
            assert all(
                row.event().dedication.open() == "À Awa"
                for book in books
                for row in reading.history(book)[:1]
            )
        buy(store, dedication="À Jean")
        assert keys.rewrap(installed.owner_url, installed.keks()) == 0


def test_a_rotation_that_was_broken_off_goes_on(installed: Settings) -> None:
    with database.pool(installed.database_url, name="test") as pool:
        book = buy(store_on(pool, installed), dedication="À Awa")
    steps = keys._kek(installed, lambda line: None, 0.0)
    next(steps)  # the new key is there, nothing is wrapped anew
    steps.close()
    new = installed.kek()
    assert any("going on" in line for line in at_once(installed, "kek"))
    assert installed.kek() == new
    with database.pool(installed.database_url, name="test") as pool:
        assert store_on(pool, installed).history(book)[0].event().dedication.open() == "À Awa"


def test_the_old_key_is_kept_until_who_took_it_before_has_written(installed: Settings) -> None:
    old, reader, stream = installed.kek(), uuid4(), uuid4()
    list(islice(keys._kek(installed, lambda line: None, 0.0), 2))  # broken off: everything is wrapped anew
    steps = keys._kek(installed, lambda line: None, 0.0)
    assert "going on" in next(steps)
    assert "0 keys of subjects" in next(steps)
    with database.pool(installed.database_url, name="test") as pool:
        box = Keyring(pool, old).seal("Awa", reader, stream, 1, "name")
        said = list(steps)
        assert any("1 keys of subjects" in line for line in said), said
        assert Keyring(pool, installed.keks()).unseal(box, reader, stream, 1, "name") == "Awa"
    assert not previous_of(installed.kek_file).exists()


def test_every_password_is_replaced_and_whoever_has_connections_finds_the_new_one(
    installed: Settings,
) -> None:
    server = Postgres(installed.postgres_dir)
    old = {role: server.password(role) for role in ROLES}
    with database.pool(installed.database_url, name="test") as pool:
        with pool.connection() as connection:
            connection.execute("SELECT 1")
        at_once(installed, "passwords")
        with psycopg.connect(server.url(SUPERUSER, DATABASE), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'app'"
            )
        with pool.connection() as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("app",)
    for role, url in installed.urls().items():
        psycopg.connect(url).close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password=old[role], passfile="")


def test_every_role_proves_itself_by_scram_on_every_way_in(installed: Settings) -> None:
    server = Postgres(installed.postgres_dir)
    with psycopg.connect(server.url(SUPERUSER, DATABASE)) as admin:
        ways = admin.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules").fetchall()
        assert {method for _, method in ways} == {"scram-sha-256"}
        assert "local" in {kind for kind, _ in ways}
        assert admin.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
        kept = admin.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
        assert {name for name, _ in kept} == {SUPERUSER, *ROLES}
        assert all(str(password).startswith("SCRAM-SHA-256$") for _, password in kept)
    for role in ROLES:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url(role, DATABASE), password="wrong", passfile="")


def test_what_signs_links_is_replaced_and_what_keys_hashes_is_not(
    installed: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, fleeting = installed.secret(), installed.fleeting()
    assert keys.run(installed, "rotate", "fleeting") == 0
    assert keys.run(installed, "rotate", "secret") == 1
    assert keys.run(installed, "rotate", "everything") == 1
    assert (installed.secret(), installed.fleeting() != fleeting) == (secret, True)
    assert "rotate fleeting" in capsys.readouterr().out


def test_the_signing_key_is_followed_by_another(installed: Settings) -> None:
    at_once(installed, "signing")
    at_once(installed, "signing")
    assert len(list(installed.signing_dir.glob("*.pem"))) == 2


def test_a_password_in_a_connection_string_cannot_be_replaced_from_here(tmp_path: Path) -> None:
    urls = dict.fromkeys(
        ("database_url", "owner_url", "projector_url", "auditor_url"), "postgresql://a:b@127.0.0.1/q"
    )
    settings = Settings.load(state_dir=tmp_path, **urls)
    with pytest.raises(keys.CannotRotate, match="passfile"):
        list(keys.rotate(settings, "passwords"))


def test_a_backup_of_before_opens_with_the_retired_key(installed: Settings, tmp_path: Path) -> None:
    made_with = Keys.of(installed.kek_file, installed.secret_file)
    at_once(installed, "kek")

    class Made:
        keys = made_with

    found = check_keys(installed, Made(), None)  # type: ignore[arg-type]
    assert fingerprint(found[previous_of(installed.kek_file)].read_bytes()) == made_with.kek
    copies = tmp_path / "copies"
    shutil.copytree(installed.kek_file.parent, copies)
    elsewhere = of_its_own(tmp_path / "empty")
    shutil.rmtree(copies / RETIRED)
    (copies / "kek").unlink()
    (copies / "kek").write_bytes(found[previous_of(installed.kek_file)].read_bytes())
    found = check_keys(elsewhere, Made(), copies)  # type: ignore[arg-type]
    assert found[elsewhere.kek_file] == copies / "kek"


def test_processes_notice_the_new_key_within_a_moment(installed: Settings) -> None:
    keks = installed.keks()
    before = keks.every()[0]
    at_once(installed, "kek")
    assert soon(lambda: keks.every()[0] != before)
