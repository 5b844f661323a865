"""Servers with other public images: a catalogue of one's own, and images that are made up."""

import pathlib

import world
from client import filter_list
from world import launch

FILE = pathlib.Path(__file__).parents[1] / "own_catalogue.json"
PUBLIC = "ami-00000000000000001"
WINDOWS = "ami-00000000000000002"
FAILED = "ami-00000000000000003"
DISABLED = "ami-00000000000000004"
UNKNOWN = "ami-0a1b2c3d4e5f60718"


def own_catalogue(emulator):
    me, other = emulator.me, emulator.other
    me("DescribeImages", IncludeDisabled=True)
    other("DescribeImages")
    emulator.far("DescribeImages")
    me("GetParameter", Name="/aws/service/own/one")
    for wanted in ({"platform": "windows"}, {"state": "failed"}, {"state-reason-code": "Client.*"},
                   {"state-reason-message": "it is lost"}, {"product-code.type": "marketplace"},
                   {"kernel-id": "aki-*"}, {"ramdisk-id": "ari-*"}, {"tag:of": "catalogue"},
                   {"source-image-id": PUBLIC}, {"root-device-type": "instance-store"}):
        me.brief("DescribeImages", IncludeDisabled=True, **filter_list(wanted))
    for attribute in ("launchPermission", "lastLaunchedTime", "productCodes", "tpmSupport",
                      "deregistrationProtection", "kernel"):
        me("DescribeImageAttribute", ImageId=WINDOWS, Attribute=attribute)
    me("RunInstances", launch(PUBLIC, InstanceType="t4g.micro"))
    for image in (WINDOWS, FAILED, DISABLED):
        me.tried("RunInstances", launch(image, InstanceType="t3.large"))
        me.tried("CopyImage", SourceImageId=image, SourceRegion="us-east-1", Name=f"of {image}")
    me("EnableFastLaunch", ImageId=WINDOWS)
    me("ModifyImageAttribute", ImageId=WINDOWS,
       LaunchPermission={"Add": [{"UserId": other.account}]})
    other("DescribeImages", ImageId=[WINDOWS])
    me.refused("DeregisterImage", ImageId=DISABLED)
    me("DeregisterImage", ImageId=FAILED)
    me.refused("DeregisterImage", ImageId=PUBLIC)
    me("DescribeSnapshots", Owner=["self"])
    me("DescribeTags")
    emulator.start_anew()
    me.brief("DescribeImages", Owner=["self"])


def adopted_images(emulator):
    me, other = emulator.me, emulator.other
    me("DescribeImages", ImageId=[UNKNOWN])
    me("RunInstances", launch(UNKNOWN, InstanceType="t4g.micro"))
    other("RunInstances", launch("ami-0a1b2c3d4e5f60719"))
    other("DescribeImages", ImageId=["ami-0a1b2c3d4e5f60719", UNKNOWN])
    me.refused("RunInstances", launch("ami-x"))
    me.refused("RunInstances", launch(UNKNOWN))
    me.refused("CopyImage", SourceImageId="ami-0a1b2c3d4e5f60720", SourceRegion="us-east-1",
               Name="mine")
    me.refused("ModifyImageAttribute", ImageId=UNKNOWN, Description={"Value": "mine"})
    me.refused("DeregisterImage", ImageId=UNKNOWN)
    me.brief("DescribeImages", Owner=["000000000000"])
    me.dry("RunInstances", launch("ami-0a1b2c3d4e5f60721"))
    me.tried("DescribeImages", Owner=["self"], ImageId=["ami-0a1b2c3d4e5f60721"])
    mine = world.image(me)
    me("DeregisterImage", ImageId=mine)
    me.tried("DescribeImages", ImageId=[mine])


SCENARIOS = {"own_catalogue": own_catalogue, "adopted_images": adopted_images}
OPTIONS = {"own_catalogue": ("--catalogue", str(FILE)),
           "adopted_images": ("--unknown-ami", "adopt")}
