-- Read models: what keeps the small and hot tables of the projectors quick.

-- Positions change with every batch: vacuum by number of dead rows, not by share of the table.
ALTER TABLE store.positions SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

-- Parked events are looked for by consumer and lane inside every batch.
CREATE INDEX parked_lane ON store.parked (consumer, lane);
