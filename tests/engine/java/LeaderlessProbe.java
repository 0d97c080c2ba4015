import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.server.common.KRaftVersion;

/** What the broker's metadata cache says of a partition without a leader, and of one that is not there. */
public final class LeaderlessProbe {
    public static void main(String[] arguments) {
        Uuid topic = Uuid.randomUuid();
        MetadataDelta delta = new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        delta.replay(new TopicRecord().setName("there").setTopicId(topic));
        delta.replay(new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(0)
                .setLeader(-1)
                .setReplicas(List.of(1))
                .setDirectories(List.of(Uuid.randomUuid())));
        KRaftMetadataCache cache = new KRaftMetadataCache(1, () -> KRaftVersion.KRAFT_VERSION_0);
        cache.setImage(delta.apply(MetadataProvenance.EMPTY));
        ListenerName listener = new ListenerName("INTERNAL");
        System.out.println(said(cache.getPartitionLeaderEndpoint("there", 0, listener)) + " "
                + said(cache.getPartitionLeaderEndpoint("there", 1, listener)) + " "
                + said(cache.getPartitionLeaderEndpoint("gone", 0, listener)));
    }

    private static String said(Optional<Node> node) {
        return node.map(Node::idString).orElse("deleted");
    }
}
