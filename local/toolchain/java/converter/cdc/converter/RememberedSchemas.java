package cdc.converter;

import io.apicurio.registry.resolver.DefaultSchemaResolver;
import io.apicurio.registry.resolver.SchemaLookupResult;
import io.apicurio.registry.resolver.data.Record;
import io.apicurio.registry.serde.data.KafkaSerdeMetadata;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;

/**
 * Remembers which id a schema has on a topic, for as long as Apicurio's own resolver remembers.
 *
 * <p>That one writes the schema of every key and value as text, to look the text up. The converter hands on one and the same object
 * for one schema of Connect's, so that object is enough to know it by. Of one task, hence of one thread.
 */
public final class RememberedSchemas<T> extends DefaultSchemaResolver<Schema, T> {
    private static final int KEPT = 1000;
    private static final long NANOS = 30_000_000_000L; // apicurio.registry.check-period-ms, as it is when nobody sets it
    private final Map<String, Map<Schema, SchemaLookupResult<Schema>>> known = new HashMap<>();
    private long since = System.nanoTime();

    @Override
    public SchemaLookupResult<Schema> resolveSchema(Record<T> data) {
        if (!(data.payload() instanceof GenericContainer) || !(data.metadata() instanceof KafkaSerdeMetadata)) {
            return super.resolveSchema(data);
        }
        if (System.nanoTime() - since > NANOS) {
            reset();
        }
        KafkaSerdeMetadata place = (KafkaSerdeMetadata) data.metadata();
        String subject = place.getTopic() + (place.isKey() ? "-key" : "-value");
        Map<Schema, SchemaLookupResult<Schema>> here = known.computeIfAbsent(subject, name -> new IdentityHashMap<>());
        Schema schema = ((GenericContainer) data.payload()).getSchema();
        SchemaLookupResult<Schema> found = here.get(schema);
        if (found == null) {
            if (here.size() >= KEPT) {
                here.clear();
            }
            found = super.resolveSchema(data);
            here.put(schema, found);
        }
        return found;
    }

    @Override
    public void reset() {
        known.clear();
        since = System.nanoTime();
        super.reset();
    }
}
