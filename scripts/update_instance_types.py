#!/usr/bin/env python3
"""Writes what EC2 tells of instance types, in compact form, from answers that moto republishes.

usage: scripts/update_instance_types.py [--output FOLDER] [MOTO_FOLDER]

Takes moto/ec2/resources/instance_types.json.gz and instance_type_offerings/availability-zone-id of
MOTO_FOLDER (the installed package, or one that was unpacked), else of the moto that Python imports;
writes fixtures/catalog/instance_types.json and instance_type_offerings.json, whose form
fixtures/catalog/README.md explains. What the answers lack is below, in ADDED; regions that moto does
not have are in instance_type_offerings.json under `like`, which stays as it is.
A member of an answer that this script does not know is an error.
"""

import argparse
import collections
import gzip
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
CATALOG = ROOT / "fixtures" / "catalog"

# What the answers have as lists and the catalogue as texts; the order is AWS's.
LISTS = {
    "SupportedUsageClasses": "supported_usage_classes",
    "SupportedRootDeviceTypes": "supported_root_device_types",
    "SupportedVirtualizationTypes": "supported_virtualization_types",
    "ProcessorInfo.SupportedArchitectures": "supported_architectures",
    "ProcessorInfo.SupportedFeatures": "processor_supported_features",
    "VCpuInfo.ValidCores": "valid_cores",
    "VCpuInfo.ValidThreadsPerCore": "valid_threads_per_core",
    "NetworkInfo.BandwidthWeightings": "bandwidth_weightings",
    "PlacementGroupInfo.SupportedStrategies": "placement_strategies",
    "SupportedBootModes": "supported_boot_modes",
    "NitroTpmInfo.SupportedVersions": "nitro_tpm_supported_versions",
}
SCALARS = {
    "CurrentGeneration": "current_generation",
    "FreeTierEligible": "free_tier_eligible",
    "BareMetal": "bare_metal",
    "Hypervisor": "hypervisor",
    "ProcessorInfo.SustainedClockSpeedInGhz": "sustained_clock_speed_ghz",
    "ProcessorInfo.Manufacturer": "processor_manufacturer",
    "VCpuInfo.DefaultVCpus": "default_vcpus",
    "VCpuInfo.DefaultCores": "default_cores",
    "VCpuInfo.DefaultThreadsPerCore": "default_threads_per_core",
    "MemoryInfo.SizeInMiB": "memory_mib",
    "InstanceStorageInfo.TotalSizeInGB": "instance_storage_total_gb",
    "InstanceStorageInfo.NvmeSupport": "instance_storage_nvme_support",
    "InstanceStorageInfo.EncryptionSupport": "instance_storage_encryption_support",
    "EbsInfo.EbsOptimizedSupport": "ebs_optimized_support",
    "EbsInfo.EncryptionSupport": "ebs_encryption_support",
    "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps": "ebs_baseline_bandwidth_mbps",
    "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps": "ebs_baseline_throughput_mbytes",
    "EbsInfo.EbsOptimizedInfo.BaselineIops": "ebs_baseline_iops",
    "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps": "ebs_maximum_bandwidth_mbps",
    "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps": "ebs_maximum_throughput_mbytes",
    "EbsInfo.EbsOptimizedInfo.MaximumIops": "ebs_maximum_iops",
    "EbsInfo.NvmeSupport": "ebs_nvme_support",
    "EbsInfo.MaximumEbsAttachments": "ebs_maximum_attachments",
    "EbsInfo.AttachmentLimitType": "ebs_attachment_limit_type",
    "EbsInfo.MaximumEbsCards": "ebs_maximum_cards",
    "NetworkInfo.NetworkPerformance": "network_performance",
    "NetworkInfo.MaximumNetworkInterfaces": "maximum_network_interfaces",
    "NetworkInfo.MaximumNetworkCards": "maximum_network_cards",
    "NetworkInfo.DefaultNetworkCardIndex": "default_network_card_index",
    "NetworkInfo.Ipv4AddressesPerInterface": "ipv4_addresses_per_interface",
    "NetworkInfo.Ipv6AddressesPerInterface": "ipv6_addresses_per_interface",
    "NetworkInfo.Ipv6Supported": "ipv6_supported",
    "NetworkInfo.EnaSupport": "ena_support",
    "NetworkInfo.EfaSupported": "efa_supported",
    "NetworkInfo.EfaInfo.MaximumEfaInterfaces": "efa_maximum_interfaces",
    "NetworkInfo.EncryptionInTransitSupported": "encryption_in_transit_supported",
    "NetworkInfo.EnaSrdSupported": "ena_srd_supported",
    "NetworkInfo.FlexibleEnaQueuesSupport": "flexible_ena_queues_support",
    "NetworkInfo.ConnectionTrackingConfiguration.DefaultTcpEstablishedTimeout":
        "default_tcp_established_timeout",
    "NetworkInfo.ConnectionTrackingConfiguration.DefaultUdpTimeout": "default_udp_timeout",
    "NetworkInfo.ConnectionTrackingConfiguration.DefaultUdpStreamTimeout":
        "default_udp_stream_timeout",
    "NetworkInfo.SecondaryNetworkSupported": "secondary_network_supported",
    "NetworkInfo.MaximumSecondaryNetworkInterfaces": "maximum_secondary_network_interfaces",
    "NetworkInfo.Ipv4AddressesPerSecondaryInterface": "ipv4_addresses_per_secondary_interface",
    "HibernationSupported": "hibernation_supported",
    "BurstablePerformanceSupported": "burstable_performance_supported",
    "DedicatedHostsSupported": "dedicated_hosts_supported",
    "AutoRecoverySupported": "auto_recovery_supported",
    "NitroEnclavesSupport": "nitro_enclaves_support",
    "NitroTpmSupport": "nitro_tpm_support",
    "PhcSupport": "phc_support",
    "RebootMigrationSupport": "reboot_migration_support",
}
# What says nothing of its own: storage is supported where there are disks, and SupportedInRegion is
# of the region that was asked.
IMPLIED = {"InstanceType", "InstanceStorageSupported", "SupportedInRegion"}
CHILDREN = {
    "InstanceStorageInfo.Disks": ("disks", {
        "SizeInGB": "size_gb", "Count": "count", "Type": "type"}),
    "EbsInfo.EbsCards": ("ebs_cards", {
        "EbsCardIndex": "ebs_card_index",
        "BaselineBandwidthInMbps": "baseline_bandwidth_mbps",
        "BaselineThroughputInMBps": "baseline_throughput_mbytes",
        "BaselineIops": "baseline_iops",
        "MaximumBandwidthInMbps": "maximum_bandwidth_mbps",
        "MaximumThroughputInMBps": "maximum_throughput_mbytes",
        "MaximumIops": "maximum_iops"}),
    "NetworkInfo.NetworkCards": ("network_cards", {
        "NetworkCardIndex": "network_card_index",
        "NetworkPerformance": "network_performance",
        "MaximumNetworkInterfaces": "maximum_network_interfaces",
        "AdditionalFlexibleNetworkInterfaces": "additional_flexible_network_interfaces",
        "BaselineBandwidthInGbps": "baseline_bandwidth_gbps",
        "PeakBandwidthInGbps": "peak_bandwidth_gbps",
        "DefaultEnaQueueCountPerInterface": "default_ena_queue_count_per_interface",
        "MaximumEnaQueueCount": "maximum_ena_queue_count",
        "MaximumEnaQueueCountPerInterface": "maximum_ena_queue_count_per_interface",
        "InterfaceTypes": "interface_types"}),
}
DEVICE = {"Name": "name", "Manufacturer": "manufacturer", "Count": "count",
          "MemoryInfo.SizeInMiB": "memory_mib", "LogicalGpuCount": "logical_gpu_count",
          "GpuPartitionSize": "gpu_partition_size", "Workloads": "workloads",
          "CoreInfo.Count": "core_count", "CoreInfo.Version": "core_version"}
# Kind of accelerator: where its devices are, and the memory of all.
ACCELERATORS = {
    "fpga": ("FpgaInfo.Fpgas", "FpgaInfo.TotalFpgaMemoryInMiB"),
    "gpu": ("GpuInfo.Gpus", "GpuInfo.TotalGpuMemoryInMiB"),
    "inference": ("InferenceAcceleratorInfo.Accelerators",
                  "InferenceAcceleratorInfo.TotalInferenceMemoryInMiB"),
    "media": ("MediaAcceleratorInfo.Accelerators", "MediaAcceleratorInfo.TotalMediaMemoryInMiB"),
    "neuron": ("NeuronInfo.NeuronDevices", "NeuronInfo.TotalNeuronDeviceMemoryInMiB"),
}
# Words that the service model does not name.
LEFT_OUT = {"metal-compatibility"}
# Zones that offer what matches, though the answers lack it: (a pattern of types, zones, why).
ADDED = [
    (r"t3\.|t4g\.", "mec1:123", "a gap: the region's smallest types are missing altogether"),
]


def flat(value, prefix=""):
    """{"EbsInfo.NvmeSupport": "required", ...}; lists stay whole."""
    members = {}
    for name, member in value.items():
        if isinstance(member, dict):
            members.update(flat(member, f"{prefix}{name}."))
        else:
            members[prefix + name] = member
    return members


def plain(number):
    """The number as it is written shortest: 10.0 is 10."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def list_text(values):
    """1,2 of [1, 2]; what counts evenly is written as 2-96/2."""
    values = [value for value in values if value not in LEFT_OUT]
    if len(values) > 2 and all(isinstance(value, int) for value in values):
        step = values[1] - values[0]
        if step > 0 and values == list(range(values[0], values[-1] + 1, step)):
            return f"{values[0]}-{values[-1]}" + (f"/{step}" if step > 1 else "")
    return ",".join(map(str, values)) or None


def renamed(members, names, where):
    unknown = sorted(set(members) - set(names))
    if unknown:
        raise SystemExit(f"{where}: unknown members: {', '.join(unknown)}")
    return {names[name]: list_text(value) if isinstance(value, list) else plain(value)
            for name, value in members.items()}


def same_cards_once(cards, index):
    """Cards of which neighbours that differ in their number alone are one, "1-31"."""
    runs = []
    for card in sorted(cards, key=lambda card: card[index]):
        facts = {key: value for key, value in card.items() if key != index}
        if runs and runs[-1][0] == facts:
            runs[-1][2] = card[index]
        else:
            runs.append([facts, card[index], card[index]])
    return [{index: first if first == last else f"{first}-{last}", **facts}
            for facts, first, last in runs]


def accelerators(members, where):
    found = []
    for kind, (devices, total) in ACCELERATORS.items():
        total_mib = members.pop(total, None)
        for device in members.pop(devices, []):
            facts = renamed(flat(device), DEVICE, where)
            found.append({"kind": kind, **facts, "total_memory_mib": total_mib})
    return found


def leave_out_usual(row):
    """Takes away what scripts/build_catalogue.py puts there again (fixtures/catalog/README.md)."""
    if row["default_vcpus"] == row["default_cores"] * row["default_threads_per_core"]:
        del row["default_vcpus"]
    for which in ("baseline", "maximum"):
        bandwidth = row.get(f"ebs_{which}_bandwidth_mbps")
        if bandwidth and row[f"ebs_{which}_throughput_mbytes"] == plain(bandwidth / 8):
            del row[f"ebs_{which}_throughput_mbytes"]
    total_gb = sum(disk["size_gb"] * disk["count"] for disk in row["disks"])
    if row.get("instance_storage_total_gb") == total_gb:
        del row["instance_storage_total_gb"]
    first = row["network_cards"].pop(0)
    if first.pop("network_card_index") != 0:
        raise SystemExit(f"no first network card: {row}")
    row.update({f"card_{key}": value for key, value in first.items() if value != row.get(key)})
    row["network_cards"] = same_cards_once(row["network_cards"], "network_card_index")
    row["ebs_cards"] = same_cards_once(row["ebs_cards"], "ebs_card_index")


def row_of(answer):
    """What the catalogue keeps of one type; nothing that is None."""
    where = answer["InstanceType"]
    members = flat(answer)
    row = {}
    found = accelerators(members, where)
    for member, (key, names) in CHILDREN.items():
        row[key] = [renamed(flat(child), names, where) for child in members.pop(member, [])]
    for member in IMPLIED:
        members.pop(member, None)
    row.update(renamed(members, {**LISTS, **SCALARS}, where))
    leave_out_usual(row)
    row["accelerators"] = found
    return {key: value for key, value in row.items() if value not in (None, [])}


def family_of(name):
    return name.split(".")[0]


def size_of(name):
    return name.split(".", 1)[1]


def size_order(name):
    """nano before micro before large before 2xlarge before metal."""
    size = size_of(name)
    words = ["nano", "micro", "small", "medium", "large", "xlarge"]
    number = re.match(r"(\d+)xlarge", size)
    if size in words:
        return (0, words.index(size), size)
    return (1, int(number.group(1)), size) if number else (2, 0, size)


def families(rows, defaults):
    """{family: {"sizes": [...], key: the value, or a list of one for each size}}, without what all
    sizes have by default."""
    grouped = collections.defaultdict(list)
    for name in sorted(rows, key=lambda name: (family_of(name), size_order(name))):
        grouped[family_of(name)].append(name)
    return {family: {"sizes": [size_of(name) for name in names],
                     **columns([rows[name] for name in names], defaults)}
            for family, names in grouped.items()}


def columns(rows, defaults):
    found = {}
    for key in sorted({*defaults, *(key for row in rows for key in row)}):
        values = [row.get(key) for row in rows]
        is_same = all(value == values[0] for value in values) and not isinstance(values[0], list)
        if not is_same:
            found[key] = values
        elif values[0] != defaults.get(key):
            found[key] = values[0]
    return found


def defaults_of(rows):
    """{key: its commonest value}, of what most types have."""
    defaults = {}
    for key in sorted({key for row in rows.values() for key in row}):
        counts = collections.Counter(json.dumps(row.get(key)) for row in rows.values())
        text, count = counts.most_common(1)[0]
        if json.loads(text) is not None and count * 2 > len(rows):
            defaults[key] = json.loads(text)
    return defaults


def wrapped(key, values, indent):
    """A list of short values, some to a line."""
    line = f'{indent}"{key}": ['
    lines = []
    for number, value in enumerate(values):
        text = json.dumps(value) + ("]" if number == len(values) - 1 else ",")
        if len(line) + len(text) > 99 and not line.endswith("["):
            lines.append(line.rstrip())
            line = indent + " "
        line += text + " "
    return "\n".join([*lines, line.rstrip()])


def object_text(facts, indent):
    entries = [wrapped(key, value, indent + " ") if isinstance(value, list)
               else f'{indent} "{key}": {json.dumps(value)}' for key, value in facts.items()]
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"


def write_types(rows, output):
    defaults = defaults_of(rows)
    text = '{\n "defaults": ' + object_text(defaults, " ") + ',\n "families": {\n'
    text += ",\n".join(f'  "{family}": ' + object_text(facts, "  ")
                       for family, facts in families(rows, defaults).items())
    (output / "instance_types.json").write_text(text + "\n }\n}\n", encoding="utf-8")


def zones_text(zones):
    """use1:124 use2:13 of use1-az1, use1-az2 and so on."""
    numbers = collections.defaultdict(list)
    for zone in sorted(zones):
        region, number = re.fullmatch(r"([a-z]+\d)-az(\d)", zone).groups()
        numbers[region].append(number)
    return " ".join(f"{region}:{''.join(found)}" for region, found in sorted(numbers.items()))


def read_offerings(folder):
    zones = collections.defaultdict(set)
    for path in sorted((folder / "availability-zone-id").glob("*.json.gz")):
        for offering in json.loads(gzip.decompress(path.read_bytes())):
            zones[offering["InstanceType"]].add(offering["Location"])
    for pattern, where, _ in ADDED:
        region, numbers = where.split(":")
        for name in zones:
            if re.match(pattern, name):
                zones[name].update(f"{region}-az{number}" for number in numbers)
    return zones


def write_offerings(zones, output):
    path = output / "instance_type_offerings.json"
    like = json.loads(path.read_text(encoding="utf-8"))["like"] if path.exists() else {}
    sets = collections.defaultdict(list)
    for name in sorted(zones, key=lambda name: (family_of(name), size_order(name))):
        sets[zones_text(zones[name])].append(name)
    entries = []
    for where, names in sets.items():
        regions = where.split(" ")
        entries.append("  {\n" + wrapped("zones", regions, "   ") + ",\n" +
                       wrapped("types", names, "   ") + "\n  }")
    text = '{\n "like": ' + object_text(like, " ") + ',\n "sets": [\n' + ",\n".join(entries)
    path.write_text(text + "\n ]\n}\n", encoding="utf-8")


def moto_folder(given):
    if given:
        return pathlib.Path(given)
    import moto  # pylint: disable=import-outside-toplevel
    return pathlib.Path(moto.__file__).parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", metavar="MOTO_FOLDER")
    parser.add_argument("--output", type=pathlib.Path, default=CATALOG, help="where the files go")
    options = parser.parse_args()
    resources = moto_folder(options.folder) / "ec2" / "resources"
    answers = json.loads(gzip.decompress((resources / "instance_types.json.gz").read_bytes()))
    zones = read_offerings(resources / "instance_type_offerings")
    if set(zones) != set(answers):
        raise SystemExit(f"described or offered, not both: {sorted(set(zones) ^ set(answers))}")
    write_types({name: row_of(answer) for name, answer in answers.items()}, options.output)
    write_offerings(zones, options.output)


if __name__ == "__main__":
    main()
