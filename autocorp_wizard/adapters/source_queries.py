"""The questions that the preflight asks of a source: catalogs, settings and statistics alone, no row of a table."""

from typing import Final, LiteralString

SETTINGS: Final[LiteralString] = "SELECT name, COALESCE(reset_val, setting), pending_restart FROM pg_settings"
SERVER: Final[LiteralString] = """
    SELECT current_setting('server_version_num')::int, pg_is_in_recovery(),
      (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()), current_database(),
      extract(epoch FROM clock_timestamp())::float8,
      (SELECT count(*) FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
        WHERE s.slot_type IS DISTINCT FROM 'logical'),
      (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots),
      (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'logical' AND active AND NOT temporary
        AND database = current_database()),
      (SELECT count(*) FROM pg_stat_subscription),
      EXISTS (SELECT FROM pg_extension WHERE extname = 'pglogical'),
      COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
      COALESCE((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), ''),
      (SELECT system_identifier::text FROM pg_control_system()),
      CASE WHEN EXISTS (SELECT FROM pg_settings WHERE name = 'rds.logical_replication')
        THEN CASE WHEN EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') THEN 'aurora' ELSE 'rds' END
        ELSE '' END"""
CONNECTIONS: Final[LiteralString] = """
    SELECT pg_has_role('pg_read_all_stats', 'MEMBER') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"""
PREPARED: Final[LiteralString] = """
    SELECT gid, database, extract(epoch FROM now() - prepared)::float8 FROM pg_prepared_xacts ORDER BY prepared"""
ROLE: Final[LiteralString] = """
    SELECT rolname, rolsuper, rolreplication OR EXISTS (
        SELECT FROM pg_roles m WHERE m.rolname IN ('rds_replication', 'rds_superuser')
          AND pg_has_role(r.oid, m.oid, 'member')),
      CASE WHEN rolvaliduntil IS NULL OR rolvaliduntil = 'infinity' THEN NULL
        ELSE extract(epoch FROM rolvaliduntil - now())::float8 END,
      rolconnlimit, (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
      (SELECT count(*) FROM pg_default_acl d, aclexplode(d.defaclacl) a
        WHERE d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT' AND a.grantee IN (0, r.oid)) > 0
        OR pg_has_role(r.oid, 'pg_read_all_data', 'member')
    FROM pg_roles r WHERE rolname = current_user"""
SCHEMAS: Final[LiteralString] = """
    SELECT nspname, has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE') FROM pg_namespace
    WHERE nspname = ANY(%s)"""
MAY_READ_HBA: Final[LiteralString] = """
    SELECT has_function_privilege('pg_hba_file_rules()', 'EXECUTE')
      AND has_table_privilege('pg_hba_file_rules', 'SELECT'), current_user::text"""
HBA: Final[LiteralString] = """
    SELECT line_number, COALESCE(type, ''), COALESCE(database, '{}'), COALESCE(user_name, '{}'),
      COALESCE(address, ''), COALESCE(netmask, ''), COALESCE(auth_method, ''), COALESCE(error, '')
    FROM pg_hba_file_rules"""
SLOTS: Final[LiteralString] = """
    SELECT slot_name, plugin, COALESCE(database, ''), active, COALESCE(wal_status, ''),
      CASE WHEN pg_is_in_recovery() THEN 0
        ELSE COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint END, COALESCE(age(catalog_xmin), 0)
    FROM pg_replication_slots WHERE slot_type = 'logical' ORDER BY slot_name"""
WRITERS_SEEN: Final[LiteralString] = """
    SELECT pid, extract(epoch FROM now() - xact_start)::float8, usename, datname FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY xact_start"""
WRITERS_HIDDEN: Final[LiteralString] = """
    SELECT pid, NULL::float8, '', '' FROM pg_locks
    WHERE locktype = 'transactionid' AND granted AND pid IS NOT NULL AND pid <> pg_backend_pid()"""
ARCHIVER: Final[LiteralString] = """
    SELECT last_failed_time IS NOT NULL AND last_failed_time > COALESCE(last_archived_time, '-infinity')
    FROM pg_stat_archiver"""
SPILL: Final[LiteralString] = "SELECT COALESCE(sum(spill_bytes), 0)::bigint FROM pg_stat_replication_slots"
LSN: Final[LiteralString] = """
    SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') END::float8,
      extract(epoch FROM clock_timestamp())::float8"""
RIGHTS: Final[LiteralString] = """
    SELECT pg_has_role('pg_read_all_stats', 'MEMBER') OR rolsuper, has_function_privilege('pg_ls_waldir()', 'EXECUTE'),
      current_setting('server_version_num')::int >= 140000
    FROM pg_roles WHERE rolname = current_user"""
WALDIR: Final[LiteralString] = "SELECT sum(size)::bigint FROM pg_ls_waldir()"
PAUSE: Final[LiteralString] = "SELECT pg_sleep(0.5)"
NOTHING: Final[LiteralString] = "SELECT WHERE false"
# A pace of less than an hour says little about the usual one.
WAL_STEADY: Final[LiteralString] = """
    SELECT wal_bytes::float8 / extract(epoch FROM clock_timestamp() - stats_reset)::float8 FROM pg_stat_wal
    WHERE stats_reset < clock_timestamp() - interval '1 hour'"""
LEFTOVER: Final[LiteralString] = """
    SELECT p.prosecdef, to_regclass(quote_ident(n.nspname) || '.awsdms_ddl_audit') IS NOT NULL
    FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE t.evtname = 'awsdms_intercept_ddl'"""
USELESS: Final[LiteralString] = """
    SELECT p.pubname || ': ' || p.schemaname || '.' || p.tablename
    FROM pg_publication_tables p JOIN pg_namespace n ON n.nspname = p.schemaname
    JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = n.oid
    WHERE c.relreplident = 'n' OR (c.relreplident = 'd'
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)) ORDER BY 1"""
TABLES: Final[LiteralString] = """
    SELECT n.nspname || '.' || c.relname, c.oid::bigint, c.relkind::text, c.relpersistence::text, c.relreplident::text,
      COALESCE((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_index i JOIN pg_attribute a
        ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary), '{}'),
      row_security_active(c.oid), pg_table_size(c.oid), c.reltuples::float8,
      c.reltuples >= 0 OR EXISTS (SELECT FROM pg_stat_all_tables s WHERE s.relid = c.oid
        AND COALESCE(s.last_analyze, s.last_autoanalyze) IS NOT NULL),
      EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indexprs IS NOT NULL),
      EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u') AND k.condeferrable),
      COALESCE((SELECT array_agg(cn.nspname || '.' || ch.relname) FROM pg_inherits h
        JOIN pg_class ch ON ch.oid = h.inhrelid
        JOIN pg_namespace cn ON cn.oid = ch.relnamespace WHERE h.inhparent = c.oid), '{}')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY(%s) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')"""
COLUMNS: Final[LiteralString] = """
    SELECT a.attrelid::bigint, a.attname, b.typname,
      CASE WHEN t.typcategory = 'A' THEN 'A' WHEN b.typtype = 'e' THEN 'e' ELSE '' END,
      CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.typmod >= 4 THEN m.typmod - 4 END,
      CASE WHEN b.typname = 'numeric' AND m.typmod >= 4 THEN ((m.typmod - 4) >> 16) & 65535 END,
      a.attgenerated::text, COALESCE((SELECT max(length(e.enumlabel)) FROM pg_enum e WHERE e.enumtypid = b.oid), 0),
      has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod) m
    WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""
TWINS: Final[LiteralString] = """
    SELECT string_agg(n.nspname || '.' || c.relname, ' and ' ORDER BY c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s) GROUP BY n.nspname, lower(c.relname) HAVING count(*) > 1"""
