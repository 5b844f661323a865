"""The control API, HTTP itself, identity, and what is the same for all: regions, network, types."""

import struct
import urllib.parse

import world
from client import FORM, credential, filters
from emulator import ACCOUNT, OTHER, REGION

EXTENTS = "application/x-amilab-extents"
GIB = 1 << 30


def control(emulator):
    emulator.control("GET", "health")
    emulator.control("HEAD", "health")
    emulator.control("POST", "health", {})
    emulator.control("GET", "nothing")
    emulator.control("GET", "reset")
    for wrong in ({"all": True}, {"account": "12"}, {"account": None}, [], b"{"):
        emulator.control("POST", "reset", wrong)
    emulator.control("POST", "reset", {"account": OTHER})
    emulator.control("POST", "reset", {})
    emulator.control("POST", "clock", {"freeze": True, "set": "2030-01-01T00:00:00Z"})
    emulator.control("GET", "clock")
    emulator.control("PUT", "clock", {"advance_ms": 60000})
    emulator.control("POST", "clock", {"advance_ms": -1})
    emulator.control("POST", "clock", {"set_ms": 1893456000001})
    emulator.control("POST", "clock", {"freeze": True, "advance_ms": 5,
                                       "set": "2031-05-06T07:08:09Z"})
    for wrong in ({"frozen": True}, {"set": "tomorrow"}, {"freeze": 1}, {"advance_ms": "1"},
                  {"advance_ms": 10**18}, {"set_ms": -1}, [], b"{", b""):
        emulator.control("POST", "clock", wrong)
    emulator.control("DELETE", "clock")
    emulator.control("GET", "delays")
    emulator.control("POST", "delays", {"image.pending": 1000, "instance.pending": 5})
    emulator.control("PUT", "delays", {"image.pending": 0})
    for wrong in ({"image.slow": 1}, {"image.pending": -1}, {"image.pending": "soon"}, [],
                  {"volume.creating": 7, "image.slow": 1}):
        emulator.control("POST", "delays", wrong)
    emulator.control("GET", "delays")
    emulator.control("POST", "reset")
    emulator.control("GET", "delays")
    emulator.control("POST", "space", {})
    emulator.control("GET", "space")
    emulator.control("POST", "cost", {})
    emulator.control("GET", "cost?region=us-east-1")
    emulator.control("GET", "cost?region=mars-1")
    emulator.control("GET", "cost?account=12")


def accounts(emulator):
    key = "AKIAIOSFODNN7EXAMPLE"
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    unit = "arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-abcd-12345678"
    emulator.control("GET", "accounts")
    emulator.control("POST", "accounts", {OTHER: {
        "access_keys": [key], "organization": organization, "organizational_units": [unit],
        "subscriptions": ["abc"], "products": ["def"]}})
    emulator.client(key)("GetCallerIdentity")
    emulator.client("AKIAUNKNOWNKEY000000")("GetCallerIdentity")
    emulator.control("PUT", "accounts", {OTHER: {"subscriptions": []}, ACCOUNT: {}})
    for wrong in ({"12": {}}, {OTHER: []}, {OTHER: {"keys": []}}, {OTHER: {"calls": 1}},
                  {OTHER: {"access_keys": ["short"]}},
                  {OTHER: {"access_keys": key}}, {OTHER: {"organization": "o-1"}},
                  {OTHER: {"organizational_units": [unit] * 7}}, {OTHER: {"subscriptions": [""]}},
                  {ACCOUNT: {"access_keys": [key]}}, {ACCOUNT: {"products": ["def"]}}, []):
        emulator.control("POST", "accounts", wrong)
    emulator.control("POST", "accounts", {OTHER: {"organization": None}})
    emulator.control("POST", "accounts", {OTHER: None})
    emulator.client(key)("GetCallerIdentity")
    emulator.control("GET", "accounts")
    emulator.control("DELETE", "accounts")


def extents(*frames, size=GIB):
    """A stream of (offset, bytes) and its end."""
    body = b"".join(struct.pack("<QQ", offset, len(data)) + data for offset, data in frames)
    return body + struct.pack("<QQ", size, 0)


def import_and_export(emulator):
    me = emulator.me
    raw = {"Content-Type": "application/octet-stream"}
    made = emulator.control("POST", "import?name=golden&description=one+disk&architecture=arm64"
                            "&boot-mode=uefi&root-device=/dev/sda1", b"disk" * 1024, raw)
    me("DescribeImages", ImageId=[made["image_id"]])
    me("DescribeSnapshots", SnapshotId=[made["snapshot_id"]])
    sparse = emulator.control(
        "PUT", "import?name=sparse&region=eu-west-1&account=111122223333",
        extents((0, b"a" * 512), (1 << 20, b"b" * 1024), size=GIB + 512), {"Content-Type": EXTENTS})
    emulator.other_far("DescribeImages", ImageId=[sparse["image_id"]])
    stream = {"Accept": EXTENTS}
    emulator.control("GET", f"export/{made['image_id']}", headers=stream)
    emulator.control("GET", f"export/{made['snapshot_id']}", headers=stream)
    emulator.control("GET", f"export/{sparse['image_id']}?region=eu-west-1&account=111122223333",
                     headers=stream)
    volume = world.volume(me, SnapshotId=made["snapshot_id"])
    emulator.control("GET", f"export/{volume}", headers=stream)
    for name in ("ami-0123456789abcdef0", "snap-0123456789abcdef0", "vol-0123456789abcdef0",
                 "i-0123456789abcdef0", "nothing", f"{made['image_id']}?region=eu-west-1",
                 f"{made['image_id']}?account=12", f"{made['image_id']}?region=nowhere",
                 f"{made['image_id']}?bogus=1", world.public_image(me)):
        emulator.control("GET", f"export/{name}", headers=stream)
    for query in ("", "?name=", "?name=golden", "?name=x", "?name=fresh&architecture=vax",
                  "?name=fresh&boot-mode=bios", "?name=fresh&root-device=", "?name=fresh&bogus=1",
                  "?name=fresh&name=again", "?name=fresh&region=nowhere", "?name=fresh&account=1"):
        emulator.control("POST", f"import{query}", b"x" * 512, raw)
    emulator.control("POST", "import?name=empty", b"", raw)
    for body in (b"", b"12", extents((1, b"a" * 512)), extents((0, b"a" * 5)),
                 extents((0, b"a" * 512))[:-16], extents(size=5)):
        emulator.control("POST", "import?name=fresh", body, {"Content-Type": EXTENTS})
    emulator.control("GET", "import?name=fresh")
    emulator.control("POST", f"export/{made['image_id']}", b"")
    me("DescribeImages", Owner=["self"])


def http(emulator):
    """Requests that no SDK sends."""
    form = {"Content-Type": FORM}
    version = "Version=2016-11-15"

    def post(text, headers=()):
        return emulator.raw("POST", "/", text.encode(), {**form, **dict(headers)})

    for text in ("", version, f"Action=NoSuchAction&{version}",
                 f"Action=DescribeVpnConnections&{version}",
                 "Action=DescribeRegions&Version=1999-01-01&RegionName.1=us-east-1",
                 "Action=DescribeRegions&Version=2999-01-01", "Action=DescribeRegions&Version=new",
                 "Action=DescribeRegions&RegionName.1=us-east-1",
                 f"Action=DescribeImages&{version}&MaxResults=5&MaxResults=6",
                 f"Action=DescribeImages&{version}&Owner.1=%ff%fe",
                 f"Action=DescribeImages&{version}&Owner.1=%01",
                 f"Action=DescribeImages&{version}&Owner.1=%zz",
                 f"Action=DescribeImages&{version}&Owner.0=self",
                 f"Action=DescribeImages&{version}&Owner.x=self",
                 f"Action=DescribeImages&{version}&Owner=self",
                 f"Action=DescribeImages&{version}&Owner.1.x=self",
                 f"Action=DescribeImages&{version}&ImageId.1=ami-x&Owner.1=nobody&Bogus=1",
                 f"Action=RunInstances&{version}",
                 f"Action=RunInstances&{version}&MinCount=x&MaxCount=y&DryRun=perhaps",
                 f"Action=GetCallerIdentity&{version}",
                 "Action=GetCallerIdentity&Version=2011-06-15",
                 "Action=NoSuchAction&Version=2011-06-15", f"{version}&Action=DescribeVolumes&=x",
                 f"{version}&Action=DescribeVolumes&DryRun=1", "&&&"):
        post(text)
    regions = f"Action=DescribeRegions&{version}&RegionName.1=us-east-1"
    for header in (credential("222222222222", "eu-west-1", "ec2"), credential("1", REGION, "iam"),
                   credential(ACCOUNT, "nowhere-1", "ec2"), "nonsense",
                   "AWS4-HMAC-SHA256 Credential=", credential(ACCOUNT, REGION, "sts")):
        post(regions, {"Authorization": header})
    scope = urllib.parse.quote("222222222222/20260102/eu-west-1/ec2/aws4_request", safe="")
    signed = ("&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260102T030405Z"
              f"&X-Amz-SignedHeaders=host&X-Amz-Credential={scope}&X-Amz-Signature=00")
    emulator.raw("GET", f"/?Action=DescribeVpcs&{version}{signed}")
    emulator.raw("GET", f"/?{regions}")
    emulator.raw("HEAD", f"/?{regions}")
    emulator.raw("GET", "/")
    emulator.raw("GET", "/somewhere/else")
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FROB"):
        emulator.raw(method, "/", b"", {})
    for headers in ({"Host": "example.com"}, {"Host": "localhost:1"}, {"Host": "[::1]"},
                    {"Origin": "http://example.com"}, {"Origin": "http://127.0.0.1:4566"},
                    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"},
                    {"Content-Type": "text/plain"}, {"Content-Type": "application/json"},
                    {"Content-Type": None}, {"Accept-Encoding": "gzip"}, {"Connection": "close"},
                    {"Expect": "something"}):
        post(regions, headers)
    emulator.raw("GET", "/_amilab/health", headers={"Host": "example.com"})
    emulator.raw("GET", "/_amilab/health", headers={"Origin": "http://example.com"})
    target = {"Content-Type": "application/x-amz-json-1.1"}
    for name in ("AmazonSSM.GetParameter", "AmazonSSM.AddTagsToResource", "AmazonSSM.Frob",
                 "Frob.GetParameter", "AmazonSSM"):
        emulator.raw("POST", "/", b'{"Name":"/none"}', {**target, "X-Amz-Target": name})
    ssm = {"Authorization": credential(ACCOUNT, REGION, "ssm"), **target}
    for body in (b"", b"{", b"[]", b'{"Name":7}', b'{"Name":"a","Name":"b"}', b'{"Frob":1}',
                 b"null"):
        emulator.raw("POST", "/", body, {**ssm, "X-Amz-Target": "AmazonSSM.GetParameter"})
    rbin = {"Authorization": credential(ACCOUNT, REGION, "rbin"),
            "Content-Type": "application/json"}
    for method, path in (("GET", "/rules"), ("PUT", "/rules/a"), ("POST", "/rules/a/b/c"),
                         ("GET", "/rules/short"), ("GET", "/tags/x"), ("GET", "/")):
        emulator.raw(method, path, b"", rbin)
    far = {**rbin, "Authorization": credential(ACCOUNT, "nowhere-1", "rbin")}
    emulator.raw("GET", "/rules/00000000000", b"", far)
    emulator.raw("GET", "/snapshots/snap-0123456789abcdef0/blocks")


def identity(emulator):
    for client in (emulator.me, emulator.other, emulator.far):
        client("GetCallerIdentity")
    emulator.me.refused("GetCallerIdentity", Bogus="1")
    for key in (OTHER, "AKIAIOSFODNN7EXAMPLE"):
        emulator.me("GetAccessKeyInfo", AccessKeyId=key)
    for key in ("AKIA", "AKIAIOSFODNN7EXAMPL-"):
        emulator.me.refused("GetAccessKeyInfo", AccessKeyId=key)
    emulator.me.refused("GetAccessKeyInfo")


def role_sessions(emulator):
    me = emulator.me
    role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/teams/builder", "RoleSessionName": "one"}
    me("AssumeRole", role)
    me("AssumeRole", role, DurationSeconds=900, ExternalId="secret", SourceIdentity="me",
       Policy='{"Statement":[]}', PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
       Tags=[{"Key": "team", "Value": "infra"}], TransitiveTagKeys=["team"])
    tag = {"Key": "a", "Value": "b"}
    for wrong in ({"RoleArn": "arn:aws:iam::1:role/x"}, {"RoleArn": "x" * 20},
                  {"RoleSessionName": "a b", "DurationSeconds": 1}, {"Policy": "{}"},
                  {"Tags": [tag, {"Key": "A", "Value": "c"}]}, {"Tags": [{"Key": "a"}]},
                  {"TransitiveTagKeys": ["a"]}, {"SerialNumber": "arn:aws:iam::1:mfa/x"},
                  {"PolicyArns": [{"arn": "arn:aws:iam::1:policy/" + "p" * 2000}] * 2}):
        me.refused("AssumeRole", {**role, **wrong})
    me.refused("AssumeRole")
    me("GetSessionToken")
    me("GetSessionToken", DurationSeconds=129600)
    me.refused("GetSessionToken", DurationSeconds=1)
    me("GetFederationToken", Name="bob")
    me("GetFederationToken", Name="bob", DurationSeconds=900, Policy='{"Statement":[]}',
       PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}], Tags=[tag])
    for wrong in ({"Name": "b"}, {"Policy": "{}"}, {"DurationSeconds": 1},
                  {"Tags": [tag, {"Key": "A", "Value": "c"}]}):
        me.refused("GetFederationToken", {"Name": "bob", **wrong})


def quotas(emulator):
    me = emulator.me
    emulator.control("GET", "quotas")
    emulator.control("POST", "quotas", {"standard": 2})
    for wrong in ({"q": 1}, {"standard": -1}, []):
        emulator.control("POST", "quotas", wrong)
    image = world.public_image(me)
    me.refused("RunInstances", world.launch(image, MinCount=2, MaxCount=2))
    emulator.control("PUT", "quotas", {"standard": None})
    me.brief("RunInstances", world.launch(image, MinCount=2, MaxCount=2))


def regions(emulator):
    me, far = emulator.me, emulator.far
    me.brief("DescribeRegions")
    me("DescribeRegions", RegionName=["eu-west-1", "us-east-1", "ap-southeast-5"])
    me("DescribeRegions", AllRegions=True, **filters(opt_in_status="opted-in", region_name="ap-*-1"))
    me.refused("DescribeRegions", RegionName=["eu-west-1", "nowhere-1", "nowhere-2"])
    emulator.control("GET", "regions")
    emulator.control("POST", "regions", {"ap-southeast-5": "not-opted-in"})
    for wrong in ({"nowhere-1": "opted-in"}, {"ap-southeast-5": "opt-in-not-required"},
                  {"ap-southeast-5": True}, []):
        emulator.control("POST", "regions", wrong)
    me("DescribeRegions", RegionName=["ap-southeast-5"])
    me.brief("DescribeRegions")
    emulator.client(ACCOUNT, "ap-southeast-5").refused("DescribeVolumes")
    emulator.control("PUT", "regions", {"ap-southeast-5": "opted-in"})
    emulator.client(ACCOUNT, "ap-southeast-5")("DescribeVolumes")
    me.dry("DescribeRegions")
    me("DescribeAvailabilityZones")
    me("DescribeAvailabilityZones", ZoneName=["us-east-1b", "us-east-1a"])
    me("DescribeAvailabilityZones", ZoneId=["use1-az1"], AllAvailabilityZones=True)
    far("DescribeAvailabilityZones", AllAvailabilityZones=True)
    me.refused("DescribeAvailabilityZones", ZoneName=["us-east-1a", "us-east-1x", "us-east-1y"])
    me.refused("DescribeAvailabilityZones", ZoneId=["use1-az99"])
    me.refused("DescribeAvailabilityZones", ZoneName=["us-east-1a"], ZoneId=["use1-az99"])
    me.dry("DescribeAvailabilityZones")
    me.brief("DescribeAvailabilityZones", AllAvailabilityZones=True)
    group = {"GroupName": "us-east-1-bos-1", "OptInStatus": "opted-in"}
    me.dry("ModifyAvailabilityZoneGroup", group)
    me.refused("CreateDefaultSubnet", AvailabilityZone="us-east-1-bos-1a")
    me("ModifyAvailabilityZoneGroup", group)
    me.brief("DescribeAvailabilityZones")
    me("DescribeAvailabilityZones", **filters(opt_in_status="opted-in"))
    for wrong in ({"OptInStatus": "not-opted-in"}, {"OptInStatus": "x"}, {"GroupName": "x"}):
        me.refused("ModifyAvailabilityZoneGroup", {**group, **wrong})
    me.brief("CreateDefaultSubnet", AvailabilityZone="us-east-1-bos-1a", Ipv6Native=False)


def network(emulator):
    me, other, far = emulator.me, emulator.other, emulator.far
    vpc = me("DescribeVpcs")["vpcId"]
    me("DescribeVpcs", VpcId=[vpc])
    far("DescribeVpcs", MaxResults=5)
    other.refused("DescribeVpcs", VpcId=[vpc])
    me.refused("DescribeVpcs", VpcId=["vpc-0123456789abcdef0", "vpc-0123456789abcdef1"])
    me.refused("DescribeVpcs", VpcId=["vpc-x"])
    me.refused("DescribeVpcs", MaxResults=4)
    me.refused("DescribeVpcs", VpcId=[vpc], MaxResults=5)
    me.refused("DescribeVpcs", NextToken="bm90IG91cnM=")
    me.dry("DescribeVpcs")
    subnet = me.pages("DescribeSubnets", 5)[0]["subnetId"]
    me("DescribeSubnets", SubnetId=[subnet])
    far("DescribeSubnets", **filters(availability_zone="eu-west-1b"))
    me.refused("DescribeSubnets", SubnetId=["subnet-0123456789abcdef0"])
    me.refused("DescribeSubnets", SubnetId=["subnet-x"])
    me.refused("DescribeSubnets", SubnetId=[subnet], MaxResults=5)
    me.refused("DescribeSubnets", NextToken="!")
    me.dry("DescribeSubnets")
    group = me("DescribeSecurityGroups")["groupId"]
    me("DescribeSecurityGroups", GroupId=[group])
    me("DescribeSecurityGroups", GroupName=["default"], MaxResults=5)
    me.refused("DescribeSecurityGroups", GroupId=[group], MaxResults=5)
    other("DescribeSecurityGroups")
    me.refused("DescribeSecurityGroups", GroupId=["sg-0123456789abcdef0"])
    me.refused("DescribeSecurityGroups", GroupId=["sg-x"])
    me.refused("DescribeSecurityGroups", GroupName=["web"])
    me.refused("DescribeSecurityGroups", NextToken="bm90IG91cnM=")
    me.dry("DescribeSecurityGroups")


def instance_types(emulator):
    me = emulator.me
    me("DescribeInstanceTypes", InstanceType=["t3.micro", "m5d.large"])
    page = me.brief("DescribeInstanceTypes", MaxResults=5, **filters(instance_type="t*"))
    me.brief("DescribeInstanceTypes", MaxResults=5, NextToken=page.next_token[0],
             **filters(instance_type="t*"))
    me.brief("DescribeInstanceTypes")
    emulator.client(ACCOUNT, "ap-southeast-5").brief("DescribeInstanceTypes", **filters(
        instance_type="m1.*"))
    emulator.client(ACCOUNT, "ap-southeast-5")(
        "DescribeInstanceTypes", IncludeUnsupportedInRegion=True, **filters(
            instance_type="m1.small"))
    me.refused("DescribeInstanceTypes", InstanceType=["t3.micro", "x9.tiny", "x9.huge"])
    me.brief("DescribeInstanceTypes", InstanceType=["t3.micro"], MaxResults=5)
    me("DescribeInstanceTypes", InstanceType=[
        "c8gn.48xlarge", "f2.12xlarge", "inf2.xlarge", "m8g.large", "r3.large", "vt1.3xlarge"])
    me.refused("DescribeInstanceTypes", MaxResults=101)
    me.refused("DescribeInstanceTypes", NextToken="bm90IG91cnM=")
    me.dry("DescribeInstanceTypes")


def instance_type_offerings(emulator):
    me = emulator.me
    me("DescribeInstanceTypeOfferings", **filters(instance_type="m6i.*"))
    for location_type in ("availability-zone", "availability-zone-id", "region", "outpost"):
        me("DescribeInstanceTypeOfferings", LocationType=location_type,
           **filters(instance_type="t3.micro"))
    me("DescribeInstanceTypeOfferings", LocationType="availability-zone", **filters(
        instance_type="t*.micro", location="us-east-1e"))
    emulator.client(ACCOUNT, "ap-southeast-7")(
        "DescribeInstanceTypeOfferings", LocationType="availability-zone-id",
        **filters(instance_type="t4g.small"))
    page = me("DescribeInstanceTypeOfferings", MaxResults=5, LocationType="availability-zone",
              **filters(instance_type="c5.*"))
    me("DescribeInstanceTypeOfferings", MaxResults=5, LocationType="availability-zone",
       NextToken=page.next_token[0], **filters(instance_type="c5.*"))
    me.brief("DescribeInstanceTypeOfferings")
    me.refused("DescribeInstanceTypeOfferings", LocationType="rack")
    me.refused("DescribeInstanceTypeOfferings", MaxResults=4)
    me.refused("DescribeInstanceTypeOfferings", **filters(zone="us-east-1a"))
    me.refused("DescribeInstanceTypeOfferings", NextToken="bm90IG91cnM=")
    me.dry("DescribeInstanceTypeOfferings")


def instance_requirements(emulator):
    me, action = emulator.me, "GetInstanceTypesFromInstanceRequirements"
    least = {"VCpuCount": {"Min": 2, "Max": 4}, "MemoryMiB": {"Min": 4096, "Max": 16384}}

    def asked(architecture="x86_64", virtualization="hvm", **attributes):
        return {"ArchitectureType": [architecture], "VirtualizationType": [virtualization],
                "InstanceRequirements": {**least, **attributes}}

    me.two_pages(action, **asked(AllowedInstanceType=["m5*.*", "c5*"]))
    me.brief(action, **asked())
    me(action, **asked("arm64", AllowedInstanceType=["m6g*"]))
    me(action, **asked(virtualization="paravirtual"))
    me(action, **asked(
        CpuManufacturer=["intel", "amd"], MemoryGiBPerVCpu={"Min": 2, "Max": 8},
        ExcludedInstanceType=["c5*", "*.2xlarge"], InstanceGeneration=["current"], BareMetal="included",
        BurstablePerformance="included", RequireHibernateSupport=True,
        NetworkInterfaceCount={"Min": 2, "Max": 4}, LocalStorage="required", LocalStorageType=["ssd"],
        TotalLocalStorageGB={"Min": 50, "Max": 500}, BaselineEbsBandwidthMbps={"Min": 500, "Max": 5000},
        NetworkBandwidthGbps={"Min": 0.5, "Max": 10}, RequireEncryptionInTransit=False,
        AcceleratorCount={"Max": 0}, MaxSpotPriceAsPercentageOfOptimalOnDemandPrice=90))
    me(action, **asked(
        AcceleratorType=["gpu"], AcceleratorCount={"Min": 1, "Max": 4}, AcceleratorName=["t4", "l4"],
        AcceleratorManufacturer=["nvidia"], AcceleratorTotalMemoryMiB={"Min": 16384, "Max": 65536}))
    emulator.client(ACCOUNT, "ap-southeast-5")(action, **asked(AllowedInstanceType=["m1.*", "m7i.*"]))
    for wrong in ({"VCpuCount": {"Min": 4, "Max": 2}}, {"MemoryMiB": {"Min": -1}},
                  {"AllowedInstanceType": ["m5.?"]},
                  {"AllowedInstanceType": ["m5.*"], "ExcludedInstanceType": ["c5.*"]},
                  {"OnDemandMaxPricePercentageOverLowestPrice": 20}):
        me.refused(action, **asked(**wrong))
    me.refused(action, **asked(), NextToken="bm90IG91cnM=")
    me.dry(action, **asked())


SCENARIOS = {"control": control, "accounts": accounts, "import_and_export": import_and_export,
             "http": http, "identity": identity, "role_sessions": role_sessions,
             "quotas": quotas, "regions": regions, "network": network,
             "instance_types": instance_types, "instance_type_offerings": instance_type_offerings,
             "instance_requirements": instance_requirements}
