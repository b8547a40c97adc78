"""The figures that the how-to explains and the alerts ask for are those that processes show, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry

from eventstore import Keyring, Store
from eventstore.supply import Figures
from runtime import database as connections
from runtime import figures, metrics
from runtime.kafka.shipment import Shipping
from runtime.live.updates import Live
from runtime.standing import OfTheDatabase
from tests.conftest import Database

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
RULES = (HOW_TO / "alerts.yaml").read_text()
PAGE = (HOW_TO / "read-the-figures.md").read_text()
NAME = re.compile(r"quittance_[a-z_]+")


class Consumer:
    """What is read of a projector or a reactor."""

    handled = 1
    figures = Figures()


class Carrier:
    """What is read of its consumer."""

    rebalances = replaced = dropped = foreign = 0


@pytest.fixture
def shown(database: Database, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all figures, as the how-to writes them."""
    mine, kept = CollectorRegistry(), metrics._Shown()
    monkeypatch.setattr(metrics, "_shown", kept)
    mine.register(kept)
    figures.of_consumer("projections", Consumer(), Carrier())  # type: ignore[arg-type]
    figures.of_relay(Shipping())
    with connections.pool(database.app_url, name="test", size=2) as pool:
        figures.of_live(Live(Store(pool, Keyring(pool, bytes(32)), bytes(32)), database.app_url))
        of_database = OfTheDatabase(pool, carried=True)
        families = [*metrics.REGISTRY.collect(), *mine.collect(), *of_database.collect()]
    endings = {"counter": "_total", "info": "_info"}
    names = {each.name + endings.get(each.type, "") for each in families}
    return {name for name in names if name.startswith("quittance_")} | {"quittance_events_parked"}


def test_every_figure_is_explained_and_every_explanation_is_of_one(shown: set[str]) -> None:
    assert set(NAME.findall(PAGE)) == shown


def test_alerts_ask_for_what_there_is(shown: set[str]) -> None:
    asked = {name.removesuffix("_bucket").removesuffix("_count") for name in NAME.findall(RULES)}
    assert asked <= shown
    assert len(asked) >= 6


def test_the_rules_have_the_form_that_prometheus_reads() -> None:
    """Source: https://github.com/prometheus/prometheus/blob/v2.53.0/docs/configuration/alerting_rules.md, read 2026-11-21."""
    (group,) = yaml.safe_load(RULES)["groups"]
    assert group["name"] == "quittance"
    for rule in group["rules"]:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["alert"])
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert re.fullmatch(r"[0-9]+[sm]", rule.get("for", "1m"))
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "remedy"}


def test_the_example_of_the_how_to_is_yaml() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert yaml.safe_load(example)["rule_files"] == ["alerts.yaml"]


def test_the_example_asks_every_replica_and_not_one_of_them_in_turn() -> None:
    """Source: https://github.com/prometheus/prometheus/blob/v2.53.0/docs/configuration/configuration.md, dns_sd_config."""
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (job,) = yaml.safe_load(example)["scrape_configs"]
    services = yaml.safe_load((HOW_TO.parents[1] / "docker-compose.yml").read_text())["services"]
    (asked,) = job["dns_sd_configs"]
    assert set(asked["names"]) == {
        name for name, one in services.items() if "replicas" in one.get("deploy", {})
    }
    assert (asked["type"], asked["port"]) == ("A", 9100)
    assert "static_configs" not in job
