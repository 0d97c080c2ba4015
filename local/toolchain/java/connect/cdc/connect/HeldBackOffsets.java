package cdc.connect;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A restart repeats rows instead of losing them.
 *
 * <p>Rows that one WAL record holds (COPY, INSERT of several rows) share an LSN, and Debezium 3.3's stored position is an LSN: a
 * task that stops among them resumes after all of them. So a record is given the position of the last record of the LSN before its
 * own, which is passed in whole: nothing is skipped, and no more is repeated than the rows of one LSN. A task's first LSN has no
 * predecessor here; it is given a position that no record has, and Debezium then begins with that transaction.
 *
 * <p>Needed until the runtime counts the rows of an LSN itself (Debezium 3.7.1, debezium/dbz#1554). Goes first in the chain: it must
 * see every record.
 */
public final class HeldBackOffsets implements Transformation<SourceRecord> {
    private static final String LSN = "lsn";
    private static final String TYPE = "messageType";
    private static final Set<String> POSITION = Set.of(LSN, "lsn_proc", "lsn_commit", "txId", "ts_usec", "xmin", TYPE);
    // A transaction's begin and end are positions of their own: Debezium finds its way from them.
    private static final Set<String> BOUNDARIES = Set.of("BEGIN", "COMMIT");

    private Map<String, Object> last;
    private Map<String, Object> held;
    private Object group;

    @Override
    public SourceRecord apply(SourceRecord record) {
        Map<String, ?> offset = record.sourceOffset();
        if (offset == null || offset.get(LSN) == null) {
            return record;
        }
        Map<String, Object> own = position(offset);
        if (offset.containsKey("snapshot") || BOUNDARIES.contains(String.valueOf(offset.get(TYPE)))) {
            last = own;
            group = null;
            return record;
        }
        if (!own.get(LSN).equals(group)) {
            held = last == null ? before(own) : last;
            group = own.get(LSN);
        }
        last = own;
        return at(record, held);
    }

    private static Map<String, Object> position(Map<String, ?> offset) {
        Map<String, Object> found = new HashMap<>(offset);
        found.keySet().retainAll(POSITION);
        return found;
    }

    /** LSNs of records are multiples of eight: this one is nobody's. */
    private static Map<String, Object> before(Map<String, Object> position) {
        Map<String, Object> found = new HashMap<>(position);
        long lsn = ((Number) position.get(LSN)).longValue() - 1;
        found.put(LSN, lsn);
        found.put("lsn_proc", lsn);
        return found;
    }

    /** In place: the worker commits the offset of the record that the task gave it, not of the one that transforms return. */
    @SuppressWarnings("unchecked")
    private static SourceRecord at(SourceRecord record, Map<String, Object> position) {
        Map<String, Object> offset = (Map<String, Object>) record.sourceOffset();
        offset.keySet().removeAll(POSITION);
        offset.putAll(position);
        return record;
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {
        // Nothing to choose.
    }

    @Override
    public void close() {
        last = null;
        held = null;
        group = null;
    }
}
