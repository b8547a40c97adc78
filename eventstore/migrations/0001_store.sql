-- The store: events and what guards them. Run as store_owner, who owns everything; the running processes are
-- the role app, which may call the functions below and has no right on the tables of the store itself.

CREATE SCHEMA store;
CREATE SCHEMA read;
GRANT USAGE ON SCHEMA store, read TO app;

CREATE TABLE store.store (
    incarnation uuid NOT NULL DEFAULT gen_random_uuid(),
    base        bigint NOT NULL DEFAULT 0,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    one_row     boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO store.store DEFAULT VALUES;

CREATE TABLE store.events (
    stream_id   uuid NOT NULL,
    version     int NOT NULL CHECK (version > 0),
    position    bigint NOT NULL UNIQUE,
    lane        smallint NOT NULL CHECK (lane BETWEEN 0 AND 63),
    owner       uuid,
    kind        text NOT NULL,
    schema      smallint NOT NULL,
    state       bytea NOT NULL,
    meta        bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    link        bytea NOT NULL CHECK (length(link) = 32),
    PRIMARY KEY (stream_id, version)
);
CREATE INDEX events_lane ON store.events (lane, position);
CREATE INDEX events_owner ON store.events (owner, position) WHERE owner IS NOT NULL;

CREATE TABLE store.commands (
    command_id  uuid PRIMARY KEY,
    request_mac bytea NOT NULL,
    answer      bytea NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE store.claims (
    scope     text NOT NULL,
    mac       bytea NOT NULL,
    stream_id uuid NOT NULL,
    PRIMARY KEY (scope, mac)
);
CREATE TABLE store.subject_keys (
    subject_id   uuid NOT NULL,
    version      int NOT NULL,
    wrapped_key  bytea,
    destroyed_at timestamptz,
    PRIMARY KEY (subject_id, version),
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE TABLE store.seals (
    from_position bigint PRIMARY KEY,
    to_position   bigint NOT NULL,
    count         bigint NOT NULL,
    merkle_root   bytea NOT NULL,
    previous      bytea NOT NULL,
    signature     bytea NOT NULL,
    anchored_at   timestamptz
);
CREATE TABLE store.positions (
    consumer text NOT NULL,
    lane     smallint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (consumer, lane)
) WITH (fillfactor = 50);
CREATE TABLE store.parked (
    consumer  text NOT NULL,
    stream_id uuid NOT NULL,
    version   int NOT NULL,
    position  bigint NOT NULL,
    lane      smallint NOT NULL,
    cause     text,              -- NULL: held back behind an earlier event of its stream
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, stream_id, version)
);
CREATE TABLE store.read_models (
    name       text NOT NULL,
    version    int NOT NULL,
    generation int NOT NULL,
    table_name text NOT NULL UNIQUE,
    state      text NOT NULL CHECK (state IN ('building', 'live', 'retiring')),
    since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, version, generation)
);
CREATE UNIQUE INDEX one_live_table ON store.read_models (name, version) WHERE state = 'live';
CREATE TABLE store.clock (
    ahead   interval NOT NULL DEFAULT '0',   -- how far the Clock is ahead of the machine: time-lapse
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO store.clock DEFAULT VALUES;

GRANT SELECT, INSERT, UPDATE, DELETE ON store.positions, store.parked TO app;
GRANT SELECT ON store.read_models, store.store TO app;
GRANT SELECT, UPDATE ON store.clock TO app;

-- ── what is written stays written ────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION store.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed' USING ERRCODE = 'QS009';
END $$;
CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON store.events
    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();

-- ── append ───────────────────────────────────────────────────────────────────────────────────────────────────
-- Called in autocommit, or as the first write of the transaction that holds a series lock.
-- Returns the stored answer as JSON: {"id", "version", "positions": {lane: position}}.
-- QS001 command id used with other content   QS002 a predecessor is missing or another   QS003 not the first write
-- QS004 too many or too large                QS005 somebody else's stream                QS006 claim taken
-- QS007 a stream begins with an id that is taken                        23505 a concurrent append came first

CREATE FUNCTION store.append(
    p_command uuid, p_mac bytea, p_id uuid, p_version int, p_customers uuid[],
    p_streams uuid[], p_versions int[], p_lanes smallint[], p_owners uuid[], p_kinds text[], p_schemas smallint[],
    p_states bytea[], p_metas bytea[], p_links bytea[], p_previous bytea[],
    p_claim_scopes text[], p_claim_macs bytea[], p_claim_streams uuid[],
    p_release_scopes text[], p_release_macs bytea[]
) RETURNS bytea LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    known record; x bigint; n int := cardinality(p_streams); taken text; positions text; reply bytea;
BEGIN
    -- The law of the feed: this lock is taken before the transaction has an id.
    LOCK TABLE events IN ROW EXCLUSIVE MODE;
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'append is the first write of its transaction' USING ERRCODE = 'QS003';
    END IF;

    SELECT answer, request_mac INTO known FROM commands WHERE command_id = p_command;
    IF FOUND THEN
        IF known.request_mac <> p_mac THEN
            RAISE EXCEPTION 'this command id was used with other content' USING ERRCODE = 'QS001';
        END IF;
        RETURN known.answer;
    END IF;

    IF n > 65535 OR EXISTS (SELECT FROM unnest(p_states) s WHERE length(s) > 524288)
                 OR EXISTS (SELECT FROM unnest(p_metas) s WHERE length(s) > 16384) THEN
        RAISE EXCEPTION 'too many events, or one of more than 512 kB' USING ERRCODE = 'QS004';
    END IF;
    IF p_customers IS NOT NULL AND EXISTS (
        SELECT FROM unnest(p_owners) o WHERE o IS NOT NULL AND o <> ALL (p_customers)
    ) THEN
        RAISE EXCEPTION 'somebody else''s stream' USING ERRCODE = 'QS005';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_streams, p_versions) AS u(s, v) JOIN events e ON e.stream_id = u.s AND e.version = 1
        WHERE u.v = 1
    ) THEN
        RAISE EXCEPTION 'a stream begins once' USING ERRCODE = 'QS007';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_streams, p_versions, p_lanes, p_owners, p_previous) AS u(s, v, lane, owner, previous)
        WHERE u.lane <> get_byte(sha256(uuid_send(coalesce(u.owner, u.s))), 0) % 64
           OR u.v = 1 AND u.previous <> decode(repeat('00', 32), 'hex')
           OR u.v > 1 AND NOT EXISTS (
                  SELECT FROM events e
                  WHERE e.stream_id = u.s AND e.version = u.v - 1 AND e.link = u.previous
                    AND e.owner IS NOT DISTINCT FROM u.owner)
              AND NOT EXISTS (
                  SELECT FROM unnest(p_streams, p_versions, p_links, p_owners) AS w(s, v, link, owner)
                  WHERE w.s = u.s AND w.v = u.v - 1 AND w.link = u.previous
                    AND w.owner IS NOT DISTINCT FROM u.owner)
    ) THEN
        RAISE EXCEPTION 'the stream is not where this append thinks it is' USING ERRCODE = 'QS002';
    END IF;

    x := pg_current_xact_id()::text::bigint;
    SELECT (x + base) << 16 INTO x FROM store;
    SELECT coalesce(json_object_agg(lane, position), '{}'::json)::text INTO positions FROM (
        SELECT u.lane::text, max(x + u.ordinal)::text AS position
        FROM unnest(p_lanes) WITH ORDINALITY AS u(lane, ordinal) GROUP BY u.lane
    ) last_of_lane;
    reply := convert_to(format('{"id":"%s","version":%s,"positions":%s}', p_id, p_version, positions), 'UTF8');
    INSERT INTO commands VALUES (p_command, p_mac, reply, clock_timestamp());

    IF cardinality(p_release_scopes) > 0 THEN
        DELETE FROM claims c USING unnest(p_release_scopes, p_release_macs) AS u(scope, mac)
        WHERE c.scope = u.scope AND c.mac = u.mac AND c.stream_id = ANY (p_id || p_streams);
    END IF;
    IF cardinality(p_claim_scopes) > 0 THEN
        INSERT INTO claims SELECT * FROM unnest(p_claim_scopes, p_claim_macs, p_claim_streams) AS u(scope, mac, s)
        ORDER BY scope, mac ON CONFLICT (scope, mac) DO NOTHING;
        SELECT c.scope INTO taken
        FROM unnest(p_claim_scopes, p_claim_macs, p_claim_streams) AS u(scope, mac, s)
        JOIN claims c USING (scope, mac) WHERE c.stream_id <> u.s LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'QS006', MESSAGE = taken;
        END IF;
    END IF;

    INSERT INTO events
    SELECT u.s, u.v, x + u.ordinal, u.lane, u.owner, u.kind, u.schema, u.state, u.meta, clock_timestamp(), u.link
    FROM unnest(p_streams, p_versions, p_lanes, p_owners, p_kinds, p_schemas, p_states, p_metas, p_links)
         WITH ORDINALITY AS u(s, v, lane, owner, kind, schema, state, meta, link, ordinal)
    ORDER BY u.s, u.v;
    RETURN reply;
END $$;

-- ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION store.load(p_stream uuid, p_customers uuid[] DEFAULT NULL, p_after int DEFAULT 0)
RETURNS SETOF store.events LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    IF p_customers IS NOT NULL AND EXISTS (
        SELECT FROM events e WHERE e.stream_id = p_stream AND e.version = 1
                               AND e.owner IS NOT NULL AND e.owner <> ALL (p_customers)
    ) THEN
        RAISE EXCEPTION 'somebody else''s stream' USING ERRCODE = 'QS005';
    END IF;
    RETURN QUERY SELECT * FROM events e WHERE e.stream_id = p_stream AND e.version > p_after ORDER BY e.version;
END $$;

CREATE FUNCTION store.newest(p_stream uuid)
RETURNS SETOF store.events LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT * FROM events WHERE stream_id = p_stream ORDER BY version DESC LIMIT 1
$$;

CREATE FUNCTION store.at(p_position bigint)
RETURNS SETOF store.events LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT * FROM events WHERE position = p_position
$$;

CREATE FUNCTION store.streams(p_after uuid, p_limit int)
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT stream_id FROM events WHERE version = 1 AND (p_after IS NULL OR stream_id > p_after)
    ORDER BY stream_id LIMIT p_limit
$$;

CREATE FUNCTION store.answer_of(p_command uuid)
RETURNS TABLE (request_mac bytea, answer bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT request_mac, answer FROM commands WHERE command_id = p_command
$$;

CREATE FUNCTION store.claimed(p_scope text, p_mac bytea)
RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT stream_id FROM claims WHERE scope = p_scope AND mac = p_mac
$$;

-- Where readers may go: below every transaction that could still commit an event.
-- x is the first id not yet completed; whoever holds the lock on events and has an id is read from its backend.
-- Whoever takes the lock later gets an id that is not below x, because the lock comes before the id.
CREATE FUNCTION store.horizon()
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    x bigint; h bigint; b bigint;
BEGIN
    -- Backend ids are cached for the transaction: an old picture would miss writers.
    PERFORM pg_stat_clear_snapshot();
    x := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    SELECT min(CASE
               WHEN full_id - x > 2147483648 THEN full_id - 4294967296
               WHEN x - full_id > 2147483648 THEN full_id + 4294967296
               ELSE full_id END) INTO h
    FROM (
        SELECT (x >> 32 << 32) | a.backend_xid::text::bigint AS full_id
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'relation' AND l.relation = 'store.events'::regclass
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.mode = 'RowExclusiveLock' AND l.granted AND a.backend_xid IS NOT NULL
    ) holders;
    SELECT base INTO b FROM store;
    RETURN (least(x, coalesce(h, x)) + b) << 16;
END $$;

-- One page of the feed; the last row has no stream and carries how far the page reaches.
CREATE FUNCTION store.read_feed(p_after bigint, p_lanes smallint[], p_limit int)
RETURNS SETOF store.events LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    upto bigint; n bigint; mark events;
BEGIN
    upto := horizon();
    RETURN QUERY SELECT * FROM events e
        WHERE e.position > p_after AND e.position < upto AND (p_lanes IS NULL OR e.lane = ANY (p_lanes))
        ORDER BY e.position LIMIT p_limit;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n < p_limit THEN
        mark.position := greatest(upto - 1, p_after);
        RETURN NEXT mark;
    END IF;
END $$;

-- ── keys of subjects ─────────────────────────────────────────────────────────────────────────────────────────

-- The number of the newest key; makes the first one. NULL once the subject has a tombstone.
CREATE FUNCTION store.mint_subject_key(p_subject uuid, p_wrapped bytea)
RETURNS int LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    newest int;
BEGIN
    SELECT max(version) INTO newest FROM subject_keys WHERE subject_id = p_subject;
    IF newest IS NULL THEN
        INSERT INTO subject_keys VALUES (p_subject, 1, p_wrapped) ON CONFLICT DO NOTHING;
        newest := 1;
    END IF;
    IF EXISTS (SELECT FROM subject_keys WHERE subject_id = p_subject AND destroyed_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN newest;
END $$;

CREATE FUNCTION store.subject_key(p_subject uuid, p_version int)
RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT wrapped_key FROM subject_keys WHERE subject_id = p_subject AND version = p_version
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.append, store.load, store.newest, store.at, store.streams, store.answer_of,
    store.claimed, store.horizon, store.read_feed, store.mint_subject_key, store.subject_key TO app;
