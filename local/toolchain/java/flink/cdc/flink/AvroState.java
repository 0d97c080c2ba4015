package cdc.flink;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryDecoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.formats.avro.AvroDeserializationSchema;
import org.apache.flink.formats.avro.AvroRowDataDeserializationSchema;

/**
 * What avro-confluent's decoder keeps between two records: a buffer. Bytes of one record that were not read would be read as the
 * beginning of the next one, so they must be seen, and thrown away. Flink keeps the decoder to itself: hence reflection.
 */
final class AvroState {
    private final Object schema;
    private final Field decoder;
    private final Field input;

    AvroState(AvroRowDataDeserializationSchema avro) {
        try {
            schema = field(AvroRowDataDeserializationSchema.class, "nestedSchema").get(avro);
            decoder = field(AvroDeserializationSchema.class, "decoder");
            input = field(AvroDeserializationSchema.class, "inputStream");
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException("this version of Flink keeps its Avro decoder elsewhere", error);
        }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field found = owner.getDeclaredField(name);
        found.setAccessible(true);
        return found;
    }

    /** Raises an IOException when the record that was just read goes on after its last field. */
    void requireEnd() throws IOException {
        if (get(decoder) instanceof BinaryDecoder && !((BinaryDecoder) get(decoder)).isEnd()) {
            throw new IOException("bytes are left over after the record's last field");
        }
    }

    /** Forget whatever was not read. */
    void reset() {
        InputStream stream = (InputStream) get(input);
        if (stream != null) {
            try {
                decoder.set(schema, DecoderFactory.get().binaryDecoder(stream, null));
            } catch (IllegalAccessException error) {
                throw new IllegalStateException(error);
            }
        }
    }

    private Object get(Field field) {
        try {
            return field.get(schema);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }
}
