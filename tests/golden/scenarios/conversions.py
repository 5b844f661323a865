"""Disks in parts, told of by a manifest of presigned URLs, that become volumes and instances."""

import time
from xml.sax.saxutils import escape

import world
from client import HOST
from .imports import DISK, HOUR_MS, MIB
from world import ZONE

NO_TASK = "import-vol-0123456789abcdef0"
DAY_MS = 24 * HOUR_MS


def presigned(place, account="123456789012"):
    return f"http://{HOST}/{place}?AWSAccessKeyId={account}&Expires=4102444800&Signature=c2ln"


def manifest(size, parts, file_format="RAW", volume_size=1):
    """Of parts by their names: [(name, bytes)]."""
    begin, told = 0, ""
    for index, (name, length) in enumerate(parts):
        url = escape(presigned(f"disks/{name}"))
        told += (f'<part index="{index}"><byte-range start="{begin}" end="{begin + length - 1}"/>'
                 f"<key>{name}</key><head-url>{url}</head-url><get-url>{url}</get-url>"
                 f"<delete-url>{url}</delete-url></part>")
        begin += length
    return (f"<manifest><version>2010-11-15</version><file-format>{file_format}</file-format>"
            "<importer><name>golden</name><version>1.0</version><release>1</release></importer>"
            f"<self-destruct-url>{escape(presigned('disks/manifest'))}</self-destruct-url>"
            f"<import><size>{size}</size><volume-size>{volume_size}</volume-size>"
            f'<parts count="{len(parts)}">{told}</parts></import></manifest>').encode()


def put(client, name="disk", missing=()):
    """A disk in two parts; what its manifest is called."""
    client.quiet("CreateBucket", Bucket="disks")
    half = len(DISK) // 2
    parts = [(f"{name}.0", DISK[:half]), (f"{name}.1", DISK[half:])]
    for key, body in parts:
        if key not in missing:
            client.quiet("PutObject", Bucket="disks", Key=key, Body=body)
    client.quiet("PutObject", Bucket="disks", Key=name,
                 Body=manifest(MIB, [(key, len(body)) for key, body in parts]))
    return presigned(f"disks/{name}")


def disk(url, **more):
    return {"Image": {"Format": "RAW", "Bytes": MIB, "ImportManifestUrl": url, **more},
            "Volume": {"Size": 1}}


def converted(client):
    """Waits until the tasks have ended."""
    while ">active<" in client.quiet("DescribeConversionTasks").text:
        time.sleep(0.01)


def volumes(emulator):
    me, other = emulator.me, emulator.other
    asked = {**disk(put(me)), "AvailabilityZone": ZONE}
    me.dry("ImportVolume", asked)
    made = me("ImportVolume", asked, Description="mine")
    converted(me)
    task = made["conversionTaskId"]
    me("DescribeConversionTasks", ConversionTaskId=[task])
    me("DescribeVolumes", VolumeId=[made["id"]])
    me("CreateTags", ResourceId=[task], Tag=[{"Key": "of", "Value": "test"}])
    me.brief("DescribeConversionTasks")
    me.brief("ImportVolume", {**disk(presigned("disks/disk")), "AvailabilityZoneId": "use1-az4"})
    converted(me)
    for url, more in ((presigned("disks/absent"), {}), (presigned("disks/disk.0"), {}),
                      (presigned("disks/disk"), {"Format": "VMDK"}),
                      (presigned("disks/disk"), {"Bytes": 5}),
                      (presigned("disks/disk", "111111111111"), {})):
        failed = me.brief("ImportVolume", {**disk(url, **more), "AvailabilityZone": ZONE})
        converted(me)
        me("DescribeConversionTasks", ConversionTaskId=[failed["conversionTaskId"]])
    for wrong in ({**asked, "AvailabilityZone": "us-east-1x"},
                  {**asked, "AvailabilityZoneId": "use1-az4"}, disk(presigned("disks/disk")),
                  {**asked, **disk("https://bucket.s3.amazonaws.com/disk")},
                  {**asked, **disk("disk")}, {**asked, **disk(presigned("a"), Bytes=0)},
                  {**asked, **disk(presigned("a"), Format="VHDX")},
                  {**asked, "Volume": {"Size": 0}}, {**asked, "Description": "x" * 256}):
        me.refused("ImportVolume", wrong)
    me.dry("DescribeConversionTasks")
    for wrong in ([NO_TASK], ["x"]):
        me.refused("DescribeConversionTasks", ConversionTaskId=wrong)
    other.refused("DescribeConversionTasks", ConversionTaskId=[task])
    me.refused("CancelConversionTask", ConversionTaskId=task)


def instances(emulator):
    me = emulator.me
    url = put(me)
    asked = {"DiskImage": [disk(url)], "Platform": "Linux",
             "LaunchSpecification": {"InstanceType": "t3.micro"}}
    me.dry("ImportInstance", asked)
    made = me("ImportInstance", {**asked, "Description": "a machine",
                                 "DiskImage": [{**disk(url), "Description": "its root"}],
                                 "LaunchSpecification": {
                                     "InstanceType": "t3.micro", "Architecture": "x86_64",
                                     "GroupName": ["default"], "Monitoring": True,
                                     "InstanceInitiatedShutdownBehavior": "terminate",
                                     "UserData": {"Data": "aGVsbG8="},
                                     "Placement": {"AvailabilityZone": ZONE,
                                                   "Tenancy": "dedicated"}}})
    converted(me)
    me("DescribeConversionTasks", ConversionTaskId=[made["conversionTaskId"]])
    me("DescribeInstances", InstanceId=[made["instanceId"]])
    subnet = me.quiet("DescribeSubnets", Filter=[{"Name": "availability-zone", "Value": [ZONE]}])
    group = me.quiet("DescribeSecurityGroups")["groupId"]
    parted = me.quiet("CreatePlacementGroup", GroupName="parted", Strategy="partition",
                      PartitionCount=2)["groupId"]
    for launch in ({"SubnetId": subnet["subnetId"], "GroupId": [group],
                    "PrivateIpAddress": subnet["cidrBlock"].rsplit(".", 1)[0] + ".77"},
                   {"Placement": {"GroupName": "parted", "PartitionNumber": 2}},
                   {"Placement": {"GroupId": parted, "AvailabilityZoneId": "use1-az4"}}):
        me.brief("ImportInstance", {**asked, "LaunchSpecification": {
            "InstanceType": "t3.micro", **launch}})
        converted(me)
    me.brief("ImportInstance", {**asked, "Platform": "Windows"})
    converted(me)
    for wrong in ({"Platform": "BSD"}, {"DiskImage": []}, {"DiskImage": [disk(url)] * 2},
                  {"LaunchSpecification": {"InstanceType": "t3.micro", "Architecture": "arm64"}},
                  {"LaunchSpecification": {"SubnetId": "subnet-0123456789abcdef0"}},
                  {"LaunchSpecification": {"Placement": {"Tenancy": "host"}}},
                  {"LaunchSpecification": {"AdditionalInfo": "x"}}):
        me.refused("ImportInstance", {**asked, **wrong})


def cancelled(emulator):
    me = emulator.me
    url = put(me, missing=["disk.1"])
    asked = {**disk(url), "AvailabilityZone": ZONE}
    waiting = me.quiet("ImportVolume", asked)["conversionTaskId"]
    me("DescribeConversionTasks", ConversionTaskId=[waiting])
    me.dry("CancelConversionTask", ConversionTaskId=waiting)
    me("CancelConversionTask", ConversionTaskId=waiting, ReasonMessage="a mistake")
    me("DescribeConversionTasks", ConversionTaskId=[waiting])
    for wrong in ({"ConversionTaskId": waiting}, {"ConversionTaskId": NO_TASK},
                  {"ConversionTaskId": "x"}, {}):
        me.refused("CancelConversionTask", wrong)
    late = me.quiet("ImportVolume", asked)["conversionTaskId"]
    emulator.advance(7 * DAY_MS)
    converted(me)
    me("DescribeConversionTasks", ConversionTaskId=[late])
    emulator.advance(HOUR_MS)
    me.refused("DescribeConversionTasks", ConversionTaskId=[late])
    emulator.set_delays(conversion_task__active=HOUR_MS)
    for _ in range(5):
        me.quiet("ImportVolume", asked)
    me.refused("ImportVolume", asked)
    me.brief("CancelConversionTask", ConversionTaskId=me.quiet(
        "DescribeConversionTasks")["conversionTaskId"])


SCENARIOS = {"conversion_volumes": volumes, "conversion_instances": instances,
             "conversion_cancellations": cancelled}
