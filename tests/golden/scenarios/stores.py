"""The neighbours that speak JSON: EBS direct, the Recycle Bin's rules, the Parameter Store."""

import base64
import hashlib

import world
from emulator import ACCOUNT, DAY_MS, OTHER, SECOND_MS
from world import ZONE

BLOCK = 512 * 1024
NO_SNAPSHOT = "snap-00000000000000000"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def block(fill):
    return b"!" + fill * (BLOCK - 1)


def checksum(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def linear(*blocks):
    return checksum(b"".join(hashlib.sha256(data).digest() for data in blocks))


def put(snapshot, index, data, **changes):
    request = {"SnapshotId": snapshot, "BlockIndex": index, "BlockData": data,
               "DataLength": len(data), "Checksum": checksum(data), "ChecksumAlgorithm": "SHA256"}
    return {name: value for name, value in {**request, **changes}.items() if value is not None}


def uploads(emulator):
    me, other = emulator.me, emulator.other
    first = me("StartSnapshot", VolumeSize=1, Description="from a file", ClientToken="once",
               Timeout=10, Tags=[{"Key": "Name", "Value": "golden"}])["SnapshotId"]
    me("StartSnapshot", VolumeSize=1, Description="from a file", ClientToken="once", Timeout=10,
       Tags=[{"Key": "Name", "Value": "golden"}])
    me.refused("StartSnapshot", VolumeSize=2, ClientToken="once")
    me("PutSnapshotBlock", put(first, 5, block(b"a"), Progress=40))
    me("DescribeSnapshots", SnapshotId=[first])
    me("PutSnapshotBlock", put(first, 7, block(b"b")))
    me("PutSnapshotBlock", put(first, 7, block(b"c")))
    for wrong in ({"Checksum": checksum(b"other")}, {"Checksum": "*"}, {"Checksum": None},
                  {"ChecksumAlgorithm": "SHA1"}, {"DataLength": 4096}, {"DataLength": "much"},
                  {"DataLength": None}, {"BlockIndex": 2048}, {"BlockIndex": -1},
                  {"BlockIndex": "x"},
                  {"Progress": 101}, {"SnapshotId": NO_SNAPSHOT}, {"SnapshotId": "vol-1"}):
        me.refused("PutSnapshotBlock", put(first, 0, block(b"a"), **wrong))
    me.refused("PutSnapshotBlock", put(first, 0, b"short"))
    other.refused("PutSnapshotBlock", put(first, 0, block(b"a")))
    me.refused("ListSnapshotBlocks", SnapshotId=first)
    sums = {"ChecksumAlgorithm": "SHA256", "ChecksumAggregationMethod": "LINEAR"}
    for wrong in ({"ChangedBlocksCount": 3}, {"ChangedBlocksCount": -1}, {},
                  {"ChangedBlocksCount": 2, "Checksum": linear(block(b"c"), block(b"a")), **sums},
                  {"ChangedBlocksCount": 2, "Checksum": linear(block(b"a"), block(b"c"))},
                  {"ChangedBlocksCount": 2, "ChecksumAlgorithm": "SHA256"}):
        me.refused("CompleteSnapshot", SnapshotId=first, **wrong)
    other.refused("CompleteSnapshot", SnapshotId=first, ChangedBlocksCount=2)
    me("CompleteSnapshot", SnapshotId=first, ChangedBlocksCount=2,
       Checksum=linear(block(b"a"), block(b"c")), **sums)
    me.refused("CompleteSnapshot", SnapshotId=first, ChangedBlocksCount=2)
    me.refused("CompleteSnapshot", SnapshotId=NO_SNAPSHOT, ChangedBlocksCount=0)
    me.refused("PutSnapshotBlock", put(first, 0, block(b"a")))
    me("DescribeSnapshots", SnapshotId=[first])
    for wrong in ({}, {"VolumeSize": 0}, {"VolumeSize": 65537}, {"VolumeSize": "8"},
                  {"VolumeSize": 1, "Timeout": 9}, {"VolumeSize": 1, "ClientToken": "a b"},
                  {"VolumeSize": 1, "ParentSnapshotId": NO_SNAPSHOT},
                  {"VolumeSize": 1, "ParentSnapshotId": "vol-1"},
                  {"VolumeSize": 1, "KmsKeyArn": KEY},
                  {"VolumeSize": 1, "Encrypted": True, "KmsKeyArn": "key"},
                  {"VolumeSize": 1, "Tags": [{"Key": "aws:a", "Value": ""}]},
                  {"VolumeSize": 1, "Tags": [{"Value": "a"}]}, {"VolumeSize": 1, "Bogus": 1}):
        me.refused("StartSnapshot", wrong)
    child = me("StartSnapshot", VolumeSize=1, ParentSnapshotId=first)["SnapshotId"]
    me("PutSnapshotBlock", put(child, 6, block(b"d")))
    me("CompleteSnapshot", SnapshotId=child, ChangedBlocksCount=1)
    me("StartSnapshot", VolumeSize=1, Encrypted=True, KmsKeyArn=KEY)
    idle = me("StartSnapshot", VolumeSize=1, Timeout=10)["SnapshotId"]
    emulator.advance(10 * 60 * SECOND_MS)
    me("DescribeSnapshots", SnapshotId=[idle])
    me.refused("PutSnapshotBlock", put(idle, 0, block(b"a")))
    volume = me("CreateVolume", AvailabilityZone=ZONE, SnapshotId=child)["volumeId"]
    me("CreateSnapshot", VolumeId=volume)


def downloads(emulator):
    me, other = emulator.me, emulator.other
    first = upload(me, {index: block(bytes([index])) for index in range(0, 202, 2)})
    child = upload(me, {2: block(b"x"), 3: block(b"y")}, ParentSnapshotId=first)
    token = me("ListSnapshotBlocks", SnapshotId=child, StartingBlockIndex=190)["BlockToken"]
    page = me("ListSnapshotBlocks", SnapshotId=first, MaxResults=100)
    me("ListSnapshotBlocks", SnapshotId=first, MaxResults=100, NextToken=page["NextToken"])
    me.refused("ListSnapshotBlocks", SnapshotId=child, MaxResults=100, NextToken=page["NextToken"])
    changed = me("ListChangedBlocks", FirstSnapshotId=first, SecondSnapshotId=child)
    many = upload(me, {index: block(b"z") for index in range(101)}, ParentSnapshotId=child)
    page = me("ListChangedBlocks", FirstSnapshotId=child, SecondSnapshotId=many, MaxResults=100)
    me("ListChangedBlocks", FirstSnapshotId=child, SecondSnapshotId=many, MaxResults=100,
       NextToken=page["NextToken"])
    me("ListChangedBlocks", FirstSnapshotId=first, SecondSnapshotId=many, StartingBlockIndex=100)
    me.refused("ListChangedBlocks", SecondSnapshotId=first)
    me.tried("ListChangedBlocks", FirstSnapshotId=child, SecondSnapshotId=first)
    me.refused("ListChangedBlocks", FirstSnapshotId=world.snapshot(me), SecondSnapshotId=first)
    for wrong in ({"SnapshotId": NO_SNAPSHOT}, {"SnapshotId": "vol-1"}, {"MaxResults": 99},
                  {"NextToken": "x"}, {"StartingBlockIndex": -1}, {"StartingBlockIndex": "x"},
                  {"SnapshotId": world.snapshot(other)}):
        me.refused("ListSnapshotBlocks", {"SnapshotId": first, **wrong})
    for wrong in ({"SecondSnapshotId": NO_SNAPSHOT}, {"FirstSnapshotId": NO_SNAPSHOT},
                  {"MaxResults": 99}, {"NextToken": "x"}, {"FirstSnapshotId": "vol-1"}):
        me.refused("ListChangedBlocks", {"FirstSnapshotId": first, "SecondSnapshotId": child,
                                         **wrong})
    me("GetSnapshotBlock", SnapshotId=child, BlockIndex=190, BlockToken=token)
    me("GetSnapshotBlock", SnapshotId=child, BlockIndex=2, BlockToken=changed["SecondBlockToken"])
    me("GetSnapshotBlock", SnapshotId=first, BlockIndex=2, BlockToken=changed["FirstBlockToken"])
    for wrong in ({"BlockIndex": 2}, {"BlockToken": "x"}, {"SnapshotId": first}, {"BlockIndex": -1},
                  {"SnapshotId": NO_SNAPSHOT}, {"BlockIndex": 5000}):
        me.refused("GetSnapshotBlock", {"SnapshotId": child, "BlockIndex": 190, "BlockToken": token,
                                        **wrong})
    other.refused("GetSnapshotBlock", SnapshotId=child, BlockIndex=190, BlockToken=token)
    other.refused("ListSnapshotBlocks", SnapshotId=child)
    me.quiet("ModifySnapshotAttribute", SnapshotId=child,
             CreateVolumePermission={"Add": [{"UserId": OTHER}]})
    other("ListSnapshotBlocks", SnapshotId=child, StartingBlockIndex=199)
    emulator.advance(7 * DAY_MS)
    me.refused("GetSnapshotBlock", SnapshotId=child, BlockIndex=190, BlockToken=token)
    me.quiet("ModifySnapshotTier", SnapshotId=first, StorageTier="archive")
    me.refused("ListSnapshotBlocks", SnapshotId=first)
    me.refused("ListChangedBlocks", FirstSnapshotId=first, SecondSnapshotId=child)


def upload(client, blocks, **more):
    snapshot = client.quiet("StartSnapshot", VolumeSize=1, **more)["SnapshotId"]
    for index, data in blocks.items():
        client.quiet("PutSnapshotBlock", put(snapshot, index, data))
    client.quiet("CompleteSnapshot", SnapshotId=snapshot, ChangedBlocksCount=len(blocks))
    return snapshot


def days(number):
    return {"RetentionPeriodValue": number, "RetentionPeriodUnit": "DAYS"}


def delay(number):
    return {"UnlockDelay": {"UnlockDelayValue": number, "UnlockDelayUnit": "DAYS"}}


def resource_tag(key, value=None):
    return {"ResourceTagKey": key, **({} if value is None else {"ResourceTagValue": value})}


def rules(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    base = {"ResourceType": "EBS_SNAPSHOT", "RetentionPeriod": days(14)}
    first = me("CreateRule", ResourceType="EC2_IMAGE", RetentionPeriod=days(30),
               Description="all of it", Tags=[{"Key": "team", "Value": "infra"}],
               ResourceTags=[resource_tag("env", "prod"), resource_tag("any")])["Identifier"]
    plain = me("CreateRule", base)["Identifier"]
    tagged = me("CreateRule", base, ResourceTags=[resource_tag("a", "b")])["Identifier"]
    me("CreateRule", base, ExcludeResourceTags=[resource_tag("temporary", "yes")])
    locked = me("CreateRule", base, LockConfiguration=delay(7))["Identifier"]
    for wrong in ({"ResourceType": "EBS_DISK"}, {"RetentionPeriod": days(366)}, {"Description": 7},
                  {"ResourceType": "EBS_VOLUME", "RetentionPeriod": days(8)},
                  {"Description": "a\nb"},
                  {"RetentionPeriod": {}}, {"RetentionPeriod": days(0)}, {"Bogus": 1},
                  {"ResourceTags": [resource_tag("")]}, {"LockConfiguration": delay(6)},
                  {"ResourceTags": [resource_tag("k", "v")] * 2},
                  {"Tags": [{"Key": "a*", "Value": ""}]},
                  {"Tags": [{"Key": "aws:a", "Value": ""}]}, {"Tags": [{"Key": "a"}]},
                  {"ResourceTags": [resource_tag("a")], "ExcludeResourceTags": [resource_tag("b")]},
                  {"ResourceTags": [resource_tag("a")], "LockConfiguration": delay(7)},
                  {"ExcludeResourceTags": [resource_tag(str(number)) for number in range(6)]}):
        me.refused("CreateRule", {**base, **wrong})
    me.refused("CreateRule")
    me("GetRule", Identifier=first)
    me("GetRule", Identifier=locked)
    me.refused("GetRule", Identifier="short")
    for client in (other, far):
        client.refused("GetRule", Identifier=first)
        client("ListRules", ResourceType="EC2_IMAGE")
    me.pages("ListRules", 3, ResourceType="EBS_SNAPSHOT")
    me("ListRules", ResourceType="EBS_SNAPSHOT", LockState="locked")
    me("ListRules", ResourceType="EBS_SNAPSHOT", ResourceTags=[resource_tag("a")])
    me("ListRules", ResourceType="EBS_SNAPSHOT",
       ExcludeResourceTags=[resource_tag("temporary", "yes")])
    for wrong in ({"NextToken": "*"}, {"MaxResults": 0}, {"MaxResults": 1001},
                  {"ResourceType": "OTHER"}, {"LockState": "open"}):
        me.refused("ListRules", {"ResourceType": "EBS_SNAPSHOT", **wrong})
    me.tried("ListRules", ResourceType="EBS_SNAPSHOT", NextToken="AAAA")
    me.refused("ListRules")
    me("UpdateRule", Identifier=plain, RetentionPeriod=days(60))
    me("UpdateRule", Identifier=plain, Description="new", ResourceType="EBS_SNAPSHOT")
    me("UpdateRule", Identifier=tagged, ResourceTags=[])
    me("UpdateRule", Identifier=tagged, ExcludeResourceTags=[resource_tag("x")])
    for wrong in ({"ResourceType": "EC2_IMAGE"}, {"RetentionPeriod": days(366)},
                  {"Identifier": "00000000000"}, {"ExcludeResourceTags": "x"},
                  {"Identifier": locked}):
        me.refused("UpdateRule", {"Identifier": plain, **wrong})
    lock_rules(emulator, first, plain, locked)
    tag_rules(emulator, first)


def lock_rules(emulator, first, plain, locked):
    me, other = emulator.me, emulator.other
    me("LockRule", Identifier=plain, LockConfiguration=delay(8))
    me.refused("LockRule", Identifier=plain, LockConfiguration=delay(8))
    me.refused("LockRule", Identifier=first, LockConfiguration=delay(8))
    me.refused("LockRule", Identifier=plain)
    me.refused("LockRule", Identifier="00000000000", LockConfiguration=delay(31))
    me.refused("DeleteRule", Identifier=locked)
    emulator.advance(DAY_MS + 1)
    me("UnlockRule", Identifier=locked)
    me.refused("UnlockRule", Identifier=locked)
    me.refused("UnlockRule", Identifier=first)
    me.refused("UnlockRule", Identifier="00000000000")
    me("GetRule", Identifier=locked)
    emulator.advance(7 * DAY_MS)
    me("GetRule", Identifier=locked)
    me("DeleteRule", Identifier=locked)
    me.refused("DeleteRule", Identifier=locked)
    other.refused("DeleteRule", Identifier=first)


def tag_rules(emulator, first):
    me, other = emulator.me, emulator.other
    arn = f"arn:aws:rbin:us-east-1:{ACCOUNT}:rule/{first}"
    me("TagResource", ResourceArn=arn,
       Tags=[{"Key": "a/b", "Value": "c d"}, {"Key": "team", "Value": ""}])
    me("ListTagsForResource", ResourceArn=arn)
    me("UntagResource", ResourceArn=arn, TagKeys=["team", "none"])
    me("ListTagsForResource", ResourceArn=arn)
    for action, more in (("TagResource", {"Tags": [{"Key": "a", "Value": "b"}]}),
                         ("UntagResource", {"TagKeys": ["a"]}), ("ListTagsForResource", {})):
        me.refused(action, ResourceArn="arn:aws:s3:::b", **more)
        me.refused(action, ResourceArn=arn.replace("us-east-1", "eu-west-1"), **more)
        other.refused(action, ResourceArn=arn, **more)
        me.refused(action, ResourceArn=arn[:-1], **more)
    me.refused("TagResource", ResourceArn=arn)
    me.refused("TagResource", ResourceArn=arn, Tags=[{"Key": "a", "Value": ""}] * 2)
    me.refused("TagResource", ResourceArn=arn,
               Tags=[{"Key": f"k{number}", "Value": ""} for number in range(51)])
    me.refused("UntagResource", ResourceArn=arn)


def parameters(emulator):
    me, other = emulator.me, emulator.other
    base = {"Name": "/app/size", "Value": "large", "Type": "String"}
    me("PutParameter", base, Description="how big")
    me.refused("PutParameter", base)
    emulator.advance(1500)
    me("PutParameter", base, Value="small", Overwrite=True)
    me("PutParameter", Name="list", Value="a,b", Type="StringList")
    me("PutParameter", Name="big", Value="x" * 4097, Type="String", Tier="Intelligent-Tiering")
    image = world.image(me)
    me("PutParameter", Name="/app/image", Value=image, Type="String", DataType="aws:ec2:image")
    for number in range(10):
        me.quiet("PutParameter", Name=f"/deep/{number}/x", Value=str(number), Type="String")
    for wrong in ({"Name": "/aws/x"}, {"Name": "ssm-x"}, {"Name": "a b"}, {"Name": ""},
                  {"Name": "//"},
                  {"Name": "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"}, {"Value": ""},
                  {"Value": "x" * 4097}, {"Value": "{{ssm:q}}"}, {"Type": "Number"},
                  {"KeyId": "alias/x"}, {"DataType": "Text"},
                  {"DataType": "integer"}, {"Tier": "Advanced", "Value": "x" * 8193},
                  {"Name": "wrong", "DataType": "aws:ec2:image", "Value": "ami-1"},
                  {"Name": "wrong", "DataType": "aws:ec2:image", "Value": "ami-12345678"},
                  {"Type": "StringList", "Overwrite": True}, {"Policies": "[]"}, {"Bogus": 1},
                  {"Name": "wrong", "AllowedPattern": "^a"},
                  {"Name": "wrong", "AllowedPattern": "("},
                  {"Name": "wrong", "Type": "SecureString", "KeyId": "no-key"},
                  {"Overwrite": True, "Tags": [{"Key": "a", "Value": "b"}]},
                  {"Name": "/app/image", "Overwrite": True, "DataType": "text"}, {"Value": 7},
                  {"Name": "big", "Overwrite": True, "Tier": "Standard"}):
        me.refused("PutParameter", {**base, **wrong})
    me.refused("PutParameter", Name="p", Value="x")
    me.refused("PutParameter")
    me("LabelParameterVersion", Name="/app/size", Labels=["live", "aws-bad", "1st", "ssm_x"])
    me("LabelParameterVersion", Name="/app/size", ParameterVersion=1, Labels=["live", "old"])
    for wrong in ({"ParameterVersion": 9}, {"Name": "none"}, {"Labels": []}, {"Labels": ["a"] * 2},
                  {"Labels": [f"l{number}" for number in range(11)]}, {"Name": LINUX}):
        me.tried("LabelParameterVersion", {"Name": "/app/size", "Labels": ["x"], **wrong})
    get_parameters(emulator)
    list_parameters(me)
    secrets(me)
    parameter_tags(emulator)
    me.refused("DeleteParameter", Name="none")
    me.refused("DeleteParameter", Name=LINUX)
    other.refused("DeleteParameter", Name="list")
    me("DeleteParameter", Name="list")
    me("DeleteParameters", Names=["/app/size", "none", "big"])
    me.refused("DeleteParameters", Names=[])
    me.refused("DeleteParameters")
    me("DescribeParameters", MaxResults=2)


def secrets(me):
    secret = {"Name": "secret", "Value": "open sesame", "Type": "SecureString"}
    me("PutParameter", secret, KeyId="alias/mine", AllowedPattern="^open",
       Tags=[{"Key": "team", "Value": "images"}])
    for with_decryption in (False, True):
        me.brief("GetParameter", Name="secret", WithDecryption=with_decryption)
    me("GetParameterHistory", Name="secret", WithDecryption=True)
    for key, value in (("KeyId", "alias/mine"), ("tag:team", "images"), ("tag:team", "other")):
        me("DescribeParameters", ParameterFilters=[{"Key": key, "Values": [value]}])


def parameter_tags(emulator):
    me, other = emulator.me, emulator.other
    on = {"ResourceType": "Parameter", "ResourceId": "secret"}
    tags = [{"Key": "stage", "Value": "test"}]
    me("AddTagsToResource", on, Tags=tags)
    me("ListTagsForResource of ssm", on)
    me("RemoveTagsFromResource", on, TagKeys=["stage"])
    me.brief("ListTagsForResource of ssm", on)
    for action, more in (("AddTagsToResource", {"Tags": tags}), ("ListTagsForResource of ssm", {}),
                         ("RemoveTagsFromResource", {"TagKeys": ["stage"]})):
        me.refused(action, {**on, "ResourceId": "none"}, **more)
        me.refused(action, {**on, "ResourceType": "Document"}, **more)
        other.refused(action, on, **more)
        me.refused(action, **more)


def get_parameters(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    arn = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/size"
    for name in (" /app/size ", "/app/size:1", "/app/size:live", arn, LINUX, "list"):
        me("GetParameter", Name=name, WithDecryption=True)
    for name in ("/none", "/app/size:9", "/app/size:none", arn.replace("us-east-1", "eu-west-1"),
                 "", "/app/size:", "arn:aws:ssm:nonsense", "a:b:c"):
        me.refused("GetParameter", Name=name)
    other.refused("GetParameter", Name="/app/size")
    far.refused("GetParameter", Name="/app/size")
    far("GetParameter", Name=LINUX)
    me.refused("GetParameter")
    me("GetParameters", Names=["list", "/app/size:1", "/none", "list:9", LINUX],
       WithDecryption=False)
    me.tried("GetParameters", Names=["list", "list"])
    me.refused("GetParameters", Names=[])
    me.refused("GetParameters", Names=[f"n{number}" for number in range(11)])
    me.refused("GetParameters", Names="list")


def list_parameters(me):
    me("GetParametersByPath", Path="/app", WithDecryption=True)
    me.pages("GetParametersByPath", 4, Path="/", Recursive=True)
    page = me.brief("GetParametersByPath", Path="/aws/service/ecs", Recursive=True)
    me("GetParametersByPath", Path="/aws/service/ecs", Recursive=True, MaxResults=2,
       NextToken=page["NextToken"])
    me("GetParametersByPath", Path="/app", ParameterFilters=[
        {"Key": "Type", "Option": "Equals", "Values": ["String"]}])
    me("GetParametersByPath", Path="/app", ParameterFilters=[{"Key": "Label", "Values": ["live"]}])
    for wrong in ({"Path": "app"}, {"Path": "/a b"}, {"NextToken": "x"}, {"MaxResults": 11},
                  {"ParameterFilters": [{"Key": "Name", "Values": ["x"]}]},
                  {"ParameterFilters": [{"Key": "Frob", "Values": ["x"]}]},
                  {"ParameterFilters": [{"Key": "Type", "Option": "Contains", "Values": ["x"]}]}):
        me.refused("GetParametersByPath", {"Path": "/app", **wrong})
    me.pages("GetParameterHistory", 1, Name="/app/size", WithDecryption=True)
    for wrong in ({"Name": "none"}, {"NextToken": "x"}, {"MaxResults": 51}, {"Name": LINUX}):
        me.tried("GetParameterHistory", {"Name": "/app/size", **wrong})
    me.pages("DescribeParameters", 6, Shared=False)
    for found in ([{"Key": "Name", "Option": "BeginsWith", "Values": ["/app/"]}],
                  [{"Key": "Name", "Option": "Contains", "Values": ["siz"]}],
                  [{"Key": "Name", "Option": "Equals", "Values": ["list", LINUX]}],
                  [{"Key": "Path", "Option": "OneLevel", "Values": ["/app"]}],
                  [{"Key": "Path", "Option": "Recursive", "Values": ["/deep"]},
                   {"Key": "Name", "Option": "Contains", "Values": ["/1/"]}],
                  [{"Key": "Type", "Values": ["StringList"]}],
                  [{"Key": "Tier", "Values": ["Advanced"]}],
                  [{"Key": "DataType", "Values": ["aws:ec2:image"]}],
                  [{"Key": "KeyId", "Values": ["x"]}], [{"Key": "tag:a", "Values": ["x"]}],
                  [{"Key": "Frob", "Values": ["x"]}],
                  [{"Key": "Name", "Option": "Frob", "Values": ["x"]}],
                  [{"Key": "Name", "Values": []}], [{"Key": "Label", "Values": ["live"]}]):
        me.tried("DescribeParameters", ParameterFilters=found)
    me("DescribeParameters", Filters=[{"Key": "Name", "Values": ["/app/"]}])
    for wrong in ({"Shared": True}, {"MaxResults": 0}, {"NextToken": "x"},
                  {"Filters": [{"Key": "Name", "Values": ["x"]}],
                   "ParameterFilters": [{"Key": "Name", "Values": ["x"]}]}):
        me.refused("DescribeParameters", wrong)


SCENARIOS = {"uploads": uploads, "downloads": downloads, "rules": rules, "parameters": parameters}
