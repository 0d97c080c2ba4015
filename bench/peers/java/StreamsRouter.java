import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** Rows of the raw topic (JSON) to a topic per type: each header as it is. Arguments: properties, raw topic, prefix of the others. */
public class StreamsRouter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Row(String type, String header) {}

    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(arguments[0]))) {
            settings.load(file);
        }
        Serde<Row> rows = Serdes.serdeFrom(
                (topic, row) -> row.header().getBytes(StandardCharsets.UTF_8),
                (topic, bytes) -> row(bytes));
        var builder = new StreamsBuilder();
        builder.stream(arguments[1], Consumed.with(Serdes.String(), rows))
                .to((id, row, context) -> arguments[2] + row.type(), Produced.with(Serdes.String(), rows));
        var streams = new KafkaStreams(builder.build(), settings);
        streams.setStateListener((now, before) -> System.out.println("state " + now));
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    private static Row row(byte[] bytes) {
        try {
            JsonNode found = JSON.readTree(bytes);
            return new Row(found.get("event_type").textValue(), found.get("header_data").textValue());
        } catch (java.io.IOException bad) {
            throw new IllegalArgumentException(bad);
        }
    }
}
