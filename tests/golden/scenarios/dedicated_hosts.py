"""Dedicated Hosts: allocated, used, changed, released."""

import world
from client import filters
from world import ZONE, launch, tag_specification

NO_HOST = "h-0123456789abcdef0"


def dedicated_hosts(emulator):
    me, other = emulator.me, emulator.other
    image = world.public_image(me)
    plain = {"InstanceType": "m5.12xlarge", "AvailabilityZone": ZONE}
    made = me("AllocateHosts", plain, ClientToken="once", Quantity=1, AutoPlacement="on",
              HostRecovery="off", HostMaintenance="on", CpuOptions={"AmdSevSnp": "disabled"},
              TagSpecification=[tag_specification("dedicated-host", of="test")])
    (host,) = made.all("item")
    family = me("AllocateHosts", InstanceFamily="m5", AvailabilityZoneId="use1-az4")
    (wide,) = family.all("item")
    for wrong in ({"InstanceFamily": "m5"}, {"InstanceType": "t2.micro"}, {"Quantity": 0},
                  {"AvailabilityZone": "x"}, {"AvailabilityZoneId": "use1-az1"},
                  {"OutpostArn": "x"}, {"AutoPlacement": "x"}):
        me.refused("AllocateHosts", {**plain, **wrong})
    big = {"InstanceType": "m5.12xlarge"}
    runs = me("RunInstances", launch(image, big, Placement={
        "Tenancy": "host", "AvailabilityZone": ZONE}))["instanceId"]
    me.brief("RunInstances", launch(image, big, Placement={"HostId": host, "Affinity": "host"}))
    for wrong in ({"HostId": host}, {"HostId": NO_HOST}, {"HostId": host, "Tenancy": "default"},
                  {"Tenancy": "host", "AvailabilityZone": "us-east-1c"}, {"Affinity": "host"}):
        me.refused("RunInstances", launch(image, big, Placement=wrong))
    me.refused("RunInstances", launch(image, InstanceType="m5.large", Placement={"HostId": host}))
    me.brief("CreateLaunchTemplate", LaunchTemplateName="hosted", LaunchTemplateData={
        "Placement": {"HostId": host, "Affinity": "host", "Tenancy": "host"}})
    me("DescribeHosts", HostId=[host, wide])
    for _ in range(4):
        me.quiet("AllocateHosts", plain)
    me.two_pages("DescribeHosts")
    me.brief("DescribeHosts", Filter=[{"Name": "instance-type", "Value": ["m5.12xlarge"]}])
    me.refused("DescribeHosts", HostId=[NO_HOST])
    me.refused("DescribeHosts", HostId=[host], MaxResults=5)
    other.brief("DescribeHosts")
    me("ModifyHosts", HostId=[host, NO_HOST], AutoPlacement="off", HostRecovery="on",
       HostMaintenance="off")
    me("ModifyHosts", HostId=[wide], InstanceType="m5.large")
    me("ModifyHosts", HostId=[wide, host], InstanceFamily="m5")
    me.refused("ModifyHosts", HostId=[host])
    me.refused("ModifyHosts", HostId=[host], InstanceType="m5.large", InstanceFamily="m5")
    me("DescribeHosts", **filters(auto_placement="off"))
    me.brief("StopInstances", InstanceId=[runs])
    me("ModifyInstancePlacement", InstanceId=runs, HostId=host, Affinity="host", Tenancy="host")
    for wrong in ({"HostId": wide}, {"HostId": NO_HOST}, {"Tenancy": "default"},
                  {"Affinity": "x"}):
        me.refused("ModifyInstancePlacement", InstanceId=runs, **wrong)
    me("ReleaseHosts", HostId=[host, wide, NO_HOST])
    me.refused("ReleaseHosts", HostId=["x"])
    me.refused("ReleaseHosts")


SCENARIOS = {"dedicated_hosts": dedicated_hosts}
