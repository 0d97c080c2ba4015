package cdc.flink.idle;

import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;

/**
 * `kafka-idle-aware`: the Kafka connector, with sources that tell the checkpoint coordinator when they read nothing. A statement that
 * has nothing to commit is then not checkpointed sixteen times a second, but at
 * `execution.checkpointing.interval-during-backlog` (docs/adr/0019-commits.md).
 */
public final class IdleAwareKafkaFactory extends KafkaDynamicTableFactory {
    @Override
    public String factoryIdentifier() {
        return "kafka-idle-aware";
    }

    @Override
    public DynamicTableSource createDynamicTableSource(DynamicTableFactory.Context context) {
        return new IdleAwareTableSource(super.createDynamicTableSource(context));
    }
}
