package cdc.flink.idle;

import org.apache.flink.api.connector.source.SourceEvent;

/** From a reader to its enumerator: it reads records, or has not for a while. */
record ReadsEvent(boolean reads) implements SourceEvent {}
