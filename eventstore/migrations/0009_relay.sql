-- Events carried outward, by a broker: how far, by whom, and what a consumer asks to know that nothing was lost there.

-- One row. Whoever holds the lease ships; `epoch` grows with each new holder, and every move names the epoch that it
-- was made in, so a holder that slept past its lease can move nothing.
CREATE TABLE store.relay (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch    bigint NOT NULL DEFAULT 0,
    holder   text NOT NULL DEFAULT '',
    until    timestamptz NOT NULL DEFAULT '-infinity',   -- by the database's clock
    position bigint NOT NULL DEFAULT 0,                  -- everything up to here was acknowledged by the broker
    moved_at timestamptz
);
INSERT INTO store.relay DEFAULT VALUES;
GRANT SELECT, UPDATE ON store.relay TO projector;
GRANT SELECT ON store.relay TO app, auditor;

-- The last event of each lane at or below a position, or of all that readers may see (NULL); 0 for an empty lane.
CREATE FUNCTION store.lane_ends(p_upto bigint)
RETURNS TABLE (lane smallint, "position" bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    upto bigint := horizon();
BEGIN
    IF p_upto < upto THEN
        upto := p_upto + 1;
    END IF;
    RETURN QUERY SELECT n::smallint, coalesce((
        SELECT e.position FROM events e WHERE e.lane = n AND e.position < upto ORDER BY e.position DESC LIMIT 1), 0)
        FROM generate_series(0, 63) AS n;
END $$;
REVOKE ALL ON FUNCTION store.lane_ends FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.lane_ends TO app, projector, auditor;
