package cdc.flink;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory;
import org.apache.flink.table.factories.FormatFactory;

/** What our formats have in common: the options of avro-confluent. */
abstract class AvroConfluent implements FormatFactory {
    protected final RegistryAvroFormatFactory avro = new RegistryAvroFormatFactory();
    private final String name;

    AvroConfluent(String name) {
        this.name = name;
    }

    @Override
    public String factoryIdentifier() {
        return name;
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
}
