package cdc.flink.idle;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * A Kafka reader answers MORE_AVAILABLE after each record, and NOTHING_AVAILABLE when an empty fetch woke it. That nothing was read
 * is noticed at a checkpoint; those before it have committed all that was read.
 */
final class IdleAwareReader<T, S extends SourceSplit> implements SourceReader<T, S> {
    private static final long IDLE_NANOS = 1_000_000_000L;
    private final SourceReader<T, S> reader;
    private final SourceReaderContext context;
    private long lastRead;
    private boolean reads;

    IdleAwareReader(SourceReader<T, S> reader, SourceReaderContext context) {
        this.reader = reader;
        this.context = context;
    }

    @Override
    public void start() {
        reader.start();
        reading();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        InputStatus status = reader.pollNext(output);
        if (status == InputStatus.MORE_AVAILABLE) {
            reading();
        }
        return status;
    }

    private void reading() {
        lastRead = System.nanoTime();
        if (!reads) {
            reads = true;
            context.sendSourceEventToCoordinator(new ReadsEvent(true));
        }
    }

    @Override
    public List<S> snapshotState(long checkpoint) {
        if (reads && System.nanoTime() - lastRead > IDLE_NANOS) {
            reads = false;
            context.sendSourceEventToCoordinator(new ReadsEvent(false));
        }
        return reader.snapshotState(checkpoint);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return reader.isAvailable();
    }

    @Override
    public void addSplits(List<S> splits) {
        reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        reader.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        reader.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) throws Exception {
        reader.notifyCheckpointAborted(checkpoint);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
        reader.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void close() throws Exception {
        reader.close();
    }
}
