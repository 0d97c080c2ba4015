package cdc.flink;

import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.AvroRowDataSerializationSchema;
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
public final class KnownSchemaAvroFormatFactory extends AvroConfluent implements SerializationFormatFactory {
    public KnownSchemaAvroFormatFactory() {
        super("avro-confluent-known");
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
