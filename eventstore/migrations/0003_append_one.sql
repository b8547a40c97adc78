-- The same append for the commonest case: one event, no claims. The promises, their order and the SQLSTATEs are those
-- of store.append; arrays, their unnesting and the joins over them are a third of what an append costs.
-- Returns the event's position; NULL when the command was carried out before: ask answer_of.

CREATE FUNCTION store.append_one(
    p_command uuid, p_mac bytea, p_customers uuid[],
    p_stream uuid, p_version int, p_lane smallint, p_owner uuid, p_kind text, p_schema smallint,
    p_state bytea, p_meta bytea, p_link bytea, p_previous bytea
) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    mac bytea; place bigint;
BEGIN
    -- The law of the feed: this lock is taken before the transaction has an id.
    LOCK TABLE events IN ROW EXCLUSIVE MODE;
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'append is the first write of its transaction' USING ERRCODE = 'QS003';
    END IF;

    SELECT request_mac INTO mac FROM commands WHERE command_id = p_command;
    IF mac IS NOT NULL THEN
        IF mac <> p_mac THEN
            RAISE EXCEPTION 'this command id was used with other content' USING ERRCODE = 'QS001';
        END IF;
        RETURN NULL;
    END IF;

    IF length(p_state) > 524288 OR length(p_meta) > 16384 THEN
        RAISE EXCEPTION 'too many events, or one of more than 512 kB' USING ERRCODE = 'QS004';
    END IF;
    IF p_owner IS NOT NULL AND p_owner <> ALL (p_customers) THEN
        RAISE EXCEPTION 'somebody else''s stream' USING ERRCODE = 'QS005';
    END IF;
    IF p_version = 1 THEN
        IF EXISTS (SELECT FROM events WHERE stream_id = p_stream AND version = 1) THEN
            RAISE EXCEPTION 'a stream begins once' USING ERRCODE = 'QS007';
        END IF;
        IF p_lane <> get_byte(sha256(uuid_send(coalesce(p_owner, p_stream))), 0) % 64
           OR p_previous <> '\x0000000000000000000000000000000000000000000000000000000000000000' THEN
            RAISE EXCEPTION 'the stream is not where this append thinks it is' USING ERRCODE = 'QS002';
        END IF;
    END IF;

    INSERT INTO events
    SELECT p_stream, p_version, ((pg_current_xact_id()::text::bigint + base) << 16) + 1, p_lane, p_owner, p_kind,
           p_schema, p_state, p_meta, clock_timestamp(), p_link
    FROM store
    WHERE p_version = 1 OR EXISTS (
        SELECT FROM events WHERE stream_id = p_stream AND version = p_version - 1 AND link = p_previous
                             AND lane = p_lane AND owner IS NOT DISTINCT FROM p_owner)
    RETURNING position INTO place;
    IF place IS NULL THEN
        RAISE EXCEPTION 'the stream is not where this append thinks it is' USING ERRCODE = 'QS002';
    END IF;
    INSERT INTO commands VALUES (p_command, p_mac, convert_to(
        format('{"id":"%s","version":%s,"positions":{"%s":"%s"}}', p_stream, p_version, p_lane, place), 'UTF8'),
        clock_timestamp());
    RETURN place;
END $$;

REVOKE ALL ON FUNCTION store.append_one FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.append_one TO app;
