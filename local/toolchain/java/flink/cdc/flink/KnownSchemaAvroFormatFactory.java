package cdc.flink;

import java.util.Set;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.AvroRowDataSerializationSchema;
import org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/**
 * `avro-confluent-known`: avro-confluent for sinks, but the registry's client is asked for the id of a table's schema once, and not
 * for every key and value: its answer is cached, but found by comparing schemas.
 */
public final class KnownSchemaAvroFormatFactory implements SerializationFormatFactory {
    private final RegistryAvroFormatFactory avro = new RegistryAvroFormatFactory();

    @Override
    public String factoryIdentifier() {
        return "avro-confluent-known";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return avro.requiredOptions();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return avro.optionalOptions();
    }

    @Override
    public Set<ConfigOption<?>> forwardOptions() {
        return avro.forwardOptions();
    }

    @Override
    public EncodingFormat<SerializationSchema<RowData>> createEncodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        EncodingFormat<SerializationSchema<RowData>> format = avro.createEncodingFormat(context, options);
        return new EncodingFormat<>() {
            @Override
            public SerializationSchema<RowData> createRuntimeEncoder(DynamicTableSink.Context sink, DataType consumed) {
                return new KnownSchemaSerializer((AvroRowDataSerializationSchema) format.createRuntimeEncoder(sink, consumed));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return format.getChangelogMode();
            }
        };
    }
}
