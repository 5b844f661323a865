"""Every documented filter of every listing: what it finds with a wildcard, with values that some
of the resources have, and with one that none has. In brief: the answers stand elsewhere."""

import facts
import world
from client import filter_list, filters
from emulator import ACCOUNT, OTHER, REGION
from . import key_pairs
from world import ZONE, device, launch, registration, tag_specification

NOTHING = "no such value"

VALUES = {
    "DescribeImages": {
        "architecture": ["arm64", "x86_64"],
        "block-device-mapping.delete-on-termination": ["false"],
        "block-device-mapping.device-name": ["/dev/sdf"],
        "block-device-mapping.encrypted": ["true"],
        "block-device-mapping.volume-size": ["9"],
        "block-device-mapping.volume-type": ["gp3", "gp?"],
        "boot-mode": ["uefi"], "creation-date": ["2026-11-02T03:04:05.*"], "description": ["odd*"],
        "ena-support": ["true", "false"], "hypervisor": ["xen"], "image-allowed": ["true"],
        "image-type": ["machine"], "image-watermark.watermark-key": [f"{ACCOUNT}:approved"],
        "image-watermark.source-image-region": [REGION], "is-public": ["true", "false"],
        "instance-type-specification.supported-instance-type": ["t3.\\*", "t3.*"],
        "kernel-id": ["aki-12345678"], "manifest-location": [f"{ACCOUNT}/odd"],
        "name": ["od?", "o\\?d"],
        "owner-alias": ["amazon"], "owner-id": [ACCOUNT, OTHER], "platform": ["windows"],
        "ramdisk-id": ["ari-12345678"], "root-device-name": ["/dev/xvda"],
        "root-device-type": ["ebs"],
        "source-image-region": [REGION], "sriov-net-support": ["simple"],
        "state": ["available", "disabled"],
        "tag-key": ["of"], "tag:<key>": ["odd"], "virtualization-type": ["paravirtual"],
    },
    "DescribeInstances": {
        "architecture": ["x86_64"], "availability-zone": [ZONE],
        "availability-zone-id": ["use1-az6"],
        "block-device-mapping.delete-on-termination": ["true", "false"],
        "block-device-mapping.device-name": ["/dev/sdf"],
        "block-device-mapping.status": ["attached"],
        "client-token": ["once"], "ebs-optimized": ["true"], "instance-state-code": ["80", "16"],
        "instance-state-name": ["stopped"], "instance-type": ["t3.small", "t3.*"],
        "instance.group-name": ["default"], "launch-index": ["1"], "launch-time": ["2026-11-02*"],
        "metadata-options.http-tokens": ["required", "optional"], "owner-id": [ACCOUNT],
        "network-interface.addresses.primary": ["true"], "network-interface.tag-key": ["of"],
        "network-interface.tag-value": ["interface"], "platform": ["windows"],
        "network-interface.attachment.device-index": ["0"], "private-ip-address": ["172.31.*"],
        "network-interface.source-dest-check": ["true"], "network-interface.description": [""],
        "platform-details": ["Windows", "Linux/UNIX"], "reason": ["User initiated*"],
        "root-device-name": ["/dev/xvda"], "source-dest-check": ["false"],
        "state-reason-code": ["Client.*"], "tag-key": ["of"], "tag:<key>": ["odd", "*"],
        "tenancy": ["default"], "usage-operation": ["RunInstances:0002"],
        "virtualization-type": ["hvm"],
    },
    "DescribeInstanceStatus": {
        "availability-zone": [ZONE], "instance-state-code": ["80"],
        "instance-state-name": ["running"],
        "instance-status.status": ["ok", "not-applicable"],
        "system-status.reachability": ["passed"],
    },
    "DescribeVolumes": {
        "attachment.delete-on-termination": ["true", "false"], "attachment.device": ["/dev/sdf"],
        "attachment.status": ["attached"], "availability-zone": [ZONE], "encrypted": ["true"],
        "create-time": ["2026-11-02T03:04:05*"], "multi-attach-enabled": ["true"],
        "size": ["9", "8"],
        "status": ["in-use", "available"], "tag-key": ["of"], "tag:<key>": ["odd"],
        "volume-type": ["gp3", "io2"], "fast-restored": ["true", "false"],
    },
    "DescribeSnapshots": {
        "description": ["odd*"], "encrypted": ["true"], "owner-id": [ACCOUNT], "progress": ["100%"],
        "start-time": ["2026-11-02*"], "status": ["completed"], "storage-tier": ["archive"],
        "tag-key": ["of"], "tag:<key>": ["odd"], "volume-size": ["9", "1"],
        "transfer-type": ["standard"],
    },
    "DescribeVolumesModifications": {
        "modification-state": ["completed"], "original-size": ["1"], "target-size": ["2"],
        "original-volume-type": ["gp2"], "target-volume-type": ["gp3"], "target-iops": ["3000"],
        "originalMultiAttachEnabled": ["false"], "start-time": ["2026*"],
    },
    "DescribeVolumeStatus": {
        "availability-zone": [ZONE], "volume-status.details-name": ["io-enabled"],
        "volume-status.details-status": ["passed"], "volume-status.status": ["ok"],
    },
    "DescribeInstanceTypes": {
        "bare-metal": ["true"], "current-generation": ["false"], "free-tier-eligible": ["true"],
        "hypervisor": ["nitro", "xen"], "instance-storage-supported": ["true"],
        "instance-type": ["m5.*", "t?.micro"], "memory-info.size-in-mib": ["1024"],
        "network-info.ena-support": ["required"],
        "processor-info.supported-architecture": ["arm64"],
        "supported-boot-mode": ["uefi"], "supported-root-device-type": ["instance-store"],
        "supported-usage-class": ["spot"], "supported-virtualization-type": ["paravirtual"],
        "vcpu-info.default-vcpus": ["2"], "vcpu-info.valid-cores": ["1"], "nitro-tpm-support": [
            "supported"], "ebs-info.nvme-support": ["required"],
    },
    "DescribeInstanceTypeOfferings": {"instance-type": ["m8g.*"], "location": [REGION, ZONE]},
    "DescribeSubnets": {
        "availability-zone": ["us-east-1b"], "available-ip-address-count": ["4091"],
        "cidr-block": ["172.31.0.0/20", "172.31.16*"], "default-for-az": ["true"],
        "state": ["available"],
    },
    "DescribeKeyPairs": {"key-name": ["own", "o?n"], "tag-key": ["of"], "tag:<key>": ["test"],
                         "fingerprint": ["*="]},
    "DescribePlacementGroups": {
        "group-arn": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:placement-group/odd"],
        "group-name": ["odd", "o?d"], "spread-level": ["host", "rack"], "state": ["available"],
        "strategy": ["spread", "cluster"], "tag-key": ["of"], "tag:<key>": ["odd"],
    },
    "DescribeVpcs": {"cidr": ["172.31.0.0/16"], "is-default": ["true", "false"],
                     "state": ["available"]},
    "DescribeSecurityGroups": {
        "description": ["default*"], "group-name": ["odd"], "ip-permission.protocol": ["tcp"],
        "egress.ip-permission.cidr": ["0.0.0.0/0"], "owner-id": [ACCOUNT], "tag:<key>": ["odd"],
        "ip-permission.from-port": ["80"], "ip-permission.to-port": ["81"],
        "ip-permission.ipv6-cidr": ["::/0"], "ip-permission.group-name": ["default"],
    },
    "DescribeSecurityGroupRules": {"tag:<key>": ["odd"]},
    "DescribeAvailabilityZones": {
        "zone-name": [ZONE], "zone-id": ["use1-az?"], "region-name": [REGION],
        "state": ["available"],
        "opt-in-status": ["opt-in-not-required"], "zone-type": ["availability-zone"],
    },
    "DescribeRegions": {
        "endpoint": ["ec2.eu-*"], "opt-in-status": ["opt-in-not-required", "not-opted-in"],
        "region-name": ["us-*"],
    },
    "DescribeTags": {
        "key": ["of"], "resource-type": ["volume", "instance"], "tag:<key>": ["odd"],
        "value": ["od*"],
    },
    "DescribeFastLaunchImages": {"owner-id": [ACCOUNT], "state": ["enabled"],
                                 "resource-type": ["snapshot"]},
    "DescribeFastSnapshotRestores": {"availability-zone": [ZONE], "state": ["enabled"],
                                     "owner-id": [ACCOUNT]},
    "DescribeImageUsageReportEntries": {"account-id": [ACCOUNT, OTHER], "creation-time": ["2026*"],
                                        "resource-type": ["ec2:Instance"]},
    "DescribeImageUsageReports": {"state": ["available"], "tag-key": ["of"], "tag:<key>": ["odd"]},
    "DescribeInstanceImageMetadata": {
        "availability-zone": [ZONE], "instance-state-name": ["stopped"],
        "instance-type": ["t3.small"],
        "owner-id": [ACCOUNT], "owner-alias": ["amazon"], "tag-key": ["of"], "tag:<key>": ["odd"],
        "image-allowed": ["true"],
    },
    "DescribeLockedSnapshots": {"lock-state": ["governance", "compliance"]},
    "DescribeReplaceRootVolumeTasks": {},
    "DescribeSnapshotTierStatus": {"last-tiering-operation": ["archival-completed"]},
}

# Else a wildcard would answer with the whole catalogue.
BESIDES = {
    "DescribeImages": {"Owner": ["self", OTHER], "IncludeDisabled": True},
    "DescribeInstanceStatus": {"IncludeAllInstances": True},
    "DescribeSnapshots": {"Owner": ["self"]},
    "DescribeInstanceTypeOfferings": {"MaxResults": 10},
    "DescribeInstanceTypes": {"MaxResults": 10},
    "DescribeRegions": {"AllRegions": True},
    "DescribeAvailabilityZones": {"AllAvailabilityZones": True},
}


def populate(emulator):
    """Of everything one that is odd and one that is not. Returns ids by what filters call them."""
    me = emulator.me
    of_odd = [tag_specification("volume", of="odd")]
    plain = world.volume(me)
    odd = world.volume(me, Size=9, VolumeType="io2", Iops=100, MultiAttachEnabled=True,
                       Encrypted=True, TagSpecification=of_odd)
    snapshot = world.snapshot(me, plain)
    odd_snapshot = world.snapshot(me, odd, Description="odd one", TagSpecification=[
        tag_specification("snapshot", of="odd")])
    me.quiet("EnableFastSnapshotRestores", SourceSnapshotId=[snapshot], AvailabilityZone=[ZONE])
    world.volume(me, SnapshotId=snapshot)
    me.quiet("LockSnapshot", SnapshotId=odd_snapshot, LockMode="governance", LockDuration=1)
    archived = world.snapshot(me, world.volume(me))
    me.quiet("ModifySnapshotTier", SnapshotId=archived, StorageTier="archive")
    image = me.quiet("RegisterImage", registration("plain", snapshot))["imageId"]
    me.quiet("AttachImageWatermark", ImageId=image, WatermarkName="approved")
    source = world.instance(me, image, Placement={"AvailabilityZone": ZONE}, BlockDeviceMapping=[
        device("/dev/xvda", VolumeSize=9, VolumeType="gp3")])
    odd_image = me.quiet("CreateImage", InstanceId=source, Name="odd", Description="odd one",
                         TagSpecification=[tag_specification("image", of="odd")],
                         BlockDeviceMapping=[
                             device("/dev/xvda", DeleteOnTermination=False)])["imageId"]
    me.quiet("ReplaceImageInstanceTypeSpecification", ImageId=odd_image, InstanceTypeSpecification={
        "SupportedInstanceType": ["t3.*"]})
    me.quiet("RegisterImage", registration(
        "paravirtual", snapshot, VirtualizationType="paravirtual", KernelId="aki-12345678",
        RamdiskId="ari-12345678", EnaSupport=False))
    me.quiet("RegisterImage", registration("arm", snapshot, Architecture="arm64", BootMode="uefi",
                                           SriovNetSupport="simple"))
    public = me.quiet("RegisterImage", registration("public", snapshot))["imageId"]
    me.quiet("ModifyImageAttribute", ImageId=public, LaunchPermission={"Add": [{"Group": "all"}]})
    disabled = me.quiet("RegisterImage", registration("disabled", snapshot))["imageId"]
    me.quiet("DisableImage", ImageId=disabled)
    windows = world.windows_image(me)
    me.quiet("EnableFastLaunch", ImageId=windows)
    world.instance(me, windows, InstanceType="m5.large")
    emulator.advance(60_000)
    runs = me.quiet("RunInstances", launch(
        odd_image, InstanceType="t3.small", MaxCount=2, ClientToken="once",
        Placement={"AvailabilityZone": ZONE},
        TagSpecification=[tag_specification("instance", of="odd"),
                          tag_specification("network-interface", of="interface")]))
    odd_instance = runs["instanceId"]
    me.quiet("AttachVolume", VolumeId=odd, InstanceId=odd_instance, Device="/dev/sdf")
    me.quiet("CreateReplaceRootVolumeTask", InstanceId=source)
    me.quiet("StopInstances", InstanceId=[source])
    me.quiet("ModifyInstanceAttribute", InstanceId=source, EbsOptimized={"Value": True})
    me.quiet("ModifyInstanceAttribute", InstanceId=source, SourceDestCheck={"Value": False})
    me.quiet("ModifyVolume", VolumeId=plain, Size=2, VolumeType="gp3")
    me.quiet("CreateImageUsageReport", ImageId=image,
             ResourceType=[{"ResourceType": "ec2:Instance"}],
             TagSpecification=[tag_specification("image-usage-report", of="odd")])
    world.image(emulator.other, "theirs")
    subnet = me.quiet("DescribeSubnets", **filters(availability_zone=ZONE))
    return {"image-id": odd_image, "instance-id": odd_instance, "volume-id": odd,
            "snapshot-id": odd_snapshot, "source-instance-id": source, "source-image-id": image,
            "resource-id": odd, "subnet-id": subnet["subnetId"], "vpc-id": subnet["vpcId"],
            "reservation-id": runs["reservationId"], "group-id": runs["groupId"],
            "network-interface-id": runs["networkInterfaceId"], "mac-address": runs["macAddress"],
            "public-ip": runs["ipAddress"] if runs.all("ipAddress") else NOTHING}


def ids_for(name, ids):
    """The id that a filter wants whose name ends with what the id is of."""
    return [value for ending, value in ids.items() if name == ending or name.endswith(f".{ending}")]


def sweep(client, operation, ids):
    known = VALUES.get(operation.name)
    if known is None:
        raise KeyError(f"no values to filter {operation.name} by")
    besides = BESIDES.get(operation.name, {})
    unknown = known.keys() - set(operation.filters)
    if unknown:
        raise KeyError(f"{operation.name} has no filter {sorted(unknown)}")
    for name in operation.filters:
        sent = "tag:of" if name == "tag:<key>" else name
        for value in ["*", NOTHING, *known.get(name, []), *ids_for(name, ids)]:
            client.brief(operation.name, besides, **filter_list({sent: value}))
    first, second = operation.filters[0], operation.filters[-1].replace("tag:<key>", "tag:of")
    client.brief(operation.name, besides, **filter_list({first: ["a", "*"], second: "*"}))
    client.refused(operation.name, besides, **filter_list({"no-such-filter": "*"}))
    client.refused(operation.name, besides, **filter_list({first: [str(n) for n in range(201)]}))


def filters_of(name):
    def scenario(emulator):
        ids = populate(emulator)
        if name == "DescribeKeyPairs":
            emulator.me.quiet("ImportKeyPair", KeyName="own", PublicKeyMaterial=key_pairs.PUBLIC,
                              TagSpecification=[tag_specification("key-pair", of="test")])
        if name == "DescribePlacementGroups":
            emulator.me.quiet("CreatePlacementGroup", GroupName="plain", Strategy="cluster")
            emulator.me.quiet("CreatePlacementGroup", GroupName="odd", Strategy="spread",
                              SpreadLevel="host",
                              TagSpecification=[tag_specification("placement-group", of="odd")])
        if name in ("DescribeSecurityGroups", "DescribeSecurityGroupRules"):
            odd_group(emulator.me)
        sweep(emulator.me, facts.operations()[name], ids)
        if name == "DescribeImages":
            catalogue(emulator.me)
    return scenario


def odd_group(client):
    group = client.quiet("CreateSecurityGroup", GroupName="odd", GroupDescription="odd one",
                         TagSpecification=[tag_specification("security-group", of="odd")])
    client.quiet("AuthorizeSecurityGroupIngress", GroupId=group["groupId"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
         "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "Groups": [{"GroupName": "default"}]}],
                 TagSpecification=[tag_specification("security-group-rule", of="odd")])


def catalogue(client):
    """What only the public images have."""
    for wanted in ({"free-tier-eligible": "true"}, {"product-code.type": "marketplace"},
                   {"public-ssm-parameter-name": "aws/service/*"},
                   {"owner-alias": "amazon", "architecture": "arm64"},
                   {"platform": "windows"}, {"name": "*ubuntu*"},
                   {"root-device-type": "instance-store"}):
        client.brief("DescribeImages", **filter_list(wanted))


SCENARIOS = {f"filters_{name}": filters_of(name)
             for name, operation in facts.operations().items() if operation.filters}
