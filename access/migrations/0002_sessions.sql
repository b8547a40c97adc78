-- Sessions of people, the generations of their refresh tokens, and when a key of a program was last used.
-- Every moment comes from the caller, who asks the Clock: time may lapse.

CREATE TABLE access.sessions (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('portal', 'bureau')),
    amr          text[] NOT NULL,
    began_at     timestamptz NOT NULL,
    proved_at    timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    idle         interval NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    user_agent   text NOT NULL,
    address      text NOT NULL
);
CREATE INDEX ON access.sessions (account_id, began_at) WHERE ended_at IS NULL;
CREATE INDEX ON access.sessions (expires_at);

-- One row a generation; the token itself is nowhere. Who holds a token and our secret can tell the next one.
CREATE TABLE access.refresh (
    sha256     bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    session_id uuid NOT NULL REFERENCES access.sessions ON DELETE CASCADE,
    used_at    timestamptz
);
CREATE INDEX ON access.refresh (session_id);

CREATE TABLE access.key_uses (
    key_id     uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    used_at    timestamptz NOT NULL
);
CREATE INDEX ON access.key_uses (account_id);

CREATE FUNCTION access.is_live(s access.sessions, p_now timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = access, pg_temp AS $$
    SELECT s.ended_at IS NULL AND p_now < s.expires_at AND p_now < s.last_seen_at + s.idle
$$;

-- Begins a session. What expired a day before is swept on the way, a hundred at most; of one account's sessions the
-- oldest give way to the fiftieth.
CREATE FUNCTION access.open_session(
    p_id uuid, p_account uuid, p_kind text, p_amr text[], p_now timestamptz, p_idle interval, p_total interval,
    p_user_agent text, p_address text, p_refresh bytea
) RETURNS SETOF access.sessions LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
    DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE expires_at < p_now - interval '1 day'
        ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
    );
    UPDATE sessions SET ended_at = p_now WHERE id IN (
        SELECT id FROM sessions WHERE account_id = p_account AND ended_at IS NULL
        ORDER BY began_at DESC, id OFFSET 49
    );
    RETURN QUERY INSERT INTO sessions VALUES (
        p_id, p_account, p_kind, p_amr, p_now, p_now, p_now, p_idle, p_now + p_total, NULL, p_user_agent, p_address
    ) RETURNING *;
    INSERT INTO refresh VALUES (p_refresh, p_id, NULL);
END $$;

-- The same in the place of another, which ends; nothing when that one was no longer live.
CREATE FUNCTION access.renew_session(
    p_old uuid, p_id uuid, p_amr text[], p_now timestamptz, p_total interval[],
    p_user_agent text, p_address text, p_refresh bytea
) RETURNS SETOF access.sessions LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
DECLARE
    old sessions;
BEGIN
    UPDATE sessions s SET ended_at = p_now WHERE id = p_old AND is_live(s, p_now) RETURNING s.* INTO old;
    IF FOUND THEN
        RETURN QUERY SELECT * FROM open_session(
            p_id, old.account_id, old.kind, p_amr, p_now, old.idle, p_total[CASE old.kind WHEN 'portal' THEN 1 ELSE 2 END],
            p_user_agent, p_address, p_refresh
        );
    END IF;
END $$;

-- One live session; ``p_seen`` says that somebody uses it, which is written down once a minute.
CREATE FUNCTION access.live_session(p_id uuid, p_now timestamptz, p_seen boolean)
RETURNS SETOF access.sessions LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
DECLARE
    found_one sessions;
BEGIN
    SELECT * INTO found_one FROM sessions s WHERE id = p_id AND is_live(s, p_now);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF p_seen AND found_one.last_seen_at < p_now - interval '1 minute' THEN
        UPDATE sessions s SET last_seen_at = greatest(last_seen_at, p_now) WHERE id = p_id RETURNING s.* INTO found_one;
    END IF;
    RETURN NEXT found_one;
END $$;

CREATE FUNCTION access.sessions_of(p_account uuid, p_now timestamptz)
RETURNS SETOF access.sessions LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    SELECT * FROM sessions s WHERE account_id = p_account AND is_live(s, p_now) ORDER BY began_at DESC, id
$$;

-- Ends one session of an account, or all of them, or all but one; says how many.
CREATE FUNCTION access.end_session(p_id uuid, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
    UPDATE sessions SET ended_at = p_now WHERE id = p_id AND ended_at IS NULL;
    RETURN FOUND;
END $$;

CREATE FUNCTION access.end_sessions(p_account uuid, p_but uuid, p_now timestamptz)
RETURNS int LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
DECLARE
    ended int;
BEGIN
    UPDATE sessions SET ended_at = p_now
    WHERE account_id = p_account AND ended_at IS NULL AND id IS DISTINCT FROM p_but;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

-- Uses up one generation. Sent twice within the grace, by two tabs or because the answer was lost, it gives the same
-- successor; later it is a copy in other hands: the session ends. Whoever asks locks the session, so that of two at
-- once the second sees what the first has done.
CREATE FUNCTION access.rotate(p_sha256 bytea, p_next bytea, p_now timestamptz, p_grace interval)
RETURNS TABLE (outcome text, session access.sessions)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
DECLARE
    held sessions; used timestamptz;
BEGIN
    SELECT s.* INTO held FROM sessions s JOIN refresh r ON r.session_id = s.id WHERE r.sha256 = p_sha256
    FOR UPDATE OF s;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::sessions;
        RETURN;
    END IF;
    SELECT used_at INTO used FROM refresh r WHERE r.sha256 = p_sha256;
    IF NOT is_live(held, p_now) THEN
        RETURN QUERY SELECT 'ended', held;
    ELSIF used IS NULL THEN
        UPDATE refresh r SET used_at = p_now WHERE r.sha256 = p_sha256;
        INSERT INTO refresh VALUES (p_next, held.id, NULL);
        RETURN QUERY SELECT 'rotated', held;
    ELSIF p_now <= used + p_grace THEN
        RETURN QUERY SELECT 'rotated', held;
    ELSE
        UPDATE sessions s SET ended_at = p_now WHERE s.id = held.id RETURNING s.* INTO held;
        RETURN QUERY SELECT 'reused', held;
    END IF;
END $$;

CREATE FUNCTION access.key_used(p_account uuid, p_key uuid, p_now timestamptz)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    INSERT INTO key_uses VALUES (p_key, p_account, p_now)
    ON CONFLICT (key_id) DO UPDATE SET used_at = p_now
    WHERE key_uses.account_id = p_account AND key_uses.used_at < p_now - interval '1 minute'
$$;

CREATE FUNCTION access.key_uses_of(p_account uuid)
RETURNS TABLE (key_id uuid, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    SELECT key_id, used_at FROM key_uses WHERE account_id = p_account
$$;

REVOKE ALL ON FUNCTION access.is_live, access.open_session, access.renew_session, access.live_session,
    access.sessions_of, access.end_session, access.end_sessions, access.rotate, access.key_used, access.key_uses_of
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.open_session, access.renew_session, access.live_session, access.sessions_of,
    access.end_session, access.end_sessions, access.rotate, access.key_used, access.key_uses_of TO app;
