package cdc.flink;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.registry.confluent.AvroConfluentFormatOptions;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;

/**
 * `avro-confluent-logged`: avro-confluent, but a record that cannot be decoded becomes a row of NULLs whose metadata
 * columns `error` and `bytes` say why and what it was. It stands in for Confluent's error-handling.mode=log.
 */
public final class LoggedAvroFormatFactory extends AvroConfluent implements DeserializationFormatFactory {
    public LoggedAvroFormatFactory() {
        super("avro-confluent-logged");
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        String schema = options.get(AvroConfluentFormatOptions.SCHEMA);
        return new LoggedAvroFormat(avro.createDecodingFormat(context, options), schema);
    }
}
