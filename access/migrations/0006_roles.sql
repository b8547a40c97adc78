-- The other roles of the store here: nothing of access for the projectors; the auditor reads what it is given by name.
-- And the job queue's functions, which everybody could call until now, belong to those who work on it.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO app;
GRANT USAGE ON SCHEMA jobs TO auditor;
GRANT SELECT ON jobs.procrastinate_jobs TO auditor;
GRANT USAGE ON SCHEMA access TO auditor;

-- The log of who looked at what is read by the auditor too.
DO $$
DECLARE
    reads regprocedure;
BEGIN
    FOR reads IN SELECT oid FROM pg_proc WHERE pronamespace = 'access'::regnamespace AND proname IN ('log_page', 'log_after')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO auditor', reads);
    END LOOP;
END $$;
