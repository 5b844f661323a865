"""kola, which tests images of CoreOS on instances in a network of its own, by its calls in their
order, up to where it would log in."""

import base64
import hashlib
import struct

import resources
import servers
from refusals import code_of
from test_hunters import read_device
from test_publishers import nixos_register, nixos_upload, small_disk, tags

NAME = "kola"
TYPE = "m5.large"
TRUST = ('{"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Action": '
         '"sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}')
READS_S3 = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", '
            '"Action": ["s3:Get*", "s3:List*"]}]}')


def public_key(dice):
    fields = (b"ssh-ed25519", dice.randbytes(32))
    packed = b"".join(struct.pack(">I", len(field)) + field for field in fields)
    return b"ssh-ed25519 " + base64.b64encode(packed)


def marked(kind, name=NAME):
    return tags(kind, Name=name, CreatedBy="mantle")


def make_profile(server):
    iam = server.client("iam")
    assert code_of(iam.get_instance_profile, InstanceProfileName=NAME) == "NoSuchEntity"
    iam.create_role(RoleName=NAME, Description="mantle role for testing",
                    AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=NAME, PolicyName="AmazonS3ReadOnlyAccess",
                        PolicyDocument=READS_S3)
    iam.create_instance_profile(InstanceProfileName=NAME)
    iam.add_role_to_instance_profile(InstanceProfileName=NAME, RoleName=NAME)
    assert iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]["Roles"]


def make_routes(ec2, vpc):
    table = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=marked("route-table"))["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway(TagSpecifications=marked("internet-gateway"))[
        "InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway, RouteTableId=table)
    ec2.create_route(DestinationIpv6CidrBlock="::/0", GatewayId=gateway, RouteTableId=table)
    return table


def make_subnets(ec2, vpc, table):
    """One for each zone, each with a /64 of what the VPC has."""
    zones = ec2.describe_availability_zones(Filters=[
        {"Name": "zone-type", "Values": ["availability-zone"]}])["AvailabilityZones"]
    (shown,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    assert block.endswith("0::/56")
    for number, zone in enumerate(zones[:16]):
        subnet = ec2.create_subnet(
            AvailabilityZone=zone["ZoneName"], VpcId=vpc, CidrBlock=f"172.31.{number * 16}.0/20",
            Ipv6CidrBlock=f"{block[:-6]}{number:x}::/64",
            TagSpecifications=marked("subnet", zone["ZoneName"]))["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        ec2.modify_subnet_attribute(SubnetId=subnet, AssignIpv6AddressOnCreation={"Value": True})
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def make_group(ec2):
    """The group's id, in a network that is made for it."""
    named = [{"Name": "group-name", "Values": [NAME]}]
    assert ec2.describe_security_groups(Filters=named)["SecurityGroups"] == []
    vpc = ec2.create_vpc(AmazonProvidedIpv6CidrBlock=True, CidrBlock="172.31.0.0/16",
                         TagSpecifications=marked("vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    make_subnets(ec2, vpc, make_routes(ec2, vpc))
    group = ec2.create_security_group(
        GroupName=NAME, Description="mantle security group for testing", VpcId=vpc,
        TagSpecifications=marked("security-group"))["GroupId"]
    within = [{"GroupId": group, "VpcId": vpc}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "FromPort": 22, "ToPort": 22},
        *({"IpProtocol": protocol, "FromPort": first, "ToPort": last, "UserIdGroupPairs": within}
          for protocol, first, last in (("tcp", 1, 65535), ("udp", 1, 65535), ("icmp", -1, -1)))])
    return group


def launch(ec2, image, group):
    """In the first zone that has room, of those that have the type."""
    (shown,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    zones = [one["Location"] for one in ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[
            {"Name": "instance-type", "Values": [TYPE]}])["InstanceTypeOfferings"]]
    (subnet, *_) = ec2.describe_subnets(Filters=[
        {"Name": "vpc-id", "Values": [shown["VpcId"]]},
        {"Name": "availability-zone", "Values": zones[:1]}])["Subnets"]
    made = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, KeyName=NAME, InstanceType=TYPE,
        SecurityGroupIds=[group], SubnetId=subnet["SubnetId"], UserData='{"ignition": {}}',
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12}}],
        IamInstanceProfile={"Name": NAME}, TagSpecifications=marked("instance"))
    instance = made["Instances"][0]["InstanceId"]

    def is_ready():
        one = resources.instance_of(ec2, instance)
        return one["State"]["Name"] == "running" and one.get("PublicIpAddress")

    assert servers.wait_until(is_ready)
    return instance


def replace_root(ec2, instance, snapshot):
    """The volume that is the root now."""
    ec2.stop_instances(InstanceIds=[instance])
    shown = servers.wait_until(
        lambda: (one := resources.instance_of(ec2, instance))["State"]["Name"] == "stopped" and one)
    volume = ec2.create_volume(
        AvailabilityZone=shown["Placement"]["AvailabilityZone"], SnapshotId=snapshot,
        VolumeType="gp2", TagSpecifications=tags("volume", CreatedBy="mantle"))["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    replaced = resources.root_volume(shown)
    ec2.create_tags(Resources=[replaced], Tags=[{"Key": "CreatedBy", "Value": "mantle"}])
    ec2.detach_volume(VolumeId=replaced)
    ec2.get_waiter("volume_available").wait(VolumeIds=[replaced])
    ec2.delete_volume(VolumeId=replaced)
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/xvda")
    ec2.get_waiter("volume_in_use").wait(VolumeIds=[volume])
    assert resources.root_volume(resources.instance_of(ec2, instance)) == volume
    return volume


def holds(server, volume, disk):
    """Whether the volume has the disk's bytes, by their SHA-256."""
    content = disk.read_bytes()
    read = read_device(server, volume, len(content))
    return hashlib.sha256(read).digest() == hashlib.sha256(content).digest()


def test_an_image_is_launched_and_given_another_root(start_server, tmp_path, dice):
    server = start_server("--nbd", "127.0.0.1:0")
    ec2, ebs = server.client(), server.client("ebs", max_pool_connections=64)
    disks = [small_disk(tmp_path / f"{name}.raw", dice) for name in ("image", "root")]
    snapshots = [nixos_upload(ebs, disk, 1, disk.stem) for disk in disks]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=snapshots)
    image = nixos_register(ec2, snapshots[0], "coreos")

    ec2.import_key_pair(KeyName=NAME, PublicKeyMaterial=public_key(dice))
    make_profile(server)
    group = make_group(ec2)
    instance = launch(ec2, image, group)
    root = resources.root_volume(resources.instance_of(ec2, instance))
    assert holds(server, root, disks[0])
    other = replace_root(ec2, instance, snapshots[1])
    ec2.start_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    assert holds(server, other, disks[1])
    assert ec2.get_console_output(InstanceId=instance)["Output"]
    ours = ec2.describe_instances(Filters=[{"Name": "tag:CreatedBy", "Values": ["mantle"]}])
    assert [one["InstanceId"] for found in ours["Reservations"]
            for one in found["Instances"]] == [instance]
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.delete_key_pair(KeyName=NAME)
