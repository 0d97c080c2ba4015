"""The catalog's side of the comparison: one query for a table, one for its columns, one for the server."""

TABLE = """
SELECT c.oid, c.relkind::text AS kind, c.relpersistence::text AS persistence, c.relreplident::text AS identity,
    c.relrowsecurity AS row_security, GREATEST(c.reltuples, 0)::bigint AS estimate,
    has_table_privilege(%(reader)s, c.oid, 'SELECT') AS readable,
    (SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = %(reader)s) AS bypasses,
    EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = %(publication)s
        AND p.schemaname = n.nspname AND p.tablename = c.relname) AS published,
    EXISTS (SELECT FROM pg_publication WHERE pubname = %(publication)s) AS running,
    CASE WHEN c.relkind = 'p' THEN ARRAY(SELECT format('%%s.%%s', cn.nspname, l.relname) FROM pg_partition_tree(c.oid) t
        JOIN pg_class l ON l.oid = t.relid JOIN pg_namespace cn ON cn.oid = l.relnamespace
        WHERE t.isleaf AND l.relkind = 'r' AND l.relreplident <> %(identity)s) ELSE '{}' END AS others
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relname = %(name)s AND c.relkind <> 'i'
"""
# A domain is looked through, to its base type. `precision`: digits of a second, of times without a zone.
COLUMNS = """
WITH RECURSIVE base(attnum, type, modifier) AS (
    SELECT attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = %(oid)s AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT b.attnum, t.typbasetype, greatest(b.modifier, t.typtypmod)
        FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
SELECT a.attname AS name, a.attnotnull AS required, a.attgenerated::text AS generated,
    current_setting('server_version_num')::int AS version,
    CASE WHEN t.typtype = 'e' THEN 'enum' WHEN e.typtype = 'e' THEN 'enum[]' WHEN t.typcategory = 'A' THEN e.typname || '[]'
        ELSE t.typname END AS type,
    CASE WHEN t.typname IN ('time', 'timestamp') AND b.modifier >= 0 THEN b.modifier ELSE 6 END AS precision,
    ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder) AS values,
    COALESCE(a.attnum = ANY (k.indkey), false) AS key
FROM pg_attribute a
JOIN base b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
LEFT JOIN pg_type e ON e.oid = t.typelem
LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
WHERE a.attrelid = %(oid)s ORDER BY a.attnum
"""
SERVER = """
SELECT current_setting('server_version_num')::int AS version, current_setting('wal_level') AS wal_level,
    current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_replication_slots) AS free_slots,
    current_setting('max_wal_senders')::int - (SELECT count(*) FROM pg_stat_replication) AS free_senders,
    current_setting('max_slot_wal_keep_size') AS keeps,
    EXISTS (SELECT FROM pg_publication WHERE pubname = %(publication)s) AS running
"""
