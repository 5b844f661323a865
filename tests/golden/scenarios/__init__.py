"""Scenarios by name, in the order in which they are played; each begins with a server reset."""

from . import (catalogues, control, faults, filters, images, instances, key_pairs,
               placement_groups, security_groups, sharing, snapshots, states, stores, volumes)

# What `amilab serve` is told besides, by scenario.
OPTIONS = catalogues.OPTIONS
ALL = {}
for module in (control, catalogues, volumes, snapshots, images, instances, key_pairs, placement_groups,
               security_groups, sharing, stores, states, filters, faults):
    for name, scenario in module.SCENARIOS.items():
        if name in ALL:
            raise ValueError(f"two scenarios are called {name}")
        ALL[name] = scenario
