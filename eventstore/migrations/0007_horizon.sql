-- The horizon where looking at the writers' locks is not enough, and pages whose end outlives a crash.

-- Where readers may go: below every transaction that could still commit an event.
-- x is the first id not yet completed; whoever holds the lock on events and has an id is read from its backend.
-- Whoever takes the lock later gets an id that is not below x, because the lock comes before the id.
-- Whoever is not seen any more, its lock released or its id gone, is visible to the next snapshot: a commit becomes
-- visible first, then loses its id, then its lock. Locks move from a backend's own slots to the shared table and
-- never back, and pg_lock_status looks there in this order. (It is what the view pg_locks shows.)
CREATE OR REPLACE FUNCTION store.horizon()
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    seen pg_snapshot; x bigint; h bigint; b bigint;
BEGIN
    -- Backend ids are cached for the transaction: an old picture would miss writers.
    PERFORM pg_stat_clear_snapshot();
    seen := pg_current_snapshot();
    x := pg_snapshot_xmax(seen)::text::bigint;
    IF current_setting('transaction_isolation') <> 'read committed' OR pg_is_in_recovery() THEN
        -- The data will be read in the snapshot of before, or by a server that does not know the writers' locks:
        -- only what this snapshot knows to be completed counts.
        h := pg_snapshot_xmin(seen)::text::bigint;
    ELSE
        SELECT min(CASE
                   WHEN full_id - x > 2147483648 THEN full_id - 4294967296
                   WHEN x - full_id > 2147483648 THEN full_id + 4294967296
                   ELSE full_id END) INTO h
        FROM (
            SELECT (x >> 32 << 32) | a.backend_xid::text::bigint AS full_id
            FROM pg_lock_status() l, pg_stat_get_activity(l.pid) a
            WHERE l.locktype = 'relation' AND l.relation = 'store.events'::regclass
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.mode = 'RowExclusiveLock' AND l.granted AND l.pid IS NOT NULL
        ) holders;
        -- A prepared transaction has no backend. It is looked for last, because preparing comes before vanishing.
        IF current_setting('max_prepared_transactions') <> '0' THEN
            IF EXISTS (SELECT FROM pg_prepared_xact()) THEN
                h := pg_snapshot_xmin(seen)::text::bigint;
            END IF;
        END IF;
    END IF;
    SELECT base INTO b FROM store;
    RETURN (least(x, coalesce(h, x)) + b) << 16;
END $$;

-- One page of the feed. A page of some lanes that is not full ends with a row without a stream, which carries how far it
-- reaches; a page of all lanes reaches to its last event.
-- Either is an event, never the bare horizon: after a crash the ids of transactions that left nothing on the disk are
-- given out again, and a reader that went up to them would be past the next events.
CREATE OR REPLACE FUNCTION store.read_feed(p_after bigint, p_lanes smallint[], p_limit int)
RETURNS SETOF store.events LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    upto bigint; n bigint; mark events;
BEGIN
    upto := horizon();
    RETURN QUERY SELECT * FROM events e
        WHERE e.position > p_after AND e.position < upto AND (p_lanes IS NULL OR e.lane = ANY (p_lanes))
        ORDER BY e.position LIMIT p_limit;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n < p_limit AND p_lanes IS NOT NULL THEN
        SELECT greatest(max(e.position), p_after) INTO mark.position FROM events e WHERE e.position < upto;
        RETURN NEXT mark;
    END IF;
END $$;
