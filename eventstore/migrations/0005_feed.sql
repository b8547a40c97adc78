-- The feed: a small batch in one round trip, and the bytes of every chain.

-- The first statement of a transaction that projects a small batch into several tables at once: moves every lane,
-- and refuses (QS012) when a lane is not where it was thought to be or one of the streams is parked. Whoever parks
-- an event moves its lane in the same transaction, so one picture of both is enough.
CREATE FUNCTION store.move_together(
    p_consumers text[], p_lanes smallint[], p_old bigint[], p_new bigint[], p_tables text[], p_streams uuid[]
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    moved bigint;
BEGIN
    -- Every row may be written. Rows and positions vanish together when the server dies before they are on disk.
    PERFORM set_config('quittance.scope', 'all', true), set_config('synchronous_commit', 'off', true);
    -- Locked in order: two of these at once would otherwise wait for each other in a circle.
    WITH locked AS (
        SELECT p.consumer, p.lane, w.new FROM store.positions p
        JOIN unnest(p_consumers, p_lanes, p_old, p_new) AS w (consumer, lane, old, new) USING (consumer, lane)
        WHERE p.position = w.old ORDER BY p.consumer, p.lane FOR UPDATE OF p
    )
    UPDATE store.positions p SET position = l.new FROM locked l WHERE p.consumer = l.consumer AND p.lane = l.lane;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(p_lanes) OR EXISTS (
        SELECT FROM store.parked JOIN unnest(p_tables, p_streams) AS w (consumer, stream_id) USING (consumer, stream_id)
    ) THEN
        RAISE EXCEPTION 'a lane has moved, or a stream is parked' USING ERRCODE = 'QS012';
    END IF;
END $$;
REVOKE ALL ON FUNCTION store.move_together FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.move_together TO app;

-- ── verification of the chains ───────────────────────────────────────────────────────────────────────────────

-- Every p_every-th event's stream, in order of the streams: where a verification may be cut into pieces.
CREATE FUNCTION store.chain_marks(p_every bigint)
RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
    SELECT DISTINCT stream_id FROM (
        SELECT stream_id, row_number() OVER (ORDER BY stream_id, version) AS number FROM events
    ) AS numbered WHERE number % p_every = 0 ORDER BY stream_id
$$;

-- Whole streams behind one and up to another (NULL: no bound), in the bytes that the links are made of. Streams are
-- found by any of their events: one whose first event was removed is among them.
CREATE FUNCTION store.chain_between(p_after uuid, p_upto uuid)
RETURNS TABLE (stream bytea, version int, kind bytea, schema smallint, lane smallint, owner bytea,
               meta bytea, state bytea, link bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT uuid_send(e.stream_id), e.version, convert_to(e.kind, 'UTF8'), e.schema, e.lane, uuid_send(e.owner),
           e.meta, e.state, e.link
    FROM events e
    WHERE e.stream_id >= coalesce(p_after, '00000000-0000-0000-0000-000000000000')
      AND (p_after IS NULL OR e.stream_id > p_after)
      AND e.stream_id <= coalesce(p_upto, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY e.stream_id, e.version;
END $$;
REVOKE ALL ON FUNCTION store.chain_marks, store.chain_between FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.chain_marks, store.chain_between TO app;
