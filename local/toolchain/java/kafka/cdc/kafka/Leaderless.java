package cdc.kafka;

import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.metadata.MetadataCache;

/**
 * Apache Kafka 4.1 to 4.4 take a partition without a leader for a deleted one (KAFKA-20734). A broker that was killed while transactions
 * were being committed finds its own partitions without a leader when it comes back, writes no marker, and calls the transactions
 * complete: read_committed readers of these partitions then wait for ever.
 */
public final class Leaderless {
    private Leaderless() {}

    /** The leader's address that was found; for a partition that exists and has no leader, the node that means "try again". */
    public static Optional<Node> orNoNode(Optional<Node> found, MetadataCache cache, String topic, int partition) {
        boolean known = found.isPresent() || !cache.contains(new TopicPartition(topic, partition));
        return known ? found : Optional.of(Node.noNode());
    }
}
