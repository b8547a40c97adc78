-- The feed: a small batch in one round trip.

-- The first statement of a transaction that projects a small batch into several tables at once: moves every lane,
-- and refuses (QS010) when a lane is not where it was thought to be or one of the streams is parked. Whoever parks
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
        RAISE EXCEPTION 'a lane has moved, or a stream is parked' USING ERRCODE = 'QS010';
    END IF;
END $$;
REVOKE ALL ON FUNCTION store.move_together FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.move_together TO app;
