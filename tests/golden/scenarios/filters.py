"""Every documented filter of every listing: what it finds with a wildcard, with values that some
of the resources have, and with one that none has. In brief: the answers stand elsewhere."""

import facts
import world
from client import filter_list, filters
from emulator import ACCOUNT, OTHER, REGION
from . import image_objects, key_pairs
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
        "tag-key": ["of"], "tag-value": ["odd"], "tag:<key>": ["odd"],
        "virtualization-type": ["paravirtual"],
    },
    "DescribeBundleTasks": {
        "progress": ["100%"], "s3-bucket": ["bucket"], "s3-prefix": ["new"],
        "state": ["complete"],
    },
    "DescribeExportImageTasks": {"task-state": ["completed"]},
    "DescribeStoreImageTasks": {"bucket": ["disks"], "task-state": ["Completed"]},
    "DescribeImportImageTasks": {
        "tag-key": ["of"], "tag:<key>": ["odd"], "task-state": ["deleted"],
    },
    "DescribeImportSnapshotTasks": {"tag-key": ["of"], "tag:<key>": ["odd"]},
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
        "placement-group-name": ["*"], "virtualization-type": ["hvm"],
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
        "status": ["in-use", "available"], "tag-key": ["of"], "tag-value": ["odd"],
        "tag:<key>": ["odd"], "volume-type": ["gp3", "io2"], "fast-restored": ["true", "false"],
    },
    "DescribeSnapshots": {
        "description": ["odd*"], "encrypted": ["true"], "owner-id": [ACCOUNT], "progress": ["100%"],
        "start-time": ["2026-11-02*"], "status": ["completed"], "storage-tier": ["archive"],
        "tag-key": ["of"], "tag-value": ["odd"], "tag:<key>": ["odd"], "volume-size": ["9", "1"],
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
    "DescribeAddresses": {"domain": ["vpc"], "network-border-group": [REGION], "tag-key": ["of"],
                          "network-interface-owner-id": [ACCOUNT], "tag:<key>": ["odd"]},
    "DescribeNetworkInterfaces": {
        "addresses.primary": ["true"], "attachment.device-index": ["0"],
        "attachment.status": ["attached"], "availability-zone": [ZONE], "description": ["", "odd*"],
        "group-name": ["default"], "interface-type": ["interface"],
        "private-ip-address": ["172.31.*"],
        "source-dest-check": ["false"], "status": ["available", "in-use"], "tag-key": ["of"],
        "tag:<key>": ["interface"],
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
    "DescribeManagedPrefixLists": {"prefix-list-name": ["odd"], "owner-id": [ACCOUNT]},
    "DescribeNetworkInterfacePermissions": {
        "network-interface-permission.aws-account-id": [OTHER],
        "network-interface-permission.permission": ["EIP-ASSOCIATE"]},
    "GetSecurityGroupsForVpc": {"group-name": ["shared"], "owner-id": [ACCOUNT]},
    "DescribeSecurityGroupVpcAssociations": {"group-owner-id": [ACCOUNT], "state": ["associated"]},
    "DescribeNatGateways": {"state": ["failed", "available"], "tag:<key>": ["odd"]},
    "DescribeEgressOnlyInternetGateways": {"tag:<key>": ["odd"]},
    "DescribeFlowLogs": {
        "deliver-log-status": ["SUCCESS"], "log-destination-type": ["s3"],
        "log-group-name": ["odd"], "traffic-type": ["ALL"], "tag-key": ["of"],
        "tag:<key>": ["odd"]},
    "GetSubnetCidrReservations": {
        "reservationType": ["prefix", "explicit"], "tag-key": ["of"], "tag:<key>": ["odd"]},
    "DescribeInstanceConnectEndpoints": {
        "state": ["create-complete"], "tag-key": ["of"], "tag-value": ["odd"],
        "tag:<key>": ["odd"]},
    "DescribeVpcEndpoints": {
        "ip-address-type": ["ipv4"], "service-name": ["*.s3"], "service-region": [REGION],
        "vpc-endpoint-state": ["available"], "vpc-endpoint-type": ["Interface"], "tag-key": ["of"],
        "tag:<key>": ["odd"]},
    "DescribeVpcEndpointServices": {
        "owner": ["amazon"], "service-name": ["*.s3"], "service-region": [REGION],
        "service-type": ["Gateway"], "supported-ip-address-types": ["ipv4"]},
    "DescribeVpcPeeringConnections": {
        "accepter-vpc-info.cidr-block": ["10.1.0.0/16"], "accepter-vpc-info.owner-id": [ACCOUNT],
        "expiration-time": ["2026-11-09*"], "requester-vpc-info.cidr-block": ["10.0.0.0/16"],
        "requester-vpc-info.owner-id": [ACCOUNT], "status-code": ["active", "failed"],
        "status-message": ["Pending*"], "tag-key": ["of"], "tag:<key>": ["odd"]},
    "DescribeDhcpOptions": {"key": ["domain-name"], "value": ["odd"], "tag:<key>": ["odd"]},
    "DescribeInternetGateways": {"attachment.state": ["available"], "tag:<key>": ["odd"]},
    "DescribeNetworkAcls": {
        "default": ["false"], "entry.cidr": ["10.0.0.0/8"], "entry.egress": ["true"],
        "entry.protocol": ["6"], "entry.port-range.from": ["80"], "entry.port-range.to": ["81"],
        "entry.rule-action": ["deny"], "entry.rule-number": ["100"], "tag:<key>": ["odd"],
    },
    "DescribeRouteTables": {
        "association.main": ["true"], "route.destination-cidr-block": ["192.0.2.0/24"],
        "route.origin": ["CreateRoute"], "route.state": ["blackhole"], "tag:<key>": ["odd"],
    },
    "DescribeSecurityGroups": {
        "description": ["default*"], "group-name": ["odd"], "ip-permission.protocol": ["tcp"],
        "egress.ip-permission.cidr": ["0.0.0.0/0"], "owner-id": [ACCOUNT], "tag:<key>": ["odd"],
        "ip-permission.from-port": ["80"], "ip-permission.to-port": ["81"],
        "ip-permission.ipv6-cidr": ["::/0"], "ip-permission.group-name": ["default"],
    },
    "DescribeSecurityGroupRules": {"tag:<key>": ["odd"]},
    "DescribeSpotInstanceRequests": {
        "availability-zone-group": ["near"], "launch-group": ["odd"], "fault-code": ["Invalid*"],
        "launch.block-device-mapping.delete-on-termination": ["false"],
        "launch.block-device-mapping.device-name": ["/dev/sdf"],
        "launch.block-device-mapping.volume-size": ["9"],
        "launch.block-device-mapping.volume-type": ["gp3"],
        "launch.instance-type": ["t3.small"], "launch.monitoring-enabled": ["true"],
        "launched-availability-zone": [ZONE], "launched-availability-zone-id": ["use1-az2"],
        "network-interface.delete-on-termination": ["true"],
        "network-interface.description": ["odd"], "network-interface.device-index": ["0"],
        "product-description": ["Linux/UNIX"], "spot-price": ["0.500000"], "state": ["active"],
        "status-code": ["fulfilled"], "type": ["persistent"], "valid-until": ["2031-*"],
        "tag:<key>": ["odd"], "tag-key": ["of"]},
    "DescribeSpotPriceHistory": {
        "availability-zone": [ZONE], "availability-zone-id": ["use1-az2"],
        "instance-type": ["t3.micro"], "product-description": ["Windows"],
        "spot-price": ["0.0035*"]},
    "DescribeCapacityReservations": {
        "instance-type": ["t3.micro"], "instance-platform": ["Linux/UNIX"],
        "availability-zone": [ZONE], "tenancy": ["default"], "state": ["active"],
        "end-date-type": ["limited"], "end-date": ["2031-*"],
        "instance-match-criteria": ["targeted"], "owner-id": [ACCOUNT]},
    "DescribeCapacityReservationBillingRequests": {
        "requested-by": [OTHER], "status": ["pending", "rejected"],
        "unused-reservation-billing-owner": [OTHER]},
    "DescribeHosts": {
        "auto-placement": ["on"], "availability-zone": [ZONE], "client-token": ["odd"],
        "instance-type": ["m5.large"], "state": ["available"], "tag-key": ["of"]},
    "DescribePrefixLists": {"prefix-list-name": ["*.s3"], "prefix-list-id": ["pl-63a5400a"]},
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
    "DescribeIamInstanceProfileAssociations": {"state": ["associated"]},
    "DescribeInstanceCreditSpecifications": {},
    "DescribeInstanceEventWindows": {
        "event-window-name": ["odd"], "instance-tag": ["of=odd"], "instance-tag-key": ["of"],
        "instance-tag-value": ["odd"], "tag-key": ["of"], "tag-value": ["odd"],
        "tag:<key>": ["odd"]},
    "DescribeInstanceTopology": {
        "availability-zone": [ZONE], "instance-type": ["t3.small", "t3*"], "zone-id": ["use1-az6"]},
    "DescribeLaunchTemplates": {
        "create-time": ["2026*"], "launch-template-name": ["odd"], "tag-key": ["of"],
        "tag:<key>": ["odd"]},
    "DescribeLaunchTemplateVersions": {
        "create-time": ["2026*"], "ebs-optimized": ["true"], "http-endpoint": ["enabled"],
        "http-tokens": ["required"], "iam-instance-profile": ["*/odd"],
        "instance-type": ["t3.small"], "kernel-id": ["aki-12345678"],
        "ram-disk-id": ["ari-12345678"], "is-default-version": ["true", "false"]},
    "DescribeLockedSnapshots": {"lock-state": ["governance", "compliance"]},
    "DescribeReplaceRootVolumeTasks": {},
    "DescribeSnapshotTierStatus": {"last-tiering-operation": ["archival-completed"]},
}

# Else a wildcard would answer with the whole catalogue.
BESIDES = {
    "DescribeImages": {"Owner": ["self", OTHER], "IncludeDisabled": True},
    "DescribeInstanceStatus": {"IncludeAllInstances": True},
    "DescribeSnapshots": {"Owner": ["self"]},
    "DescribeLaunchTemplateVersions": {"LaunchTemplateVersion": ["$Latest", "$Default"]},
    "DescribeInstanceTypeOfferings": {"MaxResults": 10},
    "DescribeInstanceTypes": {"MaxResults": 10},
    "DescribeRegions": {"AllRegions": True},
    "DescribeAvailabilityZones": {"AllAvailabilityZones": True},
    "DescribeSpotPriceHistory": {"InstanceType": ["t3.micro"]},
    "DescribeCapacityReservationBillingRequests": {"Role": "odcr-owner"},
}
# What a filter goes with, where that is something else.
BESIDES_OF = {"requested-by": {"Role": "unused-reservation-billing-owner"}}


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


def asked(operation, wanted):
    """Filters by the name that the operation has for them."""
    name = next(member["in"] for name, member in operation.members.items()
                if name in ("Filter", "Filters"))
    return {name: filter_list(wanted)["Filter"]}


def sweep(client, operation, ids):
    known = VALUES.get(operation.name)
    if known is None:
        raise KeyError(f"no values to filter {operation.name} by")
    besides = BESIDES.get(operation.name, {})
    if operation.name == "GetSecurityGroupsForVpc":
        besides = {"VpcId": ids["vpc-id"]}
    elif operation.name == "GetSubnetCidrReservations":
        besides = {"SubnetId": ids["reserved-subnet"]}
    unknown = known.keys() - set(operation.filters)
    if unknown:
        raise KeyError(f"{operation.name} has no filter {sorted(unknown)}")
    for name in operation.filters:
        sent = "tag:of" if name == "tag:<key>" else name
        for value in ["*", NOTHING, *known.get(name, []), *ids_for(name, ids)]:
            client.brief(operation.name, {**besides, **BESIDES_OF.get(name, {})},
                         **asked(operation, {sent: value}))
    first, second = operation.filters[0], operation.filters[-1].replace("tag:<key>", "tag:of")
    client.brief(operation.name, besides, **asked(operation, {first: ["a", "*"], second: "*"}))
    client.refused(operation.name, besides, **asked(operation, {"no-such-filter": "*"}))
    client.refused(operation.name, besides, **asked(operation, {first: [str(n) for n in range(201)]}))


def odd_windows(client, ids):
    for name, target in (("plain", {"InstanceId": [ids["instance-id"]]}),
                         ("odd", {"InstanceTag": [{"Key": "of", "Value": "odd"}]})):
        window = client.quiet("CreateInstanceEventWindow", Name=name, CronExpression="* 0-4 * * *",
                              TagSpecification=[tag_specification(
                                  "instance-event-window", of=name)])["instanceEventWindowId"]
        client.quiet("AssociateInstanceEventWindow", InstanceEventWindowId=window,
                     AssociationTarget=target)


def odd_templates(client, ids):
    client.quiet("CreateLaunchTemplate", LaunchTemplateName="plain", LaunchTemplateData={
        "KeyName": "mine"})
    client.quiet("CreateLaunchTemplate", LaunchTemplateName="odd", LaunchTemplateData={
        "EbsOptimized": True, "KernelId": "aki-12345678", "RamDiskId": "ari-12345678",
        "ImageId": ids["image-id"], "InstanceType": "t3.small",
        "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/odd"},
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required"}},
                 TagSpecification=[tag_specification("launch-template", of="odd")])
    client.quiet("CreateLaunchTemplateVersion", LaunchTemplateName="odd", LaunchTemplateData={
        "KeyName": "mine"})


def odd_spot(client, ids):
    plain = {"ImageId": ids["source-image-id"], "InstanceType": "t3.micro"}
    client.quiet("RequestSpotInstances", LaunchSpecification=plain)
    client.quiet("RequestSpotInstances", LaunchSpecification={
        **plain, "InstanceType": "t3.small", "Monitoring": {"Enabled": True},
        "BlockDeviceMapping": [device("/dev/sdf", VolumeSize=9, VolumeType="gp3",
                                      DeleteOnTermination=False)],
        "NetworkInterface": [{"DeviceIndex": 0, "Description": "odd", "DeleteOnTermination": True,
                              "SubnetId": ids["subnet-id"]}]},
                 LaunchGroup="odd", AvailabilityZoneGroup="near", SpotPrice="0.5",
                 Type="persistent", ValidUntil="2031-01-01T00:00:00Z",
                 TagSpecification=[tag_specification("spot-instances-request", of="odd")])


def odd_capacity(client, _):
    plain = {"InstanceType": "t3.micro", "InstancePlatform": "Linux/UNIX", "InstanceCount": 1,
             "AvailabilityZone": ZONE}
    client.quiet("CreateCapacityReservation", plain)
    client.quiet("CreateCapacityReservation", plain, InstanceMatchCriteria="targeted",
                 EndDateType="limited", EndDate="2031-01-01T00:00:00Z")


def billing_requests(emulator):
    """Two that the account has sent, of which one was rejected, and one that it was sent."""
    me, other = emulator.me, emulator.other
    for account in (ACCOUNT, OTHER):
        emulator.declare(
            account, organization="arn:aws:organizations::999988887777:organization/o-abcdefghij")
    plain = {"InstanceType": "t3.micro", "InstancePlatform": "Linux/UNIX", "InstanceCount": 1,
             "AvailabilityZone": ZONE}
    for client, asked_account in ((me, OTHER), (me, OTHER), (other, ACCOUNT)):
        made = client.quiet("CreateCapacityReservation", plain)["capacityReservationId"]
        client.quiet("AssociateCapacityReservationBillingOwner", CapacityReservationId=made,
                     UnusedReservationBillingOwnerId=asked_account)
        if client is me:
            rejected = made
    other.quiet("RejectCapacityReservationBillingOwnership", CapacityReservationId=rejected)


def odd_hosts(client, _):
    client.quiet("AllocateHosts", InstanceFamily="m5", AvailabilityZone="us-east-1b")
    client.quiet("AllocateHosts", InstanceType="m5.large", AvailabilityZone=ZONE,
                 AutoPlacement="on", ClientToken="odd",
                 TagSpecification=[tag_specification("dedicated-host", of="odd")])


def odd_key_pair(client, _):
    client.quiet("ImportKeyPair", KeyName="own", PublicKeyMaterial=key_pairs.PUBLIC,
                 TagSpecification=[tag_specification("key-pair", of="test")])


def odd_placement_group(client, _):
    client.quiet("CreatePlacementGroup", GroupName="plain", Strategy="cluster")
    client.quiet("CreatePlacementGroup", GroupName="odd", Strategy="spread", SpreadLevel="host",
                 TagSpecification=[tag_specification("placement-group", of="odd")])


def odd_import(client, _):
    client.quiet("CreateBucket", Bucket="disks")
    client.quiet("PutObject", Bucket="disks", Key="disk", Body=b"boot")
    disk = {"UserBucket": {"S3Bucket": "disks", "S3Key": "disk"}}
    client.quiet("ImportSnapshot", DiskContainer=disk)
    client.quiet("ImportSnapshot", DiskContainer=disk,
                 TagSpecification=[tag_specification("import-snapshot-task", of="odd")])
    client.quiet("ImportImage", DiskContainer=[disk])
    client.quiet("ImportImage", DiskContainer=[disk],
                 TagSpecification=[tag_specification("import-image-task", of="odd")])


def odd_bundle(client, _):
    runs = image_objects.bundled_instance(client)
    client.quiet("BundleInstance", InstanceId=runs,
                 Storage={"S3": {"Bucket": "bucket", "Prefix": "new"}})
    image_objects.bundled(client)


def odd_export(client, ids):
    client.quiet("CreateBucket", Bucket="disks")
    for form in ("RAW", "VHD"):
        client.quiet("ExportImage", ImageId=ids["source-image-id"], DiskImageFormat=form,
                     S3ExportLocation={"S3Bucket": "disks"})
    image_objects.exported(client)


def odd_store(client, ids):
    for bucket in ("disks", "more"):
        client.quiet("CreateBucket", Bucket=bucket)
        client.quiet("CreateStoreImageTask", ImageId=ids["source-image-id"], Bucket=bucket)
        image_objects.stored(client, ids["source-image-id"])


def odd_profile(client, ids):
    client.quiet("AssociateIamInstanceProfile", InstanceId=ids["instance-id"],
                 IamInstanceProfile={"Name": "odd"})


def odd_prefix_list(client, _):
    for name in ("plain", "odd"):
        client.quiet("CreateManagedPrefixList", PrefixListName=name, MaxEntries=1,
                     AddressFamily="IPv4",
                     TagSpecification=[tag_specification("prefix-list", of=name)])


def odd_permission(client, ids):
    more = client.quiet("CreateNetworkInterface", SubnetId=ids["subnet-id"])["networkInterfaceId"]
    for interface, account, wished in (
            (ids["network-interface-id"], OTHER, "EIP-ASSOCIATE"),
            (more, "000000000003", "INSTANCE-ATTACH")):
        client.quiet("CreateNetworkInterfacePermission", AwsAccountId=account,
                     NetworkInterfaceId=interface, Permission=wished)


def odd_address(client, ids):
    client.quiet("AllocateAddress", TagSpecification=[tag_specification("elastic-ip", of="odd")])
    free = client.quiet("AllocateAddress")["allocationId"]
    client.quiet("AssociateAddress", AllocationId=free,
                 NetworkInterfaceId=ids["network-interface-id"])


def odd_interface(client, ids):
    client.quiet("CreateNetworkInterface", SubnetId=ids["subnet-id"], Description="odd one")


def odd_group(client, _):
    group = client.quiet("CreateSecurityGroup", GroupName="odd", GroupDescription="odd one",
                         TagSpecification=[tag_specification("security-group", of="odd")])
    client.quiet("AuthorizeSecurityGroupIngress", GroupId=group["groupId"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
         "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "Groups": [{"GroupName": "default"}]}],
                 TagSpecification=[tag_specification("security-group-rule", of="odd")])


def odd_network(client, _):
    """A VPC, and of what is around it one that is odd."""
    client.quiet("CreateDhcpOptions", TagSpecification=[tag_specification("dhcp-options", of="odd")],
                 DhcpConfiguration=[{"Key": "domain-name", "Value": ["odd"]}])
    vpc = client.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    gateway = client.quiet("CreateInternetGateway", TagSpecification=[
        tag_specification("internet-gateway", of="odd")])["internetGatewayId"]
    client.quiet("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    table = client.quiet("CreateRouteTable", VpcId=vpc, TagSpecification=[
        tag_specification("route-table", of="odd")])["routeTableId"]
    client.quiet("CreateRoute", RouteTableId=table, DestinationCidrBlock="192.0.2.0/24",
                 GatewayId=gateway)
    client.quiet("DetachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    acl = client.quiet("CreateNetworkAcl", VpcId=vpc, TagSpecification=[
        tag_specification("network-acl", of="odd")])["networkAclId"]
    client.quiet("CreateNetworkAclEntry", NetworkAclId=acl, RuleNumber=100, Protocol="6",
                 RuleAction="deny", Egress=True, CidrBlock="10.0.0.0/8",
                 PortRange={"From": 80, "To": 81})


def odd_association(client, _):
    """A group and a VPC that it may be used in besides its own."""
    vpc = client.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    group = client.quiet("CreateSecurityGroup", GroupName="shared", GroupDescription="many")
    client.quiet("AssociateSecurityGroupVpc", GroupId=group["groupId"], VpcId=vpc)


def odd_gateways(client, _):
    """A VPC with a NAT gateway and an egress-only gateway, and an odd one of each."""
    vpc = client.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = client.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    client.quiet("CreateNatGateway", SubnetId=subnet, ConnectivityType="private")
    client.quiet("CreateNatGateway", SubnetId=subnet, AllocationId="eipalloc-0123456789abcdef0",
                 TagSpecification=[tag_specification("natgateway", of="odd")])
    client.quiet("CreateEgressOnlyInternetGateway", VpcId=vpc)
    client.quiet("CreateEgressOnlyInternetGateway", VpcId=vpc, TagSpecification=[
        tag_specification("egress-only-internet-gateway", of="odd")])


def odd_peerings(client, _):
    """A connection that waits, one that has failed, and an odd one that is active."""
    vpc, *peers = (client.quiet("CreateVpc", CidrBlock=f"10.{n}.0.0/16")["vpcId"]
                   for n in range(3))
    made = [client.quiet("CreateVpcPeeringConnection", VpcId=vpc, PeerVpcId=peer,
                         TagSpecification=[tag_specification("vpc-peering-connection", of=of)])
            for peer, of in zip([*peers, "vpc-0123456789abcdef0"], ("odd", "even", "even"))]
    client.quiet("AcceptVpcPeeringConnection",
                 VpcPeeringConnectionId=made[0]["vpcPeeringConnectionId"])


def odd_endpoints(client, _):
    """One that leads to S3 by routes, and an odd one by interfaces."""
    vpc = client.quiet("DescribeVpcs")["vpcId"]
    client.quiet("CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    client.quiet("CreateVpcEndpoint", VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.ec2",
                 VpcEndpointType="Interface",
                 TagSpecification=[tag_specification("vpc-endpoint", of="odd")])


def odd_flow_logs(client, _):
    """Logs of the default VPC: one into a bucket, and an odd one into a log group."""
    watched = {"ResourceType": "VPC", "ResourceId": [client.quiet("DescribeVpcs")["vpcId"]]}
    client.quiet("CreateFlowLogs", watched, TrafficType="ALL", LogDestinationType="s3",
                 LogDestination="arn:aws:s3:::bucket")
    client.quiet("CreateFlowLogs", watched, TrafficType="REJECT", LogGroupName="odd",
                 DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/logs",
                 TagSpecification=[tag_specification("vpc-flow-log", of="odd")])


def odd_reservations(client, ids):
    """Two parts of a subnet; its id goes with every call."""
    shown = client.quiet("DescribeSubnets")
    subnet, (first, second, third, _) = shown["subnetId"], shown["cidrBlock"].split(".")
    ids["reserved-subnet"] = subnet
    for number, kind in enumerate(("prefix", "explicit")):
        client.quiet("CreateSubnetCidrReservation", SubnetId=subnet, ReservationType=kind,
                     Cidr=f"{first}.{second}.{int(third) + number + 1}.0/24",
                     TagSpecification=[tag_specification(
                         "subnet-cidr-reservation", of="odd" if number else "even")])


def odd_connect_endpoints(client, _):
    """One in the default VPC, and an odd one in another."""
    client.quiet("CreateInstanceConnectEndpoint",
                 SubnetId=client.quiet("DescribeSubnets")["subnetId"])
    vpc = client.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = client.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    client.quiet("CreateInstanceConnectEndpoint", SubnetId=subnet, TagSpecification=[
        tag_specification("instance-connect-endpoint", of="odd")])


def catalogue(client):
    """What only the public images have."""
    for wanted in ({"free-tier-eligible": "true"}, {"product-code.type": "marketplace"},
                   {"public-ssm-parameter-name": "aws/service/*"},
                   {"owner-alias": "amazon", "architecture": "arm64"},
                   {"platform": "windows"}, {"name": "*ubuntu*"},
                   {"root-device-type": "instance-store"}):
        client.brief("DescribeImages", **filter_list(wanted))


# What an operation's listing needs besides what all have, by a function of the client and the ids.
ODD = {
    "DescribeSpotInstanceRequests": odd_spot,
    "DescribeCapacityReservations": odd_capacity,
    "DescribeHosts": odd_hosts,
    "DescribeAddresses": odd_address,
    "DescribeDhcpOptions": odd_network,
    "DescribeEgressOnlyInternetGateways": odd_gateways,
    "DescribeIamInstanceProfileAssociations": odd_profile,
    "DescribeBundleTasks": odd_bundle,
    "DescribeExportImageTasks": odd_export,
    "DescribeStoreImageTasks": odd_store,
    "DescribeImportImageTasks": odd_import,
    "DescribeImportSnapshotTasks": odd_import,
    "DescribeInstanceEventWindows": odd_windows,
    "DescribeInternetGateways": odd_network,
    "DescribeKeyPairs": odd_key_pair,
    "DescribeLaunchTemplateVersions": odd_templates,
    "DescribeLaunchTemplates": odd_templates,
    "DescribeManagedPrefixLists": odd_prefix_list,
    "DescribeNatGateways": odd_gateways,
    "DescribeNetworkAcls": odd_network,
    "DescribeNetworkInterfacePermissions": odd_permission,
    "DescribeNetworkInterfaces": odd_interface,
    "DescribePlacementGroups": odd_placement_group,
    "DescribeRouteTables": odd_network,
    "DescribeSecurityGroupRules": odd_group,
    "DescribeSecurityGroupVpcAssociations": odd_association,
    "DescribeSecurityGroups": odd_group,
    "DescribeFlowLogs": odd_flow_logs,
    "DescribeInstanceConnectEndpoints": odd_connect_endpoints,
    "GetSubnetCidrReservations": odd_reservations,
    "DescribeVpcEndpoints": odd_endpoints,
    "DescribeVpcPeeringConnections": odd_peerings,
    "GetSecurityGroupsForVpc": odd_association,
}


def filters_of(name):
    def scenario(emulator):
        ids = populate(emulator)
        if name in ODD:
            ODD[name](emulator.me, ids)
        if name == "DescribeCapacityReservationBillingRequests":
            billing_requests(emulator)
        sweep(emulator.me, facts.operations()[name], ids)
        if name == "DescribeImages":
            catalogue(emulator.me)
    return scenario


SCENARIOS = {f"filters_{name}": filters_of(name)
             for name, operation in facts.operations().items() if operation.filters}
