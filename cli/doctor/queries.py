"""What the doctor asks a database, as the role that captures: catalogs that every role may read."""

SERVER = """
SELECT current_setting('wal_level') AS wal_level, current_setting('server_version_num')::int AS version,
       current_setting('max_replication_slots')::int AS slots,
       (SELECT count(*) FROM pg_replication_slots) AS slots_used,
       current_setting('max_wal_senders')::int AS senders,
       (SELECT count(*) FROM pg_stat_replication) AS senders_used,
       pg_is_in_recovery() AS standby,
       (SELECT rolreplication OR rolsuper OR pg_has_role(oid, to_regrole('rds_replication'), 'MEMBER') FROM pg_roles
        WHERE rolname = current_user) AS may_replicate,
       current_setting('max_slot_wal_keep_size') AS kept_at_most,
       current_setting('default_transaction_read_only') AS read_only
"""
CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float AS now"
SLOT = """
SELECT slot_name AS name, plugin, database, active, wal_status,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS kept,
       pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint AS behind,
       pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint AS confirmed, safe_wal_size
FROM pg_replication_slots WHERE slot_name = %(slot)s
"""
PUBLICATION = "SELECT pubviaroot FROM pg_publication WHERE pubname = %(publication)s"
PUBLISHED = """
SELECT schemaname || '.' || tablename AS name FROM pg_publication_tables WHERE pubname = %(publication)s
"""
# By its parts: `schema.table` as routes.yaml writes it is not quoted.
TABLES = """
SELECT name, c.oid IS NOT NULL AS there, c.relreplident AS identity,
       coalesce(has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(c.relnamespace, 'USAGE'), false) AS readable
FROM unnest(%(tables)s::text[]) AS name
LEFT JOIN pg_namespace n ON n.nspname = split_part(name, '.', 1)
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = split_part(name, '.', 2)
"""
TRANSACTIONS = """
SELECT * FROM (
  SELECT 'pid ' || pid AS who, pid::text AS handle, state, extract(epoch FROM now() - xact_start)::float AS age
  FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  UNION ALL
  SELECT 'prepared ' || gid, gid, 'prepared', extract(epoch FROM now() - prepared)::float FROM pg_prepared_xacts
) AS all_of_them ORDER BY age DESC LIMIT 5
"""
