package cdc.flink.idle;

import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** A Kafka table's source as Flink makes it; only what it reads with is wrapped. */
final class IdleAwareTableSource implements ScanTableSource, SupportsReadingMetadata, SupportsWatermarkPushDown {
    private final DynamicTableSource kafka;

    IdleAwareTableSource(DynamicTableSource kafka) {
        this.kafka = kafka;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        DataStreamScanProvider scan = (DataStreamScanProvider) ((ScanTableSource) kafka).getScanRuntimeProvider(context);
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment environment) {
                return wrapped(scan.produceDataStream(provider, environment).getTransformation(), environment);
            }

            @Override
            public boolean isBounded() {
                return scan.isBounded();
            }
        };
    }

    /** The same source under the same name and uid, so that savepoints fit. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static DataStream<RowData> wrapped(Transformation<RowData> made, StreamExecutionEnvironment environment) {
        SourceTransformation<RowData, ?, ?> original = (SourceTransformation<RowData, ?, ?>) made;
        Source<RowData, ?, ?> source = new IdleAwareSource(original.getSource());
        var stream = environment.fromSource(
                source, original.getWatermarkStrategy(), original.getName(), original.getOutputType());
        if (original.getUid() != null) {
            stream.uid(original.getUid());
        }
        if (original.isParallelismConfigured()) {
            stream.setParallelism(original.getParallelism());
        }
        return stream;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ((ScanTableSource) kafka).getChangelogMode();
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return ((SupportsReadingMetadata) kafka).listReadableMetadata();
    }

    @Override
    public void applyReadableMetadata(List<String> keys, DataType produced) {
        ((SupportsReadingMetadata) kafka).applyReadableMetadata(keys, produced);
    }

    @Override
    public boolean supportsMetadataProjection() {
        return ((SupportsReadingMetadata) kafka).supportsMetadataProjection();
    }

    @Override
    public void applyWatermark(WatermarkStrategy<RowData> strategy) {
        ((SupportsWatermarkPushDown) kafka).applyWatermark(strategy);
    }

    @Override
    public DynamicTableSource copy() {
        return new IdleAwareTableSource(kafka.copy());
    }

    @Override
    public String asSummaryString() {
        return kafka.asSummaryString();
    }
}
