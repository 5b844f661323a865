"""Spot Instances: launched by market options, requested, cancelled; prices and the data feed."""

import world
from client import filters
from world import launch, tag_specification

NO_REQUEST = "sir-0123456789abcdef0"
SPOT = {"MarketType": "spot"}


def spot_launches(emulator):
    me = emulator.me
    image = world.public_image(me)
    runs = me("RunInstances", launch(image, InstanceMarketOptions={
        **SPOT, "SpotOptions": {"MaxPrice": "0.5", "SpotInstanceType": "one-time"}}))
    request = runs["spotInstanceRequestId"]
    me("DescribeSpotInstanceRequests", SpotInstanceRequestId=[request])
    me.refused("StopInstances", InstanceId=[runs["instanceId"]])
    for wrong in ({"MarketType": "capacity-block"}, {"SpotOptions": {"MaxPrice": "1"}},
                  {**SPOT, "SpotOptions": {"MaxPrice": "x"}},
                  {**SPOT, "SpotOptions": {"MaxPrice": "0.001"}},
                  {**SPOT, "SpotOptions": {"SpotInstanceType": "persistent"}},
                  {**SPOT, "SpotOptions": {"InstanceInterruptionBehavior": "stop"}},
                  {**SPOT, "SpotOptions": {"ValidUntil": "2031-01-01T00:00:00Z"}}):
        me.refused("RunInstances", launch(image, InstanceMarketOptions=wrong))
    kept = me.brief("RunInstances", launch(image, InstanceMarketOptions={**SPOT, "SpotOptions": {
        "SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop",
        "ValidUntil": "2031-01-01T00:00:00Z"}}, TagSpecification=[
            tag_specification("spot-instances-request", of="test")]))["instanceId"]
    me.brief("StopInstances", InstanceId=[kept])
    me("DescribeSpotInstanceRequests", **filters(state="disabled"))
    me.brief("StartInstances", InstanceId=[kept])
    me.brief("TerminateInstances", InstanceId=[kept, runs["instanceId"]])
    me("DescribeSpotInstanceRequests")
    emulator.advance(4 * 3_600_000)
    me.brief("DescribeSpotInstanceRequests")


def whole_specification(me, image):
    """All that a request can say of a launch, but what contradicts."""
    interface = {"AssociateCarrierIpAddress": False, "AssociatePublicIpAddress": True,
                 "DeleteOnTermination": True, "Description": "first", "DeviceIndex": 0,
                 "InterfaceType": "interface", "NetworkCardIndex": 0, "PrimaryIpv6": False,
                 "SecondaryPrivateIpAddressCount": 1, "Ipv6AddressCount": 0,
                 "SecurityGroupId": [me.quiet("DescribeSecurityGroups")["groupId"]],
                 "SubnetId": me.quiet("DescribeSubnets", **filters(
                     availability_zone=world.ZONE))["subnetId"]}
    return {
        "ImageId": image, "InstanceType": "t3.small", "KernelId": "aki-12345678",
        "RamdiskId": "ari-12345678", "EbsOptimized": True, "UserData": "YQ==",
        "IamInstanceProfile": {"Name": "web"}, "Monitoring": {"Enabled": True},
        "KeyName": me.quiet("CreateKeyPair", KeyName="mine")["keyName"],
        "Placement": {"AvailabilityZone": world.ZONE, "Tenancy": "dedicated"},
        "BlockDeviceMapping": [world.device(
            "/dev/sdf", VolumeSize=9, VolumeType="gp3", Iops=3500, Throughput=200, EbsCardIndex=0,
            DeleteOnTermination=False, Encrypted=True, KmsKeyId="alias/two"),
                               {"DeviceName": "/dev/sdg", "NoDevice": ""},
                               {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
        "NetworkInterface": [interface]}


def spot_requests(emulator):
    me, other = emulator.me, emulator.other
    ask, show, cancel = ("RequestSpotInstances", "DescribeSpotInstanceRequests",
                         "CancelSpotInstanceRequests")
    image = world.public_image(me)
    plain = {"LaunchSpecification": {"ImageId": image, "InstanceType": "t3.micro"}}
    me.dry(ask, plain)
    whole = me(ask, {"LaunchSpecification": whole_specification(me, image)}, ClientToken="once",
               SpotPrice="0.5", Type="persistent", InstanceInterruptionBehavior="stop",
               LaunchGroup="together", AvailabilityZoneGroup="near", InstanceCount=1,
               ValidUntil="2031-01-01T00:00:00Z", TagSpecification=[
                   tag_specification("spot-instances-request", of="test")])
    me(show, SpotInstanceRequestId=[whole["spotInstanceRequestId"]])
    me(ask, plain, ValidFrom="2031-01-01T00:00:00Z")
    me(ask, plain, SpotPrice="0.001", InstanceCount=2)
    me.refused(ask, plain, BlockDurationMinutes=60)
    me.refused("RunInstances", launch(image, InstanceMarketOptions={
        "MarketType": "spot", "SpotOptions": {"BlockDurationMinutes": 60}}))
    snapshot = world.snapshot(me, world.volume(me))
    for more in (
            {"Placement": {"AvailabilityZoneId": "use1-az2"}, "BlockDeviceMapping": [world.device(
                "/dev/sdf", SnapshotId=snapshot, VolumeInitializationRate=200)]},
            {"IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/web"},
             "SecurityGroup": ["default"], "Placement": {"GroupName": me.quiet(
                 "CreatePlacementGroup", GroupName="near", Strategy="spread") and "near"}},
            {"SubnetId": me.quiet("DescribeSubnets", **filters(
                availability_zone=world.ZONE))["subnetId"],
             "SecurityGroupId": [me.quiet("DescribeSecurityGroups")["groupId"]]}):
        me.brief(ask, {"LaunchSpecification": {**plain["LaunchSpecification"], **more}})
    first = {"DeviceIndex": 0}
    free = me.quiet("CreateNetworkInterface", SubnetId=me.quiet(
        "DescribeSubnets", **filters(availability_zone=world.ZONE))["subnetId"])
    for more in ({"NetworkInterfaceId": free["networkInterfaceId"]},
                 {"PrivateIpAddress": "172.31.0.99"},
                 {"PrivateIpAddresses": [{"PrivateIpAddress": "172.31.0.98", "Primary": True}]},
                 {"Ipv4PrefixCount": 1}, {"Ipv4Prefix": [{"Ipv4Prefix": "172.31.8.16/28"}]}):
        me.brief(ask, {"LaunchSpecification": {**plain["LaunchSpecification"], "NetworkInterface": [
            {**first, **more}], "Placement": {"AvailabilityZone": world.ZONE}}})
    for wrong in ({}, {"LaunchSpecification": {}}, {**plain, "SpotPrice": "x"},
                  {**plain, "InstanceCount": 0}, {**plain, "Type": "x"},
                  {**plain, "InstanceInterruptionBehavior": "stop"},
                  {**plain, "ValidUntil": "2001-01-01T00:00:00Z"},
                  {**plain, "ValidFrom": "2001-01-01T00:00:00Z"},
                  {"LaunchSpecification": {**plain["LaunchSpecification"], "KeyName": "none"}}):
        me.refused(ask, wrong)
    me.dry(show)
    me.two_pages(show)
    me.brief(show, **filters(status_code="price-too-low"))
    me.refused(show, SpotInstanceRequestId=[NO_REQUEST])
    other.brief(show)
    gone = {"SpotInstanceRequestId": [whole["spotInstanceRequestId"]]}
    me.dry(cancel, gone)
    other.refused(cancel, gone)
    me(cancel, gone)
    me(show, gone)
    me.refused(cancel, SpotInstanceRequestId=["x"])


def spot_prices(emulator):
    me = emulator.me
    show, micro = "DescribeSpotPriceHistory", {"InstanceType": ["t3.micro"]}
    me.dry(show, micro)
    me(show, micro, ProductDescription=["Linux/UNIX"])
    me.brief(show, micro, AvailabilityZone="us-east-1b", StartTime="2020-01-02T03:04:05Z",
             EndTime="2020-01-03T03:04:05Z")
    me.brief(show, micro, AvailabilityZoneId="use1-az2")
    me.two_pages(show)
    for wrong in ({"InstanceType": ["x"]}, {"AvailabilityZone": "x"},
                  {"StartTime": "2020-01-02T03:04:05Z", "EndTime": "2020-01-01T03:04:05Z"}):
        me.refused(show, wrong)


def spot_datafeed(emulator):
    me = emulator.me
    create, show, remove = (f"{verb}SpotDatafeedSubscription"
                            for verb in ("Create", "Describe", "Delete"))
    me.refused(show)
    me.dry(create, Bucket="some-bucket")
    me(create, Bucket="some-bucket", Prefix="spot")
    me.refused(create, Bucket="X")
    me(show)
    me.dry(show)
    me.dry(remove)
    me(remove)
    me.refused(remove, Colour="red")
    me.brief(remove)


SCENARIOS = {"spot_launches": spot_launches, "spot_requests": spot_requests,
             "spot_prices": spot_prices, "spot_datafeed": spot_datafeed}
