package cdc.connect;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A NULL stays NULL, in a column that has a default, too.
 *
 * <p>Connect's {@code Struct.get} answers a field's default where its value is null, and a converter asks it. What the service's
 * converter does with {@code ignore.default.for.nullables}, this does for the one that runs here, which has no such setting: keys
 * and values get schemas without defaults. Goes last in the chain.
 */
public final class WithoutDefaults implements Transformation<SourceRecord> {
    private static final int KEPT = 1000;
    private final Map<Schema, Schema> known = new IdentityHashMap<>();

    @Override
    public SourceRecord apply(SourceRecord record) {
        Schema key = of(record.keySchema());
        Schema value = of(record.valueSchema());
        if (key == record.keySchema() && value == record.valueSchema()) {
            return record;
        }
        return record.newRecord(
                record.topic(), record.kafkaPartition(), key, copied(key, record.key()), value, copied(value, record.value()),
                record.timestamp());
    }

    /** The schema itself where it has no default. */
    private Schema of(Schema schema) {
        if (schema == null || schema.type() != Schema.Type.STRUCT) {
            return schema;
        }
        if (known.size() > KEPT) {
            known.clear();
        }
        return known.computeIfAbsent(schema, WithoutDefaults::plain);
    }

    private static Schema plain(Schema schema) {
        if (schema.type() != Schema.Type.STRUCT) {
            return schema.defaultValue() == null ? schema : described(schema).build();
        }
        List<Schema> fields = new ArrayList<>();
        boolean same = schema.defaultValue() == null;
        for (Field field : schema.fields()) {
            fields.add(plain(field.schema()));
            same &= fields.get(fields.size() - 1) == field.schema();
        }
        if (same) {
            return schema;
        }
        SchemaBuilder builder = described(schema);
        for (Field field : schema.fields()) {
            builder.field(field.name(), fields.get(field.index()));
        }
        return builder.build();
    }

    /** All of a schema but its default and its fields. */
    private static SchemaBuilder described(Schema schema) {
        SchemaBuilder builder =
                switch (schema.type()) {
                    case ARRAY -> SchemaBuilder.array(schema.valueSchema());
                    case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
                    default -> new SchemaBuilder(schema.type());
                };
        builder.name(schema.name()).version(schema.version()).doc(schema.doc());
        if (schema.parameters() != null) {
            builder.parameters(schema.parameters());
        }
        return schema.isOptional() ? builder.optional() : builder;
    }

    private static Object copied(Schema schema, Object value) {
        if (!(value instanceof Struct from) || from.schema() == schema) {
            return value;
        }
        Struct to = new Struct(schema);
        for (Field field : from.schema().fields()) {
            to.put(field.name(), copied(schema.field(field.name()).schema(), from.getWithoutDefault(field.name())));
        }
        return to;
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
        known.clear();
    }
}
