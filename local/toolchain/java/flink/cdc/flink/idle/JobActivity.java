package cdc.flink.idle;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which readers of a job read. One source that rests makes Flink checkpoint the whole job less often, so it says so only when all do. */
final class JobActivity {
    private static final Map<String, JobActivity> JOBS = new HashMap<>();
    private final String job;
    private final Map<IdleAwareEnumerator<?, ?>, Set<Integer>> reading = new HashMap<>();
    private IdleAwareEnumerator<?, ?> resting;

    private JobActivity(String job) {
        this.job = job;
    }

    /** A source joins when it is made, so that a job's sources find each other however they are restarted. */
    static synchronized JobActivity joined(String job, IdleAwareEnumerator<?, ?> source) {
        JobActivity found = JOBS.computeIfAbsent(job, JobActivity::new);
        found.reading.put(source, new HashSet<>());
        return found;
    }

    void said(IdleAwareEnumerator<?, ?> source, int subtask, boolean reads) {
        synchronized (JobActivity.class) {
            Set<Integer> readers = reading.get(source);
            if (reads) {
                readers.add(subtask);
                tell(null);
            } else {
                readers.remove(subtask);
                if (resting == null && reading.values().stream().allMatch(Set::isEmpty)) {
                    tell(source);
                }
            }
        }
    }

    void ended(IdleAwareEnumerator<?, ?> source) {
        synchronized (JobActivity.class) {
            reading.remove(source);
            if (resting == source) {
                resting = null;
            }
            if (reading.isEmpty()) {
                JOBS.remove(job, this);
            }
        }
    }

    private void tell(IdleAwareEnumerator<?, ?> rests) {
        if (resting != null) {
            resting.rests(false);
        }
        if (rests != null) {
            rests.rests(true);
        }
        resting = rests;
    }
}
