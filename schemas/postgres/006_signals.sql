-- Whoever wants rows read again writes here; the connector reads it, and marks the windows of its snapshots in it.
CREATE TABLE cdc_signals (
    id   varchar(64) PRIMARY KEY,
    type varchar(32) NOT NULL,
    data text
);
GRANT SELECT, INSERT, DELETE ON cdc_signals TO cdc;
