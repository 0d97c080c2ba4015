-- The connector writes here at every heartbeat: its slot moves on while the captured tables are quiet.
CREATE TABLE cdc_heartbeat (
    id      integer PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
