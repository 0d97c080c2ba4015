-- The two programs that use this database: the connector reads the captured tables, the events API writes all.
-- Passwords are set by whoever applies these files, never here.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cdc') THEN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') THEN
            CREATE ROLE cdc LOGIN; -- on RDS, replication is a role to be granted, not an attribute
            GRANT rds_replication TO cdc;
        ELSE
            CREATE ROLE cdc LOGIN REPLICATION;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'events_api') THEN
        CREATE ROLE events_api LOGIN;
    END IF;
END
$$;
