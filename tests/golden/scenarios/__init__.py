"""Scenarios by name, in the order in which they are played; each begins with a server reset."""

from . import (address_transfers, capacity_reservations, catalogues, cidr_blocks,
               connect_endpoints, control, conversions, dedicated_hosts, faults, filters,
               flow_logs, image_objects, images, imports, instance_options, instance_services, instances,
               key_pairs, launch_templates,
               nat_gateways, network, network_interfaces, objects, placement_groups, prefix_lists,
               roles, security_groups, sharing, snapshots, spot, states, stores,
               subnet_reservations, volumes, vpc_endpoints, vpc_peering)

# What `amilab serve` is told besides, by scenario.
OPTIONS = catalogues.OPTIONS
ALL = {}
for module in (control, catalogues, volumes, snapshots, images, instances, instance_options,
               instance_services, spot, capacity_reservations, dedicated_hosts, key_pairs,
               launch_templates, network, network_interfaces, nat_gateways, cidr_blocks,
               vpc_peering, vpc_endpoints, flow_logs, address_transfers, connect_endpoints,
               subnet_reservations, placement_groups, prefix_lists, security_groups, sharing,
               stores, objects, image_objects, imports, conversions, roles, states, filters,
               faults):
    for name, scenario in module.SCENARIOS.items():
        if name in ALL:
            raise ValueError(f"two scenarios are called {name}")
        ALL[name] = scenario
