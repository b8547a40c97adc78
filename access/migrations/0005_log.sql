-- Who looked at what: written once, in one order, each entry linked to the one before it.

CREATE TABLE access.log (
    entry     bigint PRIMARY KEY CHECK (entry > 0),   -- 1, 2, 3 … without a gap
    at        timestamptz NOT NULL,                   -- the database's own time, never going back
    day       date,                                   -- the business date
    who       text NOT NULL,                          -- as in the meta of events
    proof     text,                                   -- session:<id>, key:<id>
    roles     text[] NOT NULL,                        -- what whoever asked was at that moment
    via       text NOT NULL,                          -- what carried the proof
    action    text NOT NULL,                          -- operation id
    kind      text NOT NULL,                          -- what it is about
    resource  text,                                   -- its id, from the address
    customers uuid[] NOT NULL,                        -- whose data was shown
    decision  text NOT NULL CHECK (decision IN ('allow', 'deny')),
    reason    text,                                   -- type of the problem
    status    int NOT NULL,
    request   text NOT NULL,                          -- request id
    network   text NOT NULL,                          -- of the client: /24 or /48
    address   bytea NOT NULL,                         -- keyed digest of the client's whole address
    link      bytea NOT NULL CHECK (length(link) = 32),
    CHECK ((decision = 'deny') = (reason IS NOT NULL))
);
CREATE INDEX log_who ON access.log (who, entry);
CREATE INDEX log_resource ON access.log (resource, entry) WHERE resource IS NOT NULL;
CREATE INDEX log_customers ON access.log USING gin (customers);

CREATE FUNCTION access.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was seen stays recorded' USING ERRCODE = 'QS009';
END $$;
CREATE TRIGGER log_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON access.log
    FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();

-- ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────
-- link(n) = SHA-256(link(n-1), 32 bytes, zeros before the first ‖ SHA-256(the bytes of entry n)).
-- The bytes of an entry: its columns from entry to address in the order of the table, each one as its length in
-- bytes (int4, big-endian) and its text in UTF-8; length -1 and nothing for NULL. Numbers in decimal, at in whole
-- microseconds since 1970 UTC, day as YYYY-MM-DD, uuids with hyphens, lists joined by commas, address in hexadecimal.

CREATE FUNCTION access.part(p_text text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_text IS NULL THEN int4send(-1)
           ELSE int4send(octet_length(convert_to(p_text, 'UTF8'))) || convert_to(p_text, 'UTF8') END
$$;

CREATE FUNCTION access.bytes_of(e access.log) RETURNS bytea LANGUAGE sql STABLE
SET search_path = access, pg_temp AS $$
    SELECT part(e.entry::text) || part((extract(epoch FROM e.at) * 1000000)::bigint::text)
        || part(to_char(e.day, 'YYYY-MM-DD')) || part(e.who) || part(e.proof) || part(array_to_string(e.roles, ','))
        || part(e.via) || part(e.action) || part(e.kind) || part(e.resource)
        || part(array_to_string(e.customers, ',')) || part(e.decision) || part(e.reason) || part(e.status::text)
        || part(e.request) || part(e.network) || part(encode(e.address, 'hex'))
$$;

-- Takes a batch as a list of objects named like the columns. Whoever waits for the lock goes on from the entry that
-- was committed last: every statement in here looks anew.
CREATE FUNCTION access.note(p_entries jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = access, pg_temp AS $$
DECLARE
    e log; previous bytea; latest timestamptz; n bigint; given record;
BEGIN
    PERFORM pg_advisory_xact_lock(4713000005);
    SELECT entry, at, link INTO n, latest, previous FROM log ORDER BY entry DESC LIMIT 1;
    n := coalesce(n, 0);
    previous := coalesce(previous, decode(repeat('00', 32), 'hex'));
    latest := greatest(clock_timestamp(), latest);
    FOR given IN
        SELECT * FROM jsonb_to_recordset(p_entries) AS g (
            day date, who text, proof text, roles text[], via text, action text, kind text, resource text,
            customers uuid[], decision text, reason text, status int, request text, network text, address text)
    LOOP
        n := n + 1;
        e := (n, latest, given.day, given.who, given.proof, given.roles, given.via, given.action, given.kind, given.resource,
              given.customers, given.decision, given.reason, given.status, given.request, given.network,
              decode(given.address, 'hex'), NULL);
        e.link := sha256(previous || sha256(bytes_of(e)));
        INSERT INTO log VALUES (e.*);
        previous := e.link;
    END LOOP;
    RETURN n;
END $$;

-- ── reading it ───────────────────────────────────────────────────────────────────────────────────────────────
-- The latest first, below p_before. p_scope: only entries in which data of one of these customers was shown, and of
-- those customers only; NULL: everybody's, for who may read the whole log.

CREATE FUNCTION access.log_page(
    p_scope uuid[], p_who text, p_customer uuid, p_resource text, p_decision text,
    p_from timestamptz, p_to timestamptz, p_before bigint, p_limit int
) RETURNS TABLE (
    entry bigint, at timestamptz, day date, who text, proof text, roles text[], via text, action text, kind text,
    resource text, customers uuid[], decision text, reason text, status int, request text, network text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    SELECT l.entry, l.at, l.day, l.who, l.proof, l.roles, l.via, l.action, l.kind, l.resource,
           CASE WHEN p_scope IS NULL THEN l.customers
                ELSE ARRAY(SELECT c FROM unnest(l.customers) c WHERE c = ANY (p_scope)) END,
           l.decision, l.reason, l.status, l.request, l.network
    FROM log l
    WHERE (p_scope IS NULL OR l.customers && p_scope)
      AND (p_who IS NULL OR l.who = p_who)
      AND (p_customer IS NULL OR l.customers && ARRAY[p_customer])
      AND (p_resource IS NULL OR l.resource = p_resource)
      AND (p_decision IS NULL OR l.decision = p_decision)
      AND (p_from IS NULL OR l.at >= p_from) AND (p_to IS NULL OR l.at < p_to)
      AND (p_before IS NULL OR l.entry < p_before)
    ORDER BY l.entry DESC LIMIT least(p_limit, 1000)
$$;

-- Whole entries in their order, for whoever recomputes the chain.
CREATE FUNCTION access.log_after(p_after bigint, p_limit int) RETURNS SETOF access.log
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    SELECT * FROM log WHERE entry > p_after ORDER BY entry LIMIT p_limit
$$;

REVOKE ALL ON FUNCTION access.part(text), access.bytes_of(access.log), access.note(jsonb), access.refuse_change(),
    access.log_page(uuid[], text, uuid, text, text, timestamptz, timestamptz, bigint, int),
    access.log_after(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.note(jsonb),
    access.log_page(uuid[], text, uuid, text, text, timestamptz, timestamptz, bigint, int),
    access.log_after(bigint, int) TO app;
