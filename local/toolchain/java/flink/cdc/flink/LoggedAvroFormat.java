package cdc.flink;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.formats.avro.typeutils.AvroSchemaConverter;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.utils.DataTypeUtils;

/** Decodes with the wrapped format; adds the metadata columns that were asked for. */
final class LoggedAvroFormat implements DecodingFormat<DeserializationSchema<RowData>> {
    private static final Map<String, DataType> METADATA = new LinkedHashMap<>();

    static {
        METADATA.put("error", DataTypes.STRING().nullable());
        METADATA.put("bytes", DataTypes.BYTES().nullable());
    }

    private final DecodingFormat<DeserializationSchema<RowData>> avro;
    private final String schema;
    private List<String> keys = List.of();

    LoggedAvroFormat(DecodingFormat<DeserializationSchema<RowData>> avro, String schema) {
        this.avro = avro;
        this.schema = schema;
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return METADATA;
    }

    @Override
    public void applyReadableMetadata(List<String> metadataKeys) {
        keys = List.copyOf(metadataKeys);
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return avro.getChangelogMode();
    }

    @Override
    public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context context, DataType physical) {
        // The table's columns are all nullable, since a row of an error has none of them; the record's fields are not.
        DataType written = AvroSchemaConverter.convertToDataType(schema);
        List<DataTypes.Field> added =
                keys.stream().map(key -> DataTypes.FIELD(key, METADATA.get(key))).collect(Collectors.toList());
        DataType produced = DataTypeUtils.appendRowFields(physical, added);
        return new LoggedDeserializer(
                avro.createRuntimeDecoder(context, written),
                DataType.getFieldCount(physical),
                keys.toArray(String[]::new),
                context.createTypeInformation(produced));
    }
}
