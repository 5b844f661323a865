"""What the examples of the AWS CLI's help need to be there, by the names of cli_examples.

A state stands behind the name of a command, for all its examples, or of one of them, which has its
own instead then.
"""

import base64
import datetime

import model
import resources
from cli_world import OTHER_ACCOUNT, World
from resources import AMAZON_LINUX, WINDOWS

IN_A_YEAR = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365)
# A product of the catalogue's, and what its images are called.
PRODUCT, PRODUCT_IMAGES = "2r9xqv8kn4w7ej1ud5zbtm3ha", "bitnami-wordpress-*"
CANONICAL = "099720109477"


def keyed(name):
    return lambda world: world.ec2.create_key_pair(KeyName=name)


def grouped(**names):
    return lambda world: world.ec2.create_placement_group(Strategy="cluster", **names)


def ruled(direction, **rule):
    """A security group with one rule."""
    def state(world):
        authorize = getattr(world.ec2, f"authorize_security_group_{direction}")
        authorize(GroupId=world.one("sg"), IpPermissions=[rule])

    return state


def between_groups(world):
    """A group with a rule about another one; both are named, in this order."""
    groups = [world.group(), world.group()]
    world.offer(*groups)
    world.ec2.authorize_security_group_egress(GroupId=groups[0], IpPermissions=[{
        "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "UserIdGroupPairs": [{"GroupId": groups[1]}]}])


def group_named(name):
    return lambda world: world.group(name)


def ruled_group_named(name):
    def state(world):
        group = world.group(name)
        world.ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="203.0.113.0/24")

    return state


def in_oregon(make):
    """Something in the region that the examples copy from."""
    return lambda world: world.offer(make(world, "us-west-2"))


def image_of(world, region):
    return world.image(region=region)


def snapshot_of(world, region):
    return world.snapshot(region=region)


def shared_image(world):
    others = world.server.client(account=OTHER_ACCOUNT)
    image = resources.make_image(others, f"shared with {world.account}")
    others.modify_image_attribute(ImageId=image,
                                  LaunchPermission={"Add": [{"UserId": world.account}]})
    world.offer(image)


def sold_instance(world):
    world.server.control("accounts", {world.account: {"products": [PRODUCT],
                                                      "subscriptions": [PRODUCT]}})
    world.offer(world.launch(world.public_image("aws-marketplace", PRODUCT_IMAGES)))


def snapshot_of_its_root(world):
    instance = world.offer(world.launch())
    volume = world.root_volume(instance)
    world.offer(world.ec2.create_snapshot(VolumeId=volume)["SnapshotId"])


def with_data_volume(world):
    world.attached_volume(world.one("i"))


def large_snapshot(world):
    world.offer(world.snapshot(Size=20))


def modified_volume(world):
    world.ec2.modify_volume(VolumeId=world.one("vol"), Size=2)


def attached_volume(world):
    world.offer(world.attached_volume(world.one("i")))


def windows_image(world):
    return world.offer(world.windows_image())


def fast_windows_image(world):
    world.ec2.enable_fast_launch(ImageId=windows_image(world))


def bucket_of_account(world):
    """Names of buckets are everybody's."""
    return resources.make_bucket(world.server, f"bucket-{world.account}", world.region, world.account)


def bundle_of_image(world):
    bucket = bucket_of_account(world)
    for key, body in resources.bundle().items():
        world.at(world.region, "s3").put_object(Bucket=bucket, Key=f"myimage/{key}", Body=body)


def exported_image(world):
    bucket_of_account(world)
    world.offer(world.image())


def stored_image(world):
    bucket = bucket_of_account(world)
    image = world.one("ami")
    resources.store_image(world.ec2, image, bucket)


def disabled_image(world):
    world.ec2.disable_image(ImageId=world.one("ami"))


def deleted_image(world):
    world.keep_deleted("EC2_IMAGE")
    world.ec2.deregister_image(ImageId=world.one("ami"))


def deleted_snapshot(world):
    world.keep_deleted("EBS_SNAPSHOT")
    world.ec2.delete_snapshot(SnapshotId=world.one("snap"))


def archived_snapshot(world):
    world.ec2.modify_snapshot_tier(SnapshotId=world.one("snap"), StorageTier="archive")


def restored_for_a_while(world):
    archived_snapshot(world)
    world.ec2.restore_snapshot_tier(SnapshotId=world.one("snap"), TemporaryRestoreDays=5)


def locked_snapshot(world):
    world.ec2.lock_snapshot(SnapshotId=world.one("snap"), LockMode="governance", LockDuration=1)


def fast_snapshot(world):
    world.ec2.enable_fast_snapshot_restores(AvailabilityZones=[world.zone],
                                            SourceSnapshotIds=[world.one("snap")])


def stopped(**more):
    return lambda world: world.offer(world.stopped(**more))


def hibernating(world):
    """An instance that may."""
    image = world.ec2.describe_images(ImageIds=[world.public_image("amazon", AMAZON_LINUX)])
    root = image["Images"][0]["RootDeviceName"]
    world.offer(world.launch(InstanceType="m5.large", HibernationOptions={"Configured": True},
                             BlockDeviceMappings=[{"DeviceName": root, "Ebs": {
                                 "Encrypted": True, "VolumeSize": 30}}]))


def two_template_versions(world):
    world.offer(world.launch_template(versions=2))


def template_whose_first_version_may_go(world):
    template = world.offer(world.launch_template(versions=2))
    world.ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")


def windows_instance(world):
    world.ec2.create_key_pair(KeyName="windows")
    world.offer(world.launch(world.public_image("amazon", WINDOWS), InstanceType="t3.large",
                             KeyName="windows"))


def stopped_beside_group(world):
    world.ec2.create_placement_group(GroupName="MySpreadGroup", Strategy="spread")
    world.offer(world.stopped(InstanceType="m5.large"))


def ubuntu(world):
    world.offer(world.launch(world.public_image(CANONICAL, "ubuntu/images/hvm-ssd*-amd64-*")))


def own_vpc(world):
    return world.offer(world.vpc())


def gateway_of_own_vpc(world):
    gateway = world.offer(world.internet_gateway())
    world.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=own_vpc(world))
    return gateway


def own_route(world):
    world.ec2.create_route(GatewayId=gateway_of_own_vpc(world), RouteTableId=world.one("rtb"),
                           DestinationCidrBlock="0.0.0.0/0")


def acl_entry(world):
    world.ec2.create_network_acl_entry(
        NetworkAclId=world.one("acl"), RuleNumber=100, Egress=False, Protocol="17",
        RuleAction="allow", CidrBlock="0.0.0.0/0", PortRange={"From": 53, "To": 53})


def interface_in(block, **more):
    """An interface in a subnet of that block, of a VPC that is reached from outside."""
    def state(world):
        gateway_of_own_vpc(world)
        subnet = world.offer(world.subnet(world.one("vpc"), block))
        world.offer(world.interface(subnet, **more))

    return state


def subnet_of_own_vpc(block):
    """With a security group of the VPC."""
    def state(world):
        vpc = own_vpc(world)
        world.offer(world.subnet(vpc, block))
        world.offer(world.group(VpcId=vpc))

    return state


def ipv6_subnet(world):
    return world.offer(world.ipv6_subnet())


def ipv6_interface(world):
    return world.offer(world.interface(ipv6_subnet(world)))


def interface_with_ipv6_address(world):
    world.ec2.assign_ipv6_addresses(NetworkInterfaceId=ipv6_interface(world),
                                    Ipv6Addresses=[world.ipv6_address(71)])


def group_of_ipv6_subnet(world):
    (found,) = world.ec2.describe_subnets(SubnetIds=[ipv6_subnet(world)])["Subnets"]
    world.offer(world.group(VpcId=found["VpcId"]))


def subnet_of_ipv6_vpc(world):
    world.offer(world.subnet(world.ipv6_vpc()))


def public_nat_gateway(world):
    """With a second address beside the first."""
    gateway_of_own_vpc(world)
    addresses = [world.address(), world.address()]
    made = world.ec2.create_nat_gateway(
        SubnetId=world.subnet(world.one("vpc")), AllocationId=addresses[0],
        SecondaryAllocationIds=addresses[1:])["NatGateway"]["NatGatewayId"]
    (found,) = world.ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"]
    world.offer(made)
    world.offer(found["NatGatewayAddresses"][1]["AssociationId"])


def private_nat_gateway(world):
    made = world.ec2.create_nat_gateway(
        SubnetId=world.subnet(own_vpc(world), "10.0.20.0/24"), ConnectivityType="private",
        SecondaryPrivateIpAddresses=["10.0.20.197"])
    world.offer(made["NatGateway"]["NatGatewayId"])


def group_in_two_vpcs(world):
    world.ec2.associate_security_group_vpc(GroupId=world.one("sg"), VpcId=own_vpc(world))


def with_datafeed(world):
    world.ec2.create_spot_datafeed_subscription(Bucket="amzn-s3-demo-bucket")


def endpoint_with_interfaces(world):
    world.offer(world.endpoint("ec2", VpcEndpointType="Interface"))


def endpoints_of_both_types(world):
    world.endpoint()
    world.endpoint("ec2", VpcEndpointType="Interface")


def offered_address(world):
    world.ec2.enable_address_transfer(AllocationId=world.one("eipalloc"),
                                      TransferAccountId=OTHER_ACCOUNT)


def subnet_to_reserve(world):
    return world.offer(world.subnet(world.vpc("10.1.0.0/16"), "10.1.0.0/24"))


def reserved_subnet(world):
    subnet = subnet_to_reserve(world)
    world.ec2.create_subnet_cidr_reservation(SubnetId=subnet, Cidr="10.1.0.16/28",
                                             ReservationType="prefix")


def two_flow_logs(world):
    world.flow_log()
    world.flow_log_to_group()


def active_peering(world):
    world.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=world.one("pcx"))


def second_list_version(world):
    world.ec2.modify_managed_prefix_list(PrefixListId=world.one("pl"), CurrentVersion=1,
                                         AddEntries=[{"Cidr": "10.2.0.0/16"}])


def group_with_list(world):
    world.ec2.authorize_security_group_ingress(GroupId=world.one("sg"), IpPermissions=[{
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "PrefixListIds": [{"PrefixListId": world.one("pl")}]}])


def attached_interface(world):
    world.one("eni")
    world.one("eni-attach")


def without_default_subnet(world):
    world.ec2.delete_subnet(SubnetId=world.default_subnet())


def without_default_vpc(world):
    world.without_default_vpc()


def parameter(name, versions=1):
    def state(world):
        for _ in range(versions):
            world.put_parameter(name)

    return state


def labelled(world):
    world.put_parameter("MyParameter")
    world.at(world.region, "ssm").label_parameter_version(Name="MyParameter", Labels=["label"])


STATES = {
    "add-tags-to-resource 2": parameter("My-Parameter"),
    "assign-ipv6-addresses": ipv6_interface,
    "assign-private-ip-addresses": interface_in("10.0.0.0/24"),
    "associate-address 3": interface_in("10.0.0.0/24", PrivateIpAddress="10.0.0.85"),
    "associate-nat-gateway-address": public_nat_gateway,
    "associate-security-group-vpc": own_vpc,
    "associate-subnet-cidr-block": subnet_of_ipv6_vpc,
    "associate-vpc-cidr-block": own_vpc,
    "attach-internet-gateway": own_vpc,
    "cancel-image-launch-permission": shared_image,
    "confirm-product-instance": sold_instance,
    "copy-image": in_oregon(image_of),
    "copy-snapshot": in_oregon(snapshot_of),
    "create-default-subnet": without_default_subnet,
    "create-default-vpc": without_default_vpc,
    "create-network-interface 1": subnet_of_own_vpc("10.0.8.0/24"),
    "create-launch-template 1": ipv6_subnet,
    "create-network-interface 2": group_of_ipv6_subnet,
    "create-route 1": gateway_of_own_vpc,
    "create-replace-root-volume-task 2": snapshot_of_its_root,
    "create-snapshots 3": with_data_volume,
    "create-restore-image-task": stored_image,
    "create-store-image-task": bucket_of_account,
    "create-subnet": own_vpc,
    "create-volume 3": large_snapshot,
    "create-subnet-cidr-reservation": subnet_to_reserve,
    "describe-address-transfers": offered_address,
    "disable-address-transfer": offered_address,
    "delete-key-pair": keyed("my-key-pair"),
    "delete-launch-template-versions": template_whose_first_version_may_go,
    "delete-network-acl-entry": acl_entry,
    "delete-placement-group": grouped(GroupName="my-cluster"),
    "delete-route": own_route,
    "delete-security-group 1": group_named("MySecurityGroup"),
    "delete-vpc": own_vpc,
    "describe-key-pairs": keyed("my-key-pair"),
    "describe-spot-datafeed-subscription": with_datafeed,
    "describe-volumes-modifications": modified_volume,
    "describe-network-interface-attribute 1": attached_interface,
    "detach-internet-gateway": gateway_of_own_vpc,
    "detach-volume": attached_volume,
    "disable-fast-launch": fast_windows_image,
    "disable-fast-snapshot-restores": fast_snapshot,
    "disassociate-nat-gateway-address": public_nat_gateway,
    "disassociate-security-group-vpc": group_in_two_vpcs,
    "enable-fast-launch": windows_image,
    "enable-image": disabled_image,
    "export-image": exported_image,
    "get-subnet-cidr-reservations": reserved_subnet,
    "get-password-data 1": windows_instance,
    "import-image": lambda world: world.disk_object(f"bucket-{world.account}",
                                                    "vms/my-server-vm.ova"),
    "import-snapshot": lambda world: world.disk_object("my-import-bucket",
                                                       "vms/my-server-vm.vmdk"),
    "list-snapshots-in-recycle-bin": deleted_snapshot,
    "modify-instance-attribute 1": stopped(),
    "modify-instance-attribute 2": stopped(),
    "modify-instance-attribute 4": ubuntu,
    "modify-instance-attribute 5": stopped(),
    "modify-instance-placement 4": stopped_beside_group,
    "modify-instance-placement 6": stopped(),
    "modify-instance-placement 7": stopped(),
    "modify-instance-capacity-reservation-attributes": stopped(),
    "modify-instance-placement 1": stopped(),
    "modify-launch-template": two_template_versions,
    "modify-network-interface-attribute 1": attached_interface,
    "modify-subnet-attribute 2": ipv6_subnet,
    "describe-vpc-peering-connections 1": active_peering,
    "describe-flow-logs 1": two_flow_logs,
    "describe-vpc-endpoints": endpoints_of_both_types,
    "modify-vpc-endpoint 2": endpoint_with_interfaces,
    "modify-vpc-peering-connection-options": active_peering,
    "replace-network-acl-entry": acl_entry,
    "reset-instance-attribute 2": stopped(),
    "reset-instance-attribute 3": stopped(),
    "register-image 1": bundle_of_image,
    "request-spot-instances 3": keyed("my-key-pair"),
    "restore-image-from-recycle-bin": deleted_image,
    "restore-managed-prefix-list-version": second_list_version,
    "restore-snapshot-from-recycle-bin": deleted_snapshot,
    "restore-snapshot-tier": archived_snapshot,
    "restore-snapshot-tier 3": restored_for_a_while,
    "restore-snapshot-tier 4": restored_for_a_while,
    "revoke-security-group-egress 2": between_groups,
    "revoke-security-group-ingress 1": ruled_group_named("mySecurityGroup"),
    "revoke-security-group-ingress 2": ruled("ingress", IpProtocol="icmp", FromPort=3, ToPort=4,
                                             IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
    "run-instances": keyed("MyKeyPair"),
    "stop-instances 2": hibernating,
    "unassign-ipv6-addresses": interface_with_ipv6_address,
    "unassign-private-ip-addresses": interface_in("10.0.0.0/24", PrivateIpAddresses=[
        {"PrivateIpAddress": "10.0.0.81", "Primary": True},
        {"PrivateIpAddress": "10.0.0.82", "Primary": False}]),
    "unassign-private-nat-gateway-address": private_nat_gateway,
    "unlock-snapshot": locked_snapshot,
    "update-security-group-rule-descriptions-egress": ruled(
        "egress", IpProtocol="tcp", FromPort=80, ToPort=80,
        IpRanges=[{"CidrIp": "203.0.113.0/24"}]),
    "update-security-group-rule-descriptions-ingress 2": group_with_list,
    "update-security-group-rule-descriptions-ingress 1": ruled(
        "ingress", IpProtocol="tcp", FromPort=22, ToPort=22,
        IpRanges=[{"CidrIp": "203.0.113.0/16"}]),
    "delete-parameter": parameter("MyParameter"),
    "get-parameter 1": parameter("MyStringParameter"),
    "get-parameter 2": parameter("MySecureStringParameter"),
    "get-parameter 3": labelled,
    "get-parameter 4": parameter("MyParameter", versions=2),
    "get-parameter-history": parameter("MyStringParameter"),
    "get-parameters 3": labelled,
    "label-parameter-version": parameter("MyStringParameter", versions=2),
}

# Files that an example names without showing what is in them.
FILES = {
    "import-key-pair 1": {".ssh/my-key.pub":
                          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1eO1nZf9mXH6bq2nm0u0kM5Kc7Y0l"
                          "gq0a1d0r9Q7xk me\n"},
    "modify-instance-attribute 5": {
        "UserData.base64.txt": base64.b64encode(b"#!/bin/bash\nservice httpd start\n").decode()},
    "run-instances 5": {"my_script.txt": "#!/bin/bash\necho hello\n"},
}

# Run with other words instead of some of theirs: with these, or with what the world has.
IN_PART = {
    "accept-address-transfer 1": {"100.21.184.216": World.offered_public_address},
    "enable-address-transfer 1": {"123456789012": OTHER_ACCOUNT},  # whose it may be already
    "assign-ipv6-addresses 1": {  # which are in no subnet
        "2001:db8:1234:1a00:3304:8879:34cf:4071": lambda world: world.ipv6_address(71),
        "2001:db8:1234:1a00:9691:9503:25ad:1761": lambda world: world.ipv6_address(61)},
    "associate-subnet-cidr-block 1": {
        "2001:db8:1234:1a00::/64": lambda world: world.ipv6_block},
    "confirm-product-instance 1": {"774F4FF8": PRODUCT},  # nobody sells theirs
    "create-restore-image-task 1": {"my-ami-bucket": lambda world: f"bucket-{world.account}"},
    "register-image 1": {"amzn-s3-demo-bucket/myimage/image.manifest.xml":
                         lambda world: f"bucket-{world.account}/myimage/image.manifest.xml"},
    "export-image 1": {"S3Bucket=my-export-bucket,S3Prefix=exports/":
                       lambda world: f"S3Bucket=bucket-{world.account},S3Prefix=exports/"},
    "import-image 1": {
        "Format=ova,UserBucket={S3Bucket=my-import-bucket,S3Key=vms/my-server-vm.ova}":
        lambda world: f"Format=ova,UserBucket={{S3Bucket=bucket-{world.account},"
                      "S3Key=vms/my-server-vm.ova}"},
    "create-store-image-task 1": {"my-ami-bucket": lambda world: f"bucket-{world.account}"},
    "create-volume 6": {  # no key has such an id
        "0ea3fef3-80a7-4778-9d8c-1c0c6EXAMPLE": "0ea3fef3-80a7-4778-9d8c-1c0c60123456"},
    "create-capacity-reservation 2": {  # that has been, as has that below
        "2019-08-31T23:59:59Z": IN_A_YEAR.strftime("%Y-%m-%dT%H:%M:%SZ")},
    "modify-capacity-reservation 2": {
        "2019-08-31T23:59:59Z": IN_A_YEAR.strftime("%Y-%m-%dT%H:%M:%SZ")},
    "describe-addresses 6": {"203.0.110.25": World.public_address},
    "get-instance-uefi-data 1": {"i-0123456789example": "i-0123456789abcdef0"},  # no id
    "unassign-ipv6-addresses 1": {
        "2001:db8:1234:1a00:3304:8879:34cf:4071": lambda world: world.ipv6_address(71)},
    "enable-image-deprecation 1": {  # that has been
        "2022-10-15T13:17:12.000Z": IN_A_YEAR.strftime("%Y-%m-%dT%H:%M:%S.000Z")},
}

NOT_RUN = {
    "add-tags-to-resource 1": "maintenance windows are not served",
    "add-tags-to-resource 3": "documents are not served",
    "list-tags-for-resource 1": "patch baselines are not served",
    "remove-tags-from-resource 1": "patch baselines are not served",
    "allocate-address 2": "addresses of Local Zones are not offered",
    "allocate-address 3": "pools of addresses are not offered",
    "allocate-address 4": "IPAM is not served",
    "associate-vpc-cidr-block 1": "blocks of Local Zones are not offered",
    "attach-network-interface 2": "its instance has one network card",
    "authorize-security-group-ingress 7": "the shell takes its inner quotation marks away",
    "bundle-instance 1": "its instance has its root on the instance store",
    "cancel-bundle-task 1": "its id is none that there is",
    "cancel-conversion-task 1": "its id is none that there is",
    "cancel-export-task 1": "its id is none",
    "create-instance-export-task 1": "formats are in capital letters by now",
    "describe-conversion-tasks 1": "its id is none that there is",
    "describe-export-tasks 1": "its id is none",
    "describe-export-image-tasks 1": "its id is none that there is",
    "create-subnet 2": "its IPv6 block is another VPC's",
    "create-subnet 3": "its IPv6 block is another VPC's",
    "create-vpc 4": "IPAM is not served",
    "create-vpc-endpoint 3": "services of other accounts are not offered",
    "create-vpc-endpoint 4": "VPC Lattice is not served",
    "create-vpc-endpoint 5": "VPC Lattice is not served",
    "describe-instance-event-windows 3": "its token is nobody's",
    "disassociate-address 1": "an address of EC2-Classic",
    "get-instance-types-from-instance-requirements 1": "the shell writes its output into a file",
    "get-password-data 2": "a path of Windows'",
    "get-session-token 1": "nobody has a device that makes its code",
    "modify-id-format 1": "the time for choosing longer ids is over",
    "modify-id-format 2": "the time for choosing longer ids is over",
    "modify-identity-id-format 1": "the time for choosing longer ids is over",
    "modify-identity-id-format 2": "the time for choosing longer ids is over",
    "modify-instance-event-start-time 1": "the time that it names is over",
    "modify-instance-placement 2": "its host's id is an instance's",
    "modify-vpc-peering-connection-options 1": "EC2-Classic is over",
    "modify-vpc-peering-connection-options 2": "EC2-Classic is over",
    "put-parameter 4": "policies of parameters are not offered",
    "put-parameter 5": "policies of parameters are not offered",
    "release-address 1": "an address of EC2-Classic",
    "request-spot-instances 1": "its file names a zone of a region that it does not say",
    "request-spot-instances 2": "its file has another name than it says",
    "request-spot-instances 3": "its file has another name than it says",
    "replace-route 1": "VPN gateways are not served",
    "revoke-security-group-egress 1": "brackets are missing in it",
}
# Not run until that is served.
NEEDS = {
    "create-network-interface 2": "AssignIpv6Addresses",
    "create-route 2": "CreateVpcPeeringConnection",
    "create-route 3": "CreateEgressOnlyInternetGateway",
    "create-vpc 3": "AssociateVpcCidrBlock",
    "modify-subnet-attribute 2": "AssociateSubnetCidrBlock",
    "run-instances 6": "ModifyInstanceCreditSpecification",
    "stop-instances 2": "ModifyInstanceCreditSpecification",
    "update-security-group-rule-descriptions-ingress 2": "CreateManagedPrefixList",
}
OTHER_SHELL = "written for another shell"

# What the help shows in answers, and EC2 calls otherwise or does not always say.
NOT_TOLD = {
    "create-instance-connect-endpoint": {  # what it shows is within InstanceConnectEndpoint
        "AvailabilityZone", "CreatedAt", "DnsName", "FipsDnsName", "InstanceConnectEndpointArn",
        "InstanceConnectEndpointId", "NetworkInterfaceIds", "OwnerId", "PreserveClientIp",
        "SecurityGroupIds", "State", "StateMessage", "SubnetId", "Tags", "VpcId"},
    "create-flow-logs": {"ClientToken"},
    "describe-instance-image-metadata": {"NextToken"},
    "describe-instance-topology": {"NextToken"},
    "describe-security-group-references": {"SecurityGroupsReferenceSet"},
    "describe-bundle-tasks": {"BundleTasks"},
    "describe-volumes-modifications": {"VolumeModification"},
    "disable-fast-launch": {"LaunchTemplate"},
    "disable-image-deprecation": {"RequestID"},
    "disassociate-vpc-cidr-block": {"Ipv6CidrBlockAssociation"},
    "enable-fast-launch": {"LaunchTemplate"},
    "enable-image-deprecation": {"RequestID"},
    "enable-volume-io": {"Return"},
    "get-parameters": {"InvalidParameters", "Parameters"},
    "list-snapshots-in-recycle-bin": {"SnapshotRecycleBinInfo"},
    "modify-instance-placement": {"Return"},
    "modify-vpc-tenancy": {"Return"},
}


def why_not_run(example):
    """The reason, or None."""
    if example.is_of_another_shell:
        return OTHER_SHELL
    needed = NEEDS.get(example.name)
    if needed and needed not in model.served():
        return f"{needed} is not served"
    return NOT_RUN.get(example.name)


def words_of(example, world):
    """The example's words, with what is changed of them."""
    instead = {word: new(world) if callable(new) else new
               for word, new in IN_PART.get(example.name, {}).items()}
    return [world.fill(instead.get(word, word)) for word in example.words]


def prepare(world, example):
    """Makes what the example needs, apart from plain resources that it names."""
    state = STATES.get(example.name, STATES.get(example.command))
    if state:
        state(world)
