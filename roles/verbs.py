"""The verbs of manage.py: what can be said on the command line, each in a file of its own; many lines, so that all is in one place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from roles.bootstrap import ROOT
from runtime.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Json = Annotated[bool, typer.Option("--json", help="For programs.")]
State = Annotated[Path | None, typer.Option(help="The folder given to `up`; var/ without it.")]
Write = Annotated[bool, typer.Option(help="Write the committed file instead of printing.")]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def _settings(state: Path | None) -> Settings:
    """Of an installation: of a cluster in that folder what its processes are told, else what the environment says."""
    if state is not None and (state / "environment").exists():
        from demo.clustered import settings_in

        return settings_in(state)
    return Settings.load(state_dir=state)


# ── all in one ─────────────────────────────────────────────────────────────


@app.command()
def up(
    state: Annotated[
        Path | None,
        typer.Option(help="Folder of the database, the documents, the mails and the keys; var/ without it."),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Of the API; 0 = any free one for everything.")] = None,
    time_lapse: Annotated[
        bool, typer.Option(help="Let the API move the clock: never where money is real.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option(help="End when the process that started this one ends.", hidden=True)
    ] = False,
) -> None:
    """Everything on this machine: database, API, read models, reactions, clock, mails. Ctrl-C ends it."""
    from roles.up import up

    chosen = Settings.load(state_dir=state, http_port=port, time_lapse=time_lapse or None)
    sys.exit(up(chosen, any_ports=port == 0, with_parent=with_parent))


@app.command()
def cluster(
    state: Annotated[Path | None, typer.Option(help="Folder of everything; var/cluster without it.")] = None,
    port: Annotated[int | None, typer.Option(help="0 = any free one for everything.")] = None,
    scale: Annotated[
        list[str] | None, typer.Option(help="Other numbers than the file's: serve=3. May be said again.")
    ] = None,
    time_lapse: Annotated[
        bool, typer.Option(help="Let the API move the clock: never where money is real.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option(help="End when the process that started this one ends.", hidden=True)
    ] = False,
    demo: Annotated[
        bool, typer.Option(help="Tell the story of `demo` on one of its own, judge it, end it.")
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(help="The same, then `demo` with the same seed: every figure and every row is alike."),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="With both: other amounts, terms and habits.")] = None,
    json: Json = False,
) -> None:
    """What docker-compose.yml describes, as processes on this machine: several of each role, on Kafka, S3 and Redis."""
    from roles.cluster import Wish, cluster

    if demo or compare:
        from roles.demo import compared, on_a_cluster

        sys.exit(compared(seed, json=json) if compare else on_a_cluster(seed, json=json))
    asked = {name: number for name, _, number in (one.partition("=") for one in scale or [])}
    if not all(number.isdigit() for number in asked.values()):
        sys.exit("--scale takes the name of a service and a number: --scale serve=3")
    wish = Wish(port == 0, with_parent, time_lapse, {name: int(number) for name, number in asked.items()})
    sys.exit(cluster((state or ROOT / "var" / "cluster").resolve(), wish))


@app.command()
def demo(
    seed: Annotated[int | None, typer.Option(help="Other amounts, terms and habits of payment.")] = None,
    json: Json = False,
    tables: Annotated[
        Path | None,
        typer.Option(help="Write all read models to this file: the same for the same seed, on the same day."),
    ] = None,
) -> None:
    """Two loans live their whole life in time-lapse, and the figures are judged."""
    from roles.demo import demo

    sys.exit(demo(seed, json=json, tables=tables))


@app.command(name="sign-in")
def sign_in(
    who: Annotated[str, typer.Argument(help="advisor, approver, accountant, admin, jean or awa.")],
    code: Annotated[bool, typer.Option("--code", help="A one-time code instead, to be typed.")] = False,
    state: State = None,
) -> None:
    """An access token of one of the people of the demonstration, for curl. For five minutes."""
    from roles.sign_in import sign_in

    sys.exit(sign_in(_settings(state), who, code=code))


# ── one process each ───────────────────────────────────────────────────────


@app.command()
def serve() -> None:
    """The HTTP API."""
    from roles.serve import run

    run(Settings.load())


@app.command()
def project() -> None:
    """The feed into the read models."""
    from roles.project import run

    run(Settings.load())


@app.command()
def react() -> None:
    """The feed into jobs, and the jobs."""
    from roles.react import run

    run(Settings.load())


@app.command()
def relay() -> None:
    """The feed to Kafka, where there is one; one process ships, others stand by."""
    from roles.relay import run

    sys.exit(run(Settings.load()))


@app.command()
def clock() -> None:
    """Opens and closes business days."""
    from roles.clock import run

    run(Settings.load())


@app.command()
def entry(
    listen: Annotated[str, typer.Option(help="Where people come: 0.0.0.0:8000.")],
    to: Annotated[str, typer.Option(help="Where they are led, separated by commas: serve:8000.")],
) -> None:
    """One address before several of `serve`, each connection to one that is ready."""
    from roles.entry import run

    run(listen, to)


@app.command()
def mail() -> None:
    """The mail server of the embedded profile, which delivers nothing, with its page."""
    from roles.mail import run

    run(Settings.load())


# ── looking after it ───────────────────────────────────────────────────────


@app.command()
def status(state: State = None, json: Json = False) -> None:
    """What runs, how far everything is, what is parked."""
    from roles.status import show

    sys.exit(show(_settings(state), json=json))


@app.command()
def day(state: State = None) -> None:
    """How far the work of the business day is, until it is done: a bar on a terminal, else a line now and then."""
    from roles.day import follow

    sys.exit(follow(_settings(state)))


@app.command()
def migrate(
    state: State = None,
    keys: Annotated[
        bool, typer.Option(help="Make the missing secrets, too: other processes may then only read them.")
    ] = False,
) -> None:
    """Bring the database to this version of the code; harmless to repeat."""
    from roles.migrate import migrate, migrate_with_keys

    settings = _settings(state)
    for line in migrate_with_keys(settings) if keys else migrate(settings):
        typer.echo(line)


@app.command()
def keys(
    action: Annotated[str, typer.Argument(help="create, list or rotate.")] = "create",
    which: Annotated[str, typer.Argument(help="With rotate: kek, fleeting, signing or passwords.")] = "",
    state: State = None,
) -> None:
    """Make the secrets of this installation where they are missing, list them, or replace one: back them up."""
    from roles.keys import run

    sys.exit(run(_settings(state), action, which))


@app.command()
def backup(
    to: Annotated[
        Path | None,
        typer.Option(help="A new folder; without it one with the time in its name, in the state."),
    ] = None,
    physical: Annotated[
        bool,
        typer.Option(
            "--physical/--dump",
            help="Of the whole server: with the WAL archive every later moment can be restored;"
            " or a logical dump: this moment, into any later PostgreSQL.",
        ),
    ] = True,
    state: State = None,
) -> None:
    """Copy the database and the documents, verified, while everything runs. The keys are never in it."""
    from roles.backup import backup

    sys.exit(backup(_settings(state), to, "base" if physical else "dump"))


@app.command()
def restore(
    dump: Annotated[Path | None, typer.Option(help="A folder made by `backup --dump`.")] = None,
    base: Annotated[Path | None, typer.Option(help="A folder made by `backup --physical`.")] = None,
    at: Annotated[
        str,
        typer.Option(help="The moment to go back to, 2026-05-04T12:00:00+02:00; all there is without it."),
    ] = "",
    archive: Annotated[
        Path | None, typer.Option(help="WAL archive; without it the one of the installation backed up.")
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Documents stored since; without it those of that installation.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Folder with the copies of kek and secret, where the state has none.")
    ] = None,
    replace: Annotated[
        str, typer.Option(help="Name of the state folder whose installation may be put aside.")
    ] = "",
    adopt: Annotated[
        str, typer.Option(help="dump, moment: how a server of your own was restored by its own means.")
    ] = "",
    state: State = None,
) -> None:
    """Make an installation out of a backup, as another history; refuses to touch one that is there."""
    from roles import restore as role

    settings = Settings.load(state_dir=state)
    if adopt in ("dump", "moment") and dump is None and base is None:
        sys.exit(role.adopt(settings, "dump" if adopt == "dump" else "moment"))
    if adopt or (dump is None) == (base is None):
        sys.exit("Say one of --dump FOLDER, --base FOLDER, --adopt dump, --adopt moment.")
    if at and dump is not None:
        sys.exit("A dump is of one moment: --at goes with --base.")
    rest = role.moment(at), archive, documents, keys, replace
    wish = role.Wish(dump, "dump", *rest) if dump else role.Wish(base or Path(), "moment", *rest)
    sys.exit(role.restore(settings, wish))


@app.command()
def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(help="Read models, for example LoanBook; all without.")
    ] = None,
    state: State = None,
) -> None:
    """Build read models anew from the events, beside the live tables, and switch."""
    from roles.rebuild import rebuild

    sys.exit(rebuild(_settings(state), names or []))


@app.command()
def invite(
    email: Annotated[str, typer.Option(help="What the person signs in with; the invitation goes there.")],
    name: Annotated[str, typer.Option(help="Who that is.")],
    role: Annotated[
        str, typer.Option(help="admin, advisor, accountant, support or auditor; admin without it.")
    ] = "admin",
    language: Annotated[str, typer.Option(help="Of the mails: fr or en.")] = "fr",
    force: Annotated[
        bool, typer.Option(help="Although there is an administrator: when none of them can sign in.")
    ] = False,
    print_link: Annotated[
        bool, typer.Option(help="Show the link here, too; it is shown anyway when no mail can leave.")
    ] = False,
    state: State = None,
) -> None:
    """The first account of a new installation; after that, administrators invite."""
    from roles.invite import Guest, invite

    guest = Guest(email, name, role, language)
    sys.exit(invite(_settings(state), guest, force=force, print_link=print_link))


@app.command()
def parked(
    retry: Annotated[
        str | None, typer.Option(help="Try this consumer's parked events again; `all` for everyone's.")
    ] = None,
    leave_out: Annotated[
        str | None, typer.Option(help="Go on without this event, `stream:version`: a decision that is kept.")
    ] = None,
    of: Annotated[str, typer.Option(help="Whose: the consumer that parked it.")] = "",
    by: Annotated[
        UUID | None, typer.Option(help="Who decides: an account that may leave events out.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, in at least ten characters.")] = "",
    json: Json = False,
    state: State = None,
) -> None:
    """Events that a read model or a reaction could not take, with the cause."""
    from roles.parked import Omission, omit, parked

    settings = _settings(state)
    if leave_out is None:
        sys.exit(parked(settings, retry, json=json))
    if by is None or not of or len(reason) < 10:
        sys.exit(
            "--leave-out takes --of, --by and --reason: a named person decides, for a reason that is kept."
        )
    sys.exit(omit(settings, Omission(of, leave_out, by, reason)))


@app.command()
def documents(
    action: Annotated[str, typer.Argument(help="move: from the disk of this machine into the bucket.")],
    state: State = None,
) -> None:
    """Bring documents from the disk into S3, once a bucket is named: `documents move`."""
    from roles.documents import move

    if action != "move":
        sys.exit("Say `documents move`.")
    sys.exit(move(Settings.load(state_dir=state)))


@app.command()
def audit(
    what: Annotated[
        str,
        typer.Argument(
            help="verify: every stream's chain and the access log's; compare: read models with a fresh replay;"
            " documents: every document that an event names is there, byte for byte."
        ),
    ],
    json: Json = False,
    state: State = None,
) -> None:
    """Prove the history: `audit verify`, `audit compare`, `audit documents`."""
    from roles.audit import audit

    sys.exit(audit(_settings(state), what, json=json))


# ── working on it ──────────────────────────────────────────────────────────


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Every test, on two cores; further words go to pytest."""
    from roles.test import test

    sys.exit(test(context.args))


@app.command(name="web-check", context_settings=PASS_ON)
def web_check(context: typer.Context) -> None:
    """Every page of both faces in a browser: axe, weight, policy, what is empty and what is refused. Part of `test`."""
    from roles.web_check import web_check

    sys.exit(web_check(context.args))


@app.command()
def screens(
    publish: Annotated[
        bool, typer.Option("--publish", help="Write the chosen ones to docs/screens/ as well.")
    ] = False,
    only: Annotated[str, typer.Option(help="Pages whose address holds this: loans.")] = "",
) -> None:
    """Pictures of every page: both themes, both languages, desktop and phone, in var/screens/."""
    from roles.screens import screens

    sys.exit(screens(publish=publish, only=only))


@app.command(context_settings=PASS_ON)
def bench(context: typer.Context) -> None:
    """How fast it is, beside its limits and its peers; --full takes longer, --help says the rest."""
    from roles.bench import bench

    sys.exit(bench(context.args))


@app.command(context_settings=PASS_ON)
def chaos(
    context: typer.Context,
    run: Annotated[
        str,
        typer.Argument(
            help="order: the feed; pg: the database; projectors: the read models; kafka: the events on a broker."
        ),
    ],
) -> None:
    """Break things for as long as it takes and count what was lost: nothing, or it fails."""
    from roles.chaos import chaos

    sys.exit(chaos(run, context.args))


@app.command(context_settings=PASS_ON)
def fuzz(context: typer.Context) -> None:
    """Every operation of the API with what fits and what does not; --examples N, --seed N."""
    from roles.fuzz import fuzz

    sys.exit(fuzz(context.args))


@app.command(context_settings=PASS_ON)
def idor(context: typer.Context) -> None:
    """Every route with ids of another customer, by every role; then the database alone."""
    from roles.idor import idor

    sys.exit(idor(context.args))


@app.command()
def web(
    dev: Annotated[
        bool,
        typer.Option(
            "--dev", help="Serve both from their sources instead, and draw them anew as they change."
        ),
    ] = False,
    state: State = None,
) -> None:
    """Build the two web applications, the portal and the back-office, where their sources have changed."""
    from rich.console import Console

    from roles import web

    console = Console()
    if not dev:
        sys.exit(0 if web.ready(console) else 1)
    settings = _settings(state)
    sys.exit(web.develop(f"http://localhost:{settings.http_port}", console))


@app.command()
def check() -> None:
    """What CI checks beside the tests: format, lint, types, import contracts, generated files fresh."""
    from roles.check import check

    sys.exit(check())


@app.command(name="map")
def draw_map(
    name: Annotated[
        str | None, typer.Argument(help="An aggregate, an event, a command, a read model: Contract.Signed")
    ] = None,
    write: Write = False,
) -> None:
    """Who asks for an event, who reads it, who acts on it."""
    from roles.map import show

    sys.exit(show(name, write=write))


@app.command()
def openapi(write: Write = False) -> None:
    """The OpenAPI document."""
    from roles.openapi import show

    show(write=write)


@app.command()
def permissions(write: Write = False) -> None:
    """Who may do what: roles, permissions, operations."""
    from roles.permissions import show

    show(write=write)


@app.command()
def asvs(write: Write = False) -> None:
    """What OWASP asks of an application: how much is met, and what is open."""
    from roles.asvs import show

    sys.exit(show(write=write))


@app.command()
def guide(write: Write = False) -> None:
    """How a loan is calculated, in French: every number and picture made by the rules."""
    from roles.guide import show

    show(write=write)


@app.command(hidden=True)
def fresh() -> None:
    """Whether the generated files in docs/ say what the code says."""
    from roles import asvs, guide, map, openapi, permissions

    found = {
        "map": map.is_fresh(),
        "openapi": openapi.is_fresh(),
        "permissions": permissions.is_fresh(),
        "asvs": asvs.is_fresh(),
        "guide": guide.is_fresh(),
    }
    for name in [name for name, well in found.items() if not well]:
        typer.echo(f"docs/{name} is not fresh: run `python3 manage.py {name} --write`")
    sys.exit(0 if all(found.values()) else 1)


@app.command()
def lock() -> None:
    """Write requirements.lock and requirements-dev.lock from pyproject.toml."""
    from roles.lock import lock

    sys.exit(lock())
