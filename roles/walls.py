"""The second wall, looked at: does the database refuse what it is meant to refuse? Many lines, because the lists are here.

The lists below are all that anybody but the owner may do; whatever the catalogue shows beside them is a breach, and so
is a table, view or function that nobody has entered here. `manage.py status` says how many there are, a test lists
them for a fresh database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from eventstore import Projection
from eventstore.migrate import ROLES

OWNER = "store_owner"
READS = {"SELECT"}
WRITES = {"SELECT", "INSERT", "UPDATE", "DELETE"}
Rights = Mapping[str, set[str]]

SCHEMAS: Mapping[str, set[str]] = {
    "public": {"app", "auditor"},
    "store": {"app", "projector", "auditor"},
    "read": {"app", "projector", "auditor"},
    "jobs": {"app", "auditor"},
    "access": {"app", "auditor"},
}
"""Who may look into each schema; nobody but the owner makes anything there."""

TABLES: Mapping[str, Rights] = {
    "public.migrations": {"app": READS, "auditor": READS},
    "store.store": {"app": READS, "projector": READS, "auditor": READS},
    "store.events": {},
    "store.commands": {},
    "store.claims": {},
    "store.subject_keys": {},
    "store.seals": {},
    "store.positions": {
        "app": {"SELECT", "UPDATE"},
        "projector": {"SELECT", "UPDATE"},
        "auditor": READS,
    },
    "store.parked": {"app": WRITES, "projector": WRITES, "auditor": READS},
    "store.read_models": {"app": READS, "projector": READS, "auditor": READS},
    "store.clock": {"app": {"SELECT", "UPDATE"}, "auditor": READS},
    "store.restores": {"app": READS, "auditor": READS},
    "store.relay": {"app": READS, "projector": {"SELECT", "UPDATE"}, "auditor": READS},
    "access.sessions": {},
    "access.refresh": {},
    "access.key_uses": {},
    "access.secrets": {},
    "access.challenges": {},
    "access.log": {},
    "jobs.procrastinate_workers": {"app": WRITES},
    "jobs.procrastinate_jobs": {"app": WRITES, "auditor": READS},
    "jobs.procrastinate_periodic_defers": {"app": WRITES},
    "jobs.procrastinate_events": {"app": WRITES},
    "jobs.procrastinate_jobs_id_seq": {"app": {"USAGE"}},
    "jobs.procrastinate_events_id_seq": {"app": {"USAGE"}},
    "jobs.procrastinate_workers_id_seq": {"app": {"USAGE"}},
    "jobs.procrastinate_periodic_defers_id_seq": {"app": {"USAGE"}},
}
"""Tables, views and sequences. Those of the read models are told apart by their rule: ``_read_model``."""

_EVERYBODY = {"app", "projector", "auditor"}
FUNCTIONS: Mapping[str, set[str]] = {
    "store.append": {"app"},
    "store.append_one": {"app"},
    "store.mint_subject_key": {"app"},
    "store.claimed": {"app"},
    "store.answer_of": {"app"},
    "store.load": {"app", "auditor"},
    "store.newest": _EVERYBODY,
    "store.latest": {"app"},
    "store.at": _EVERYBODY,
    "store.read_feed": _EVERYBODY,
    "store.horizon": _EVERYBODY,
    "store.lane_ends": _EVERYBODY,
    "store.subject_key": _EVERYBODY,
    "store.move_together": {"projector"},
    "store.streams": {"auditor"},
    "store.chain_marks": {"auditor"},
    "store.chain_between": {"auditor"},
    "store.is_behind": {"app", "auditor"},
    "store.reached": set(),
    "store.begin_again": set(),
    "store.refuse_change": set(),
    "access.is_live": set(),
    "access.open_session": {"app"},
    "access.renew_session": {"app"},
    "access.live_session": {"app"},
    "access.sessions_of": {"app"},
    "access.end_session": {"app"},
    "access.end_sessions": {"app"},
    "access.rotate": {"app"},
    "access.key_used": {"app"},
    "access.key_uses_of": {"app"},
    "access.keep_secret": {"app"},
    "access.open_secret": {"app"},
    "access.replace_secret": {"app"},
    "access.forget_secret": {"app"},
    "access.put_challenge": {"app"},
    "access.take_challenge": {"app"},
    "access.part": set(),
    "access.bytes_of": set(),
    "access.refuse_change": set(),
    "access.note": {"app"},
    "access.log_page": {"app", "auditor"},
    "access.log_after": {"app", "auditor"},
}
"""Who calls what. Those of the job queue are the library's, and all of them the application's."""

FINAL = ("store.events events_are_final",)
"""Triggers that refuse every change."""

POLICIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "store.positions": {
        "seen": ("SELECT app,auditor,projector", "true"),
        "reactions": ("UPDATE app", "(consumer = 'reactions'::text)"),
        "read_models": ("UPDATE projector", "(consumer <> 'reactions'::text)"),
    },
    "store.parked": {
        "seen": ("SELECT app,auditor,projector", "true"),
        "reactions": ("ALL app", "(NOT (consumer IN ({models})))"),
        "read_models": ("ALL projector", "(consumer IN ({models}))"),
    },
}
"""Row policies: for which statements of whom, and which rows."""

_MODELS = " SELECT read_models.table_name\n   FROM store.read_models"
_SCOPE = "( SELECT current_setting('quittance.scope'::text, true) AS current_setting)"
_ALL_ROWS = f"({_SCOPE} = 'all'::text)"
_OWN_ROWS = f"({{owner}} = ANY ((string_to_array(NULLIF({_SCOPE}, 'all'::text), ','::text))::uuid[]))"


def breaches(connection: psycopg.Connection[Any]) -> list[str]:
    """What does not stand as it should, a sentence each; any role may look."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return [
            *_roles(cursor),
            *_database(cursor),
            *_schemas(cursor),
            *_tables(cursor),
            *_functions(cursor),
            *_triggers(cursor),
            *_defaults(cursor),
        ]


# ── roles, the database, schemas ───────────────────────────────────────────


def _roles(cursor: Any) -> Iterator[str]:
    found = cursor.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = ANY (%s)",
        (list(ROLES),),
    ).fetchall()
    for name in set(ROLES) - {role.rolname for role in found}:
        yield f"there is no role {name}"
    for role in found:
        powers = [power for power, has in zip(role._fields[1:], role[1:], strict=True) if has]
        if powers:
            yield f"role {role.rolname} has {', '.join(powers)}"
    for role in cursor.execute(
        "SELECT member::regrole::text AS member, roleid::regrole::text AS of FROM pg_auth_members"
        " WHERE member::regrole::text = ANY (%s) AND (member::regrole::text, roleid::regrole::text)"
        " <> (%s, 'pg_read_all_stats')",
        (list(ROLES), OWNER),
    ).fetchall():
        yield f"role {role.member} is a member of {role.of}"


def _database(cursor: Any) -> Iterator[str]:
    wanted = {"app": {"CONNECT"}, "projector": {"CONNECT"}, "auditor": {"CONNECT", "TEMPORARY"}}
    cursor.execute(
        "SELECT a.grantee, a.privilege_type FROM pg_database d,"
        " aclexplode(coalesce(datacl, acldefault('d', datdba))) a"
        " WHERE datname = current_database() AND grantee <> datdba"
    )
    yield from _differences("the database", _granted(cursor), wanted)


def _schemas(cursor: Any) -> Iterator[str]:
    cursor.execute(
        "SELECT oid, nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    )
    for schema in cursor.fetchall():
        if schema.name not in SCHEMAS:
            yield f"schema {schema.name} is not in the list"
            continue
        cursor.execute(
            "SELECT a.grantee, a.privilege_type FROM pg_namespace,"
            " aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a WHERE oid = %s AND grantee <> nspowner",
            (schema.oid,),
        )
        wanted = {role: {"USAGE"} for role in SCHEMAS[schema.name]}
        yield from _differences(f"schema {schema.name}", _granted(cursor), wanted)


# ── tables and views ───────────────────────────────────────────────────────


def _tables(cursor: Any) -> Iterator[str]:
    models = _read_models(cursor)
    cursor.execute(
        "SELECT oid, relnamespace::regnamespace::text AS schema, relname, relkind, relowner::regrole::text AS owner,"
        " relrowsecurity, relforcerowsecurity, reloptions FROM pg_class WHERE relkind = ANY ('{r,p,v,m,f,S}')"
        " AND relnamespace::regnamespace::text = ANY (%s) ORDER BY 2, 3",
        (list(SCHEMAS),),
    )
    for table in cursor.fetchall():
        name = f"{table.schema}.{table.relname}"
        if table.owner != OWNER:
            yield f"{name} belongs to {table.owner}"
        if table.relkind == "v" and "security_invoker=true" not in (table.reloptions or []):
            yield f"view {name} reads with the rights of its owner: it lacks security_invoker"
        if table.relkind == "m":
            yield f"{name} is a materialized view, which no row policy guards"
        rights = _rights_on(cursor, table.oid)
        if table.schema == "read":
            yield from _read_model(cursor, table, name, rights, models)
        elif name not in TABLES:
            yield f"{name} is not in the list"
        else:
            yield from _differences(name, rights, TABLES[name])
            yield from _policies(cursor, table, name, _listed(name))


def _read_model(
    cursor: Any, table: Any, name: str, rights: Rights, models: Mapping[str, Any]
) -> Iterator[str]:
    """The rule for a table of a read model: guarded for everybody, or still nobody's."""
    known = models.get(table.relname)
    if known is None:
        yield f"{name} is not the table of a read model"
        return
    if known.state == "building" and not table.relrowsecurity:
        yield from _differences(name, rights, {})
        return
    if not table.relforcerowsecurity:
        yield f"{name} does not force its row policies on its owner"
    wanted: Rights = {"app": READS, "projector": WRITES, "auditor": READS}
    yield from _differences(name, rights, wanted)
    yield from _policies(cursor, table, name, _of_read_model(cursor, table, known))


def _of_read_model(cursor: Any, table: Any, model: Any) -> dict[str, tuple[str, str]]:
    wanted = {
        "everything": (f"ALL {OWNER}", _ALL_ROWS),
        "projected": ("ALL projector", "true"),
        "audited": ("SELECT auditor", "true"),
        "all_rows": ("SELECT app", _ALL_ROWS),
    }
    kinds = {(kind.name, kind.version): kind for kind in Projection.registry.values()}
    kind = kinds.get((model.name, model.version))
    owner = _owner_column(cursor, table.oid) if kind is None else kind.owner
    if owner is not None:
        wanted["own_rows"] = ("SELECT app", _OWN_ROWS.format(owner=owner))
    return wanted


def _owner_column(cursor: Any, table: int) -> str | None:
    """Of a table of another release, which is not known here: what its own policy says."""
    cursor.execute(
        "SELECT pg_get_expr(polqual, polrelid) AS says FROM pg_policy WHERE polrelid = %s AND polname = 'own_rows'",
        (table,),
    )
    row = cursor.fetchone()
    found = re.match(r"\((\w+) = ANY", row.says) if row else None
    return found[1] if found else None


def _policies(cursor: Any, table: Any, name: str, wanted: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    if bool(wanted) != table.relrowsecurity:
        yield f"{name} has row security {'off' if wanted else 'on, which is not in the list'}"
    cursor.execute(
        "SELECT polname, polpermissive, CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'"
        " WHEN 'd' THEN 'DELETE' ELSE 'ALL' END || ' ' || (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE"
        " r::regrole::text END, ',' ORDER BY r::regrole::text) FROM unnest(polroles) r) AS for_whom,"
        " pg_get_expr(polqual, polrelid) AS uses, pg_get_expr(polwithcheck, polrelid) AS checks"
        " FROM pg_policy WHERE polrelid = %s",
        (table.oid,),
    )
    found = {policy.polname: policy for policy in cursor.fetchall()}
    for missing in wanted.keys() - found.keys():
        yield f"{name} lacks the policy {missing}"
    for policy in found.values():
        expected = wanted.get(policy.polname)
        if expected is None:
            yield f"{name} has a policy {policy.polname}, which is not in the list"
        elif (policy.for_whom, policy.uses) != expected or policy.checks not in (None, policy.uses):
            yield f"the policy {policy.polname} of {name} says: {policy.for_whom} {policy.uses} {policy.checks or ''}"


def _listed(name: str) -> dict[str, tuple[str, str]]:
    return {
        policy: (whom, rows.replace("{models}", _MODELS))
        for policy, (whom, rows) in POLICIES.get(name, {}).items()
    }


def _read_models(cursor: Any) -> dict[str, Any]:
    cursor.execute("SELECT table_name, name, version, state FROM store.read_models")
    return {model.table_name: model for model in cursor.fetchall()}


# ── functions ──────────────────────────────────────────────────────────────


def _functions(cursor: Any) -> Iterator[str]:
    cursor.execute(
        "SELECT p.oid, pronamespace::regnamespace::text AS schema, proname, proowner::regrole::text AS owner, prosecdef,"
        " proconfig, EXISTS (SELECT FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE tgfoid = p.oid"
        " AND c.relnamespace = 'read'::regnamespace) AS guards_a_read_model"
        " FROM pg_proc p WHERE pronamespace::regnamespace::text = ANY (%s) ORDER BY 2, 3",
        (list(SCHEMAS),),
    )
    for function in cursor.fetchall():
        name = f"{function.schema}.{function.proname}"
        if function.owner != OWNER:
            yield f"{name}() belongs to {function.owner}"
        path = [setting for setting in function.proconfig or [] if setting.startswith("search_path=")]
        if function.prosecdef and not (path and path[0].endswith("pg_temp")):
            yield f"{name}() runs with the rights of its owner and without a search_path that ends with pg_temp"
        allowed = {"app"} if function.schema == "jobs" else FUNCTIONS.get(name)
        if allowed is None and function.schema == "read" and function.guards_a_read_model:
            allowed = set()
        cursor.execute(
            "SELECT a.grantee, a.privilege_type FROM pg_proc,"
            " aclexplode(coalesce(proacl, acldefault('f', proowner))) a WHERE oid = %s AND grantee <> proowner",
            (function.oid,),
        )
        granted = _granted(cursor)
        if allowed is None:
            yield f"{name}() is not in the list"
        else:
            yield from _differences(f"{name}()", granted, {role: {"EXECUTE"} for role in allowed})


def _triggers(cursor: Any) -> Iterator[str]:
    """What is written stays written, for the owner too."""
    cursor.execute(
        "SELECT tgrelid::regclass::text || ' ' || tgname AS name FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal"
    )
    there = {trigger.name for trigger in cursor.fetchall()}
    yield from (f"the trigger {trigger} is missing or disabled" for trigger in FINAL if trigger not in there)


def _defaults(cursor: Any) -> Iterator[str]:
    """What a new table, sequence or function is born with."""
    cursor.execute(
        "SELECT defaclobjtype AS kind, a.grantee, a.privilege_type FROM pg_default_acl, aclexplode(defaclacl) a"
        " WHERE a.grantee <> defaclrole"
    )
    for given in cursor.fetchall():
        yield f"what is made ({given.kind}) is born with {given.privilege_type} for {given.grantee or 'PUBLIC'}"
    cursor.execute(
        "SELECT FROM pg_default_acl WHERE defaclrole = %s::regrole AND defaclnamespace = 0 AND defaclobjtype = 'f'",
        (OWNER,),
    )
    if cursor.fetchone() is None:
        yield "functions are born with EXECUTE for PUBLIC"


# ── rights ─────────────────────────────────────────────────────────────────


def _rights_on(cursor: Any, table: int) -> dict[str, set[str]]:
    """Of the table and of its columns."""
    cursor.execute(
        "SELECT a.grantee, a.privilege_type FROM pg_class,"
        " aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner))) a"
        " WHERE oid = %(table)s AND grantee <> relowner UNION ALL"
        " SELECT a.grantee, a.privilege_type || ' of ' || attname FROM pg_attribute, aclexplode(attacl) a"
        " WHERE attrelid = %(table)s",
        {"table": table},
    )
    return _granted(cursor)


def _granted(cursor: Any) -> dict[str, set[str]]:
    """By name of the role; PUBLIC is a role here."""
    rows = cursor.fetchall()
    cursor.execute("SELECT oid, rolname FROM pg_roles WHERE oid = ANY (%s)", ([row.grantee for row in rows],))
    names = {role.oid: role.rolname for role in cursor.fetchall()}
    granted: dict[str, set[str]] = {}
    for row in rows:
        granted.setdefault(names.get(row.grantee, "PUBLIC"), set()).add(row.privilege_type)
    return granted


def _differences(what: str, granted: Rights, wanted: Rights) -> Iterator[str]:
    for role in sorted(granted.keys() | wanted.keys()):
        has, needs = granted.get(role, set()), wanted.get(role, set())
        if more := has - needs:
            yield f"{role} has {', '.join(sorted(more))} on {what}"
        if less := needs - has:
            yield f"{role} lacks {', '.join(sorted(less))} on {what}"
