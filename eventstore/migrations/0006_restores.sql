-- Restores: a history that was restored is another one from that moment on, and its positions begin far above.

CREATE TABLE store.restores (
    incarnation uuid PRIMARY KEY,    -- the one that begins here
    previous    uuid NOT NULL,
    how         text NOT NULL CHECK (how IN ('dump', 'moment')),
    reached     bigint NOT NULL,     -- the largest position that the database still knew
    newest      timestamptz,         -- when its newest event was recorded
    base        bigint NOT NULL,
    restored_at timestamptz NOT NULL
);
GRANT SELECT ON store.restores TO app;

-- The largest position that was ever written down here, by an append or by a reader.
CREATE FUNCTION store.reached()
RETURNS bigint LANGUAGE sql STABLE SET search_path = store, pg_temp AS $$
    SELECT coalesce(greatest(
        (SELECT max(position) FROM events), (SELECT max(position) FROM positions),
        (SELECT max(position) FROM parked), (SELECT max(to_position) FROM seals)), 0)
$$;

-- Called by `manage.py restore` before anybody else is let in; by the owner alone.
-- Transactions whose events were lost with the history before may have had ids up to anywhere above the largest
-- position that is left: 2^36 ids are eleven weeks of ten thousand transactions a second. A position has room for
-- ids below 2^47; a thousand restores fit below 2^46.
-- QS010 somebody is writing   QS011 no room for positions
CREATE FUNCTION store.begin_again(p_how text)
RETURNS store.restores LANGUAGE plpgsql VOLATILE SET search_path = store, pg_temp AS $$
DECLARE
    jump CONSTANT bigint := 2::bigint ^ 36; next_id bigint; before store; line restores;
BEGIN
    BEGIN
        LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION 'somebody is writing' USING ERRCODE = 'QS010';
    END;
    SELECT * INTO before FROM store FOR UPDATE;
    next_id := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    line.reached := reached();
    line.base := greatest(before.base, (line.reached >> 16) - next_id) + jump;
    IF next_id + line.base >= 2::bigint ^ 46 THEN
        RAISE EXCEPTION 'no room for positions' USING ERRCODE = 'QS011';
    END IF;
    line.incarnation := gen_random_uuid();
    line.previous := before.incarnation;
    line.how := p_how;
    line.newest := (SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1);
    line.restored_at := clock_timestamp();
    INSERT INTO restores SELECT line.*;
    UPDATE store SET incarnation = line.incarnation, base = line.base, since = line.restored_at;
    RETURN line;
END $$;

-- Whether the next position would be below one that is written down: a dump was loaded and nobody said so here.
-- False in every other case: what a snapshot sees was made by ids below its xmax, and readers never go further.
CREATE FUNCTION store.is_behind()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT reached() >= (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base) << 16 FROM store
$$;

REVOKE ALL ON FUNCTION store.reached, store.begin_again, store.is_behind FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.is_behind TO app;
