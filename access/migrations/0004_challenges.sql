-- Challenges: what a browser, an authenticator or an OpenID provider has to bring back, once and soon.

CREATE TABLE access.challenges (
    id         uuid PRIMARY KEY,
    account    uuid,             -- NULL: nobody has said yet who they are
    purpose    text NOT NULL,
    value      bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    taken_at   timestamptz
);
CREATE INDEX challenges_expired ON access.challenges (expires_at);

-- Each one that is put sweeps a few that are over: the table stays as small as what is going on, without a worker.
CREATE FUNCTION access.put_challenge(
    p_id uuid, p_account uuid, p_purpose text, p_value bytea, p_expires_at timestamptz, p_now timestamptz
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
BEGIN
    DELETE FROM challenges WHERE id IN (
        SELECT id FROM challenges WHERE expires_at <= p_now ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED
    );
    INSERT INTO challenges (id, account, purpose, value, expires_at)
    VALUES (p_id, p_account, p_purpose, p_value, p_expires_at);
END $$;

-- One statement: of two that come at once, the second finds it taken.
CREATE FUNCTION access.take_challenge(p_id uuid, p_account uuid, p_purpose text, p_now timestamptz)
RETURNS bytea LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    UPDATE challenges SET taken_at = p_now
    WHERE id = p_id AND account IS NOT DISTINCT FROM p_account AND purpose = p_purpose
      AND taken_at IS NULL AND expires_at > p_now
    RETURNING value
$$;

REVOKE ALL ON FUNCTION access.put_challenge, access.take_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.put_challenge, access.take_challenge TO app;
