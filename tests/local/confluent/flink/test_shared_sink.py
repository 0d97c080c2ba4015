"""Many INSERTs of a set run through one sink; what is of another shape is left as it is."""

from local.confluent.flink import shared_sink

ONE = "INSERT INTO `t{n}` (\n  `id`, `x`\n)\nSELECT\n  `id`, `x`\nFROM `raw`\nWHERE `k` IN ('a;b', 'it''s FROM `raw` WHERE') AND (`x` = 'END;{n}');"


def text(count: int) -> str:
    return "\n".join(["EXECUTE STATEMENT SET", "BEGIN", *(ONE.replace("{n}", str(n)) for n in range(count)), "END;"])


def test_a_set_is_read_whatever_its_literals_hold() -> None:
    found = shared_sink.parse(text(3))
    assert [insert.target for insert in found] == ["t0", "t1", "t2"]
    assert found[1].where == "`k` IN ('a;b', 'it''s FROM `raw` WHERE') AND (`x` = 'END;1')"
    assert found[1].expressions == "`id`, `x`"


def test_other_shapes_are_left_alone() -> None:
    assert shared_sink.parse("INSERT INTO `a` SELECT * FROM `b`") == []
    assert shared_sink.parse("EXECUTE STATEMENT SET BEGIN INSERT INTO `a` SELECT * FROM `b`; END;") == []


def test_topics_of_one_schema_share_a_sink() -> None:
    inserts = shared_sink.parse(text(20))
    schemas = {insert.target: ("k", "other" if insert.target == "t7" else "v") for insert in inserts}
    found = shared_sink.groups(inserts, schemas)
    assert [len(group) for group in found] == [19, 1]
    written = shared_sink.statement(found)
    assert written.count("INSERT INTO") == 2
    assert written.count("CASE WHEN") == 19
    assert "INSERT INTO `t0#and-18-more` (`id`, `x`\n, `__cdc_target`)" in written.replace("(\n  ", "(")
    assert "AND (`x` = 'END;19') THEN 't19' END]" in written


def test_topics_whose_values_are_made_differently_stay_apart() -> None:
    masked = [shared_sink.Insert(f"t{n}", "`x`", "`x`" if n % 2 else "'***'", "raw", "TRUE") for n in range(20)]
    found = shared_sink.groups(masked, dict.fromkeys((insert.target for insert in masked), ("k", "v")))
    assert [{insert.expressions for insert in group} for group in found] == [{"'***'"}, {"`x`"}]


def test_a_topic_by_itself_stays_as_it_is() -> None:
    (group,) = shared_sink.groups(shared_sink.parse(text(1)), {"t0": ("k", "v")})
    assert shared_sink.statement([group]).count("INSERT INTO `t0`") == 1
    assert shared_sink.COLUMN not in shared_sink.statement([group])
