package cdc.flink;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.AvroRowDataDeserializationSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/** Never fails for what is wrong with a record; still fails, and so tries again, when the registry is away. */
final class LoggedDeserializer implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private static final int UNKNOWN_SCHEMA = 40403;

    private final DeserializationSchema<RowData> avro;
    private final int fields;
    private final String[] keys;
    private final TypeInformation<RowData> type;
    private transient AvroState state;

    LoggedDeserializer(
            DeserializationSchema<RowData> avro, int fields, String[] keys, TypeInformation<RowData> type) {
        this.avro = avro;
        this.fields = fields;
        this.keys = keys;
        this.type = type;
    }

    @Override
    public void open(InitializationContext context) throws Exception {
        avro.open(context);
        state = new AvroState((AvroRowDataDeserializationSchema) avro);
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
        if (message == null) {
            return null;
        }
        GenericRowData row = new GenericRowData(fields + keys.length);
        try {
            GenericRowData decoded = (GenericRowData) avro.deserialize(message);
            state.requireEnd();
            for (int field = 0; field < fields; field++) {
                row.setField(field, decoded.getField(field));
            }
        } catch (IOException | RuntimeException error) {
            state.reset();
            if (registryIsAway(error)) {
                throw error;
            }
            row = new GenericRowData(fields + keys.length);
            for (int key = 0; key < keys.length; key++) {
                row.setField(fields + key, keys[key].equals("error") ? StringData.fromString(reason(error)) : message);
            }
        }
        return row;
    }

    private static boolean registryIsAway(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof UnknownHostException) {
                return true;
            }
            if (cause.getClass().getSimpleName().equals("RestClientException")) {
                return !cause.getMessage().contains("error code: " + UNKNOWN_SCHEMA);
            }
        }
        return false;
    }

    private static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    @Override
    public boolean isEndOfStream(RowData next) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return type;
    }
}
