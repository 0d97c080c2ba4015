package cdc.flink.idle;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Hands on what the readers say. In Flink's words a job that rests is one with a backlog: both are checkpointed less often. */
final class IdleAwareEnumerator<S extends SourceSplit, C> implements SplitEnumerator<S, C> {
    private final SplitEnumerator<S, C> enumerator;
    private final SplitEnumeratorContext<S> context;
    private final JobActivity job;
    private boolean heard;

    IdleAwareEnumerator(SplitEnumerator<S, C> enumerator, SplitEnumeratorContext<S> context) {
        this.enumerator = enumerator;
        this.context = context;
        this.job = JobActivity.joined(context.metricGroup().getAllVariables().get("<job_id>"), this);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof ReadsEvent) {
            if (!heard) { // a job that failed as a whole still believes what the enumerator before this one told
                heard = true;
                rests(false);
            }
            job.said(this, subtask, ((ReadsEvent) event).reads());
        } else {
            enumerator.handleSourceEvent(subtask, event);
        }
    }

    /** From whichever source's thread finds out. */
    void rests(boolean rests) {
        context.runInCoordinatorThread(() -> context.setIsProcessingBacklog(rests));
    }

    @Override
    public void start() {
        enumerator.start();
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        enumerator.handleSplitRequest(subtask, host);
    }

    @Override
    public void addSplitsBack(List<S> splits, int subtask) {
        enumerator.addSplitsBack(splits, subtask);
    }

    @Override
    public void addReader(int subtask) {
        enumerator.addReader(subtask);
    }

    @Override
    public C snapshotState(long checkpoint) throws Exception {
        return enumerator.snapshotState(checkpoint);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        enumerator.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) throws Exception {
        enumerator.notifyCheckpointAborted(checkpoint);
    }

    @Override
    public void close() throws IOException {
        job.ended(this);
        enumerator.close();
    }
}
