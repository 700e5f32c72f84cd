"""The numbers of `/metrics` in tests: a process counts in one folder as long as it lives, so tests compare before and after."""

import pytest

from balie.config import metrics


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    metrics.begin(tmp_path_factory.mktemp("counted") / "metrics")


def numbers(text: bytes) -> dict[tuple[str, ...], float]:
    """By name and labels."""
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }
