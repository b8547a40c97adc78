-- What proves who is asking. As in the store, the tables belong to store_owner and the running processes have no right
-- on them: they call functions, each of which answers about one account, one session or one secret that it is told.

CREATE SCHEMA access;
GRANT USAGE ON SCHEMA access TO app;
