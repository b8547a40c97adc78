-- Four roles instead of two (eventstore/migrate.py makes them): the running processes no longer write what they read.
-- tests/house/test_walls.py compares what is granted here, and later, with the list in roles/walls.py.

-- What is made from now on is nobody's before it is given to somebody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app, auditor;
GRANT USAGE ON SCHEMA store, read TO projector, auditor;
REVOKE ALL ON FUNCTION store.refuse_change FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA read FROM PUBLIC;   -- those of the tables' triggers

-- ── who calls what ───────────────────────────────────────────────────────────────────────────────────────────

REVOKE EXECUTE ON FUNCTION store.chain_marks, store.chain_between, store.streams, store.move_together FROM app;
GRANT EXECUTE ON FUNCTION store.read_feed, store.horizon, store.at, store.newest, store.subject_key TO projector, auditor;
GRANT EXECUTE ON FUNCTION store.move_together TO projector;
GRANT EXECUTE ON FUNCTION store.load, store.streams, store.chain_marks, store.chain_between, store.is_behind TO auditor;

-- ── where consumers are, and what they left lying ────────────────────────────────────────────────────────────

REVOKE ALL ON store.positions, store.parked FROM app;
GRANT SELECT, UPDATE ON store.positions TO app, projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON store.parked TO app, projector;
GRANT SELECT ON store.positions, store.parked, store.restores, store.clock TO auditor;
GRANT SELECT ON store.read_models, store.store TO projector, auditor;

-- Everybody sees how far the others are. Reactions are moved by the application, read models by the projectors.
ALTER TABLE store.positions ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON store.positions FOR SELECT TO app, projector, auditor USING (true);
CREATE POLICY reactions ON store.positions FOR UPDATE TO app USING (consumer = 'reactions');
CREATE POLICY read_models ON store.positions FOR UPDATE TO projector USING (consumer <> 'reactions');

ALTER TABLE store.parked ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON store.parked FOR SELECT TO app, projector, auditor USING (true);
CREATE POLICY reactions ON store.parked TO app
    USING (consumer NOT IN (SELECT table_name FROM store.read_models));
CREATE POLICY read_models ON store.parked TO projector
    USING (consumer IN (SELECT table_name FROM store.read_models));

-- ── the read models that are there; eventstore/read_models.py says the same of each one that is made ─────────

DO $$
DECLARE
    made regclass;
BEGIN
    FOR made IN
        SELECT c.oid FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'everything'
        WHERE c.relnamespace = 'read'::regnamespace AND c.relrowsecurity
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM app', made);
        EXECUTE format('GRANT SELECT ON %s TO app, auditor', made);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO projector', made);
        EXECUTE format('ALTER POLICY everything ON %s TO store_owner', made);
        EXECUTE format('CREATE POLICY all_rows ON %s FOR SELECT TO app'
                       ' USING ((SELECT current_setting(''quittance.scope'', true)) = ''all'')', made);
        EXECUTE format('CREATE POLICY projected ON %s TO projector USING (true)', made);
        EXECUTE format('CREATE POLICY audited ON %s FOR SELECT TO auditor USING (true)', made);
        IF EXISTS (SELECT FROM pg_policy WHERE polrelid = made AND polname = 'own_rows') THEN
            EXECUTE format('ALTER POLICY own_rows ON %s TO app', made);
        END IF;
    END LOOP;
END $$;

-- ── the write side of a limited scope ────────────────────────────────────────────────────────────────────────

-- Whoever acts for some customers appends to their streams alone. Streams of the house (without an owner) are refused
-- too, but for the events of a series (Ask.number), which are taken in the same append as what they number. A command
-- that changes nothing is answered with the version of its target, so it is refused like any other.
DO $$
DECLARE
    whole text; changed text;
BEGIN
    whole := pg_get_functiondef('store.append_one'::regproc);
    changed := replace(whole, 'IF p_owner IS NOT NULL AND p_owner <> ALL (p_customers) THEN',
                       'IF p_customers IS NOT NULL AND (p_owner IS NULL OR p_owner <> ALL (p_customers)) THEN');
    IF changed = whole THEN
        RAISE EXCEPTION 'store.append_one is not what it was';
    END IF;
    EXECUTE changed;
    whole := pg_get_functiondef('store.append'::regproc);
    changed := replace(whole, 'SELECT FROM unnest(p_owners) o WHERE o IS NOT NULL AND o <> ALL (p_customers)',
                       'SELECT FROM unnest(p_owners, p_kinds) AS u(o, kind)
        WHERE o <> ALL (p_customers) OR o IS NULL AND kind !~ ''[.](Begun|Taken)$''
        UNION ALL
        SELECT FROM events e WHERE n = 0 AND e.stream_id = p_id AND e.version = 1
                               AND (e.owner IS NULL OR e.owner <> ALL (p_customers))');
    IF changed = whole THEN
        RAISE EXCEPTION 'store.append is not what it was';
    END IF;
    EXECUTE changed;
END $$;
