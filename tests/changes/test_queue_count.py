"""More and fewer queues while events flow (modules/rta/README.md)."""

from collections import defaultdict

import pytest

from tests.changes.conftest import BEFORE, Running
from tests.changes.traffic import AGENTS, Arrival, agent_events, arrivals
from tests.local_cloud.agent_stream import await_batches, sample_events
from tests.local_cloud.workspace import TerraformError

pytestmark = pytest.mark.xdist_group("changes")


def test_agents_keep_their_order_and_no_event_is_lost_when_queues_come_and_go(
    running: Running,
) -> None:
    cloud, apply = running.cloud, running.workspace.apply
    with agent_events(cloud, running.outputs["agent_event_stream_arn"]) as traffic:
        more = apply(BEFORE | {"num_sqs_queues": 3})
        queues = more["sqs_queue_urls"]
        traffic.go_on_for(2)

        with pytest.raises(TerraformError) as refused:
            apply(BEFORE | {"num_sqs_queues": 1})
        told = " ".join(str(refused.value).replace("│", " ").split())
        assert "aspect-wfm-rta-events-2.fifo and aspect-wfm-rta-events-3.fifo exist" in told
        assert "Set num_retired_sqs_queues to 2" in told

        fewer = apply(BEFORE | {"num_sqs_queues": 1, "num_retired_sqs_queues": 2})
        assert fewer["sqs_queue_urls"] == queues[:1]
        assert fewer["retired_sqs_queue_urls"] == queues[1:]
        traffic.go_on_for(2)
    await_batches(
        cloud,
        running.outputs["rta_lambda_function_name"],
        len(sample_events()) + traffic.rounds * len(AGENTS),
    )
    assert running.rta.flag() == "True", "an apply leaves the flag as the server set it"

    by_agent: dict[str, list[Arrival]] = defaultdict(list)
    for each in arrivals(cloud, queues):
        by_agent[each.agent].append(each)
    for agent in AGENTS:
        # A batch that was on its way during a change comes again, maybe to another queue.
        first: dict[int, int] = {}
        for each in sorted(by_agent[agent], key=lambda each: each.sent):
            first.setdefault(each.round, each.sent)
        assert sorted(first) == list(range(traffic.rounds))
        assert [first[number] for number in sorted(first)] == sorted(first.values())
    moved = {agent for agent in AGENTS if len({each.queue_url for each in by_agent[agent]}) > 1}
    assert len(moved) > len(AGENTS) // 2, "agents did change queues"

    last = apply(BEFORE | {"num_sqs_queues": 1, "num_retired_sqs_queues": 0})
    assert last["retired_sqs_queue_urls"] == []
    ours = cloud.client("sqs").list_queues(QueueNamePrefix="aspect-wfm-rta-")["QueueUrls"]
    assert ours == queues[:1]
