-- The newest events first, for lists of what happened lately; whoever is limited to some owners sees theirs alone.
-- No horizon: what could still come in between is on the page when it is asked for again.

CREATE FUNCTION store.latest(p_before bigint, p_owners uuid[], p_kinds text[], p_limit int)
RETURNS SETOF store.events LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    IF p_owners IS NULL THEN
        RETURN QUERY SELECT * FROM events e WHERE e.position < p_before AND e.kind = ANY (p_kinds)
            ORDER BY e.position DESC LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT * FROM events e
            WHERE e.position < p_before AND e.kind = ANY (p_kinds) AND e.owner = ANY (p_owners)
            ORDER BY e.position DESC LIMIT p_limit;
    END IF;
END $$;

REVOKE ALL ON FUNCTION store.latest FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.latest TO app;
