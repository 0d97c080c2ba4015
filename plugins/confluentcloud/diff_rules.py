"""What single Confluent resource types add to the common rules of a difference."""

from plugins.engine.diff import Change
from plugins.engine.errors import Refused
from plugins.engine.values import Properties


def special(name: str, identity: str, old: Properties, new: Properties, change: Change) -> Change:
    """What single resource types add to the common rules. Raises Refused where the real plugin refuses a preview."""
    if name == "KafkaTopic" and "partitionsCount" in change.detail:
        before, after = old.get("partitionsCount"), new.get("partitionsCount")
        if isinstance(before, int) and isinstance(after, int) and after < before:
            change.note("__meta", "UPDATE", True)
    if name == "KafkaCluster":
        refuse_cluster_type(identity, old, new)
    if (
        name == "Schema"
        and "schema" in change.detail
        and new.get("recreateOnUpdate")
        and old.get("recreateOnUpdate") is not None
    ):
        raise Refused(
            f'error updating Schema "{identity}": reimport the current resource instance and set '
            "recreate_on_update = false to evolve a schema using the same resource instance."
        )
    if name == "FlinkStatement":
        refuse_moving_statement(old, new, change)
    return change


TYPES = ("basic", "standard", "dedicated", "enterprises", "freights")


def refuse_cluster_type(identity: str, old: Properties, new: Properties) -> None:
    """Only Basic becomes Standard; to Enterprise the real plugin lets a preview pass."""
    before = next((t for t in TYPES if old.get(t) not in (None, [])), "")
    after = next((t for t in TYPES if new.get(t) is not None), "")
    if (
        before
        and before != after
        and (before, after) != ("basic", "standard")
        and after not in ("enterprises", "freights")
    ):
        raise Refused(
            f"error updating Kafka Cluster \"{identity}\": clusters can only be upgraded from 'Basic' to 'Standard'"
        )


def refuse_moving_statement(old: Properties, new: Properties, change: Change) -> None:
    """Principal and pool change only while a statement is resumed."""
    if change.replaces:
        return
    for key, word in (("principal", "principal"), ("computePool", "compute_pool")):
        resumes = old.get("stopped") is True and new.get("stopped") is False
        if any(path.split(".")[0] == key for path in change.detail) and not resumes:
            raise Refused(
                f"error updating Flink Statement: '{word}' can't be updated in place without a `stopped` true -> false status change"
            )
