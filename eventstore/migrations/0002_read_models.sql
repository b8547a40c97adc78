-- Read models: what readers and projectors look up, and how a projector shares lanes out.

-- A consumer's lanes are looked up by whoever waits for them; the primary key serves that already.
-- Positions change with every batch: vacuum early, the table is small and hot.
ALTER TABLE store.positions SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Parked events are looked for by consumer and lane inside every batch.
CREATE INDEX parked_lane ON store.parked (consumer, lane);
