package cdc.flink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.formats.avro.AvroRowDataSerializationSchema;
import org.apache.flink.formats.avro.RegistryAvroSerializationSchema;
import org.apache.flink.formats.avro.SchemaCoder;
import org.apache.flink.table.data.RowData;

/** Writes as the wrapped one does. Flink keeps what writes the schema's id to itself: hence reflection. */
final class KnownSchemaSerializer implements SerializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private final AvroRowDataSerializationSchema avro;

    KnownSchemaSerializer(AvroRowDataSerializationSchema avro) {
        this.avro = avro;
    }

    @Override
    public void open(InitializationContext context) throws Exception {
        avro.open(context);
        Object nested = field(AvroRowDataSerializationSchema.class, "nestedSchema").get(avro);
        Object provider = field(RegistryAvroSerializationSchema.class, "schemaCoderProvider").get(nested);
        SchemaCoder asks = ((SchemaCoder.SchemaCoderProvider) provider).get();
        field(RegistryAvroSerializationSchema.class, "schemaCoder").set(nested, new Remembering(asks));
    }

    @Override
    public byte[] serialize(RowData row) {
        return avro.serialize(row);
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field found = owner.getDeclaredField(name);
        found.setAccessible(true);
        return found;
    }

    /** Asks once for each schema object; a table has one. */
    private static final class Remembering implements SchemaCoder {
        private final SchemaCoder asks;
        private Schema known;
        private byte[] prefix;

        Remembering(SchemaCoder asks) {
            this.asks = asks;
        }

        @Override
        public Schema readSchema(InputStream in) throws IOException {
            return asks.readSchema(in);
        }

        @Override
        public void writeSchema(Schema schema, OutputStream out) throws IOException {
            if (schema != known) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                asks.writeSchema(schema, bytes);
                prefix = bytes.toByteArray();
                known = schema;
            }
            out.write(prefix);
        }
    }
}
