"""What fuzzing starts from: the sample day, and hostile inputs made by hand or found before."""

from pathlib import Path

from tests.local_cloud.agent_stream import as_record, sample_events

_CORPUS = Path(__file__).parent / "corpus"

# The targets, each with the folder of its seeds.
SEEDS = {
    "report-line": "events",
    "state-and-message": "events",
    "status-table": "tables",
    "handlers": "events",
    "documents": "documents",
    "items": "items",
    "report-files": "report-files",
}


def seeds(target: str) -> list[bytes]:
    """The inputs for `target`, in the shape of the corpus: see `expansion`."""
    folder = SEEDS[target]
    by_hand = [file.read_bytes() for file in sorted((_CORPUS / folder).iterdir())]
    return by_hand + ([as_record(each) for each in sample_events()] if folder == "events" else [])
