-- What proves an account: hashes of passwords, secrets of second factors, hashes of recovery codes. Each value is sealed
-- by the application (access/secrets.py), so that a copy of this table alone opens nothing. A secret counts only while
-- its account's stream names its id.

CREATE TABLE access.secrets (
    secret_id  uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    kind       text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{1,30}$'),
    version    int NOT NULL DEFAULT 1 CHECK (version > 0),
    sealed     bytea NOT NULL CHECK (length(sealed) BETWEEN 28 AND 65536),
    kept_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX secrets_account ON access.secrets (account_id);

CREATE FUNCTION access.keep_secret(p_id uuid, p_account uuid, p_kind text, p_sealed bytea)
RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    WITH kept AS (
        INSERT INTO secrets (secret_id, account_id, kind, sealed) VALUES (p_id, p_account, p_kind, p_sealed)
        ON CONFLICT (secret_id) DO NOTHING RETURNING 1
    ) SELECT EXISTS (SELECT FROM kept)
$$;

CREATE FUNCTION access.open_secret(p_id uuid, p_account uuid)
RETURNS TABLE (kind text, version int, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    SELECT s.kind, s.version, s.sealed FROM secrets s WHERE s.secret_id = p_id AND s.account_id = p_account
$$;

-- Of two who replace the same version at the same moment, one is told false.
CREATE FUNCTION access.replace_secret(p_id uuid, p_account uuid, p_version int, p_sealed bytea)
RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    WITH replaced AS (
        UPDATE secrets SET sealed = p_sealed, version = version + 1, kept_at = clock_timestamp()
        WHERE secret_id = p_id AND account_id = p_account AND version = p_version RETURNING 1
    ) SELECT EXISTS (SELECT FROM replaced)
$$;

CREATE FUNCTION access.forget_secret(p_id uuid, p_account uuid)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = access, pg_temp AS $$
    DELETE FROM secrets WHERE secret_id = p_id AND account_id = p_account
$$;

REVOKE ALL ON FUNCTION access.keep_secret(uuid, uuid, text, bytea), access.open_secret(uuid, uuid),
    access.replace_secret(uuid, uuid, int, bytea), access.forget_secret(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.keep_secret(uuid, uuid, text, bytea), access.open_secret(uuid, uuid),
    access.replace_secret(uuid, uuid, int, bytea), access.forget_secret(uuid, uuid) TO app;
