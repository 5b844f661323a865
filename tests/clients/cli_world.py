"""What there is when an example of the AWS CLI's help is run.

An example names resources by ids that are nobody's. Each becomes that of a resource made for it, a
plain one of its kind unless the example's state (cli_states.py) has offered another.
"""

import itertools
import re

import resources

ID = re.compile(r"(?<![\w/-])(ami|i|vol|snap|sg|sgr|vpc|subnet|replacevol|eni|eni-attach|eipalloc|"
                r"eipassoc|igw|rtb|rtbassoc|acl|aclassoc|dopt|nat|eigw|pl|lt|iew|iip-assoc|"
                r"vpc-cidr-assoc|subnet-cidr-assoc|scr|eni-perm|sir|cr|h|pcx|vpce|fl|eice|"
                r"import-snap|import-ami)"
                r"-(?=[a-zA-Z]*\d|[a-f]{8}\b)([0-9a-zA-Z]{8,17})\b")
ZONE = re.compile(r"\b([a-z]{2}-[a-z]+-\d)[a-f]\b")
ZONE_GROUP = re.compile(r"^([a-z]{2}-[a-z]+-\d)-[a-z]+-\d$")
# What the examples call the account that they are run as.
SHOWN_ACCOUNT = "123456789012"
# Somebody who shares things with the examples' accounts.
OTHER_ACCOUNT = "210987654321"


class World:
    """One account's resources, in the region that an example speaks of."""

    def __init__(self, server, account, words):
        self.server = server
        self.account = account
        self.region = region_of(words)
        self.ec2 = self.at(self.region)
        self.zone = zone_of(words) or f"{self.region}a"
        self._offered = {}
        self._ids = {}
        self._numbers = itertools.count(1)
        self.ipv6_block = ""

    def at(self, region, service="ec2"):
        return self.server.client(service, account=self.account, region=region)

    def put_parameter(self, name):
        self.at(self.region, "ssm").put_parameter(Name=name, Value="Veni", Type="String",
                                                  Overwrite=True)

    def number(self):
        return next(self._numbers)

    def offer(self, *ids):
        """Has the ids of these kinds that come next in the example mean them."""
        for one in ids:
            self._offered.setdefault(ID.match(one)[1], []).append(one)
        return ids[0]

    def one(self, kind):
        """The first resource of a kind: what was offered, or a plain one made now."""
        if not self._offered.get(kind):
            self.offer(MAKERS[kind](self))
        return self._offered[kind][0]

    def fill(self, word):
        """A word of the example with ids that are somebody's, and principals of the account."""
        word = word.replace(f"iam::{SHOWN_ACCOUNT}:", f"iam::{self.account}:")
        return ID.sub(lambda match: self._real(match[0], match[1]), word)

    def _real(self, named, kind):
        if named not in self._ids:
            taken = set(self._ids.values())
            free = [one for one in self._offered.get(kind, ()) if one not in taken]
            self._ids[named] = free[0] if free else self.offer_new(kind)
        return self._ids[named]

    def offer_new(self, kind):
        return self.offer(MAKERS[kind](self))

    # Resources that are more than one call.

    def launch(self, image=None, **more):
        launched = resources.run(
            self.ec2, image or resources.newest_image(self.ec2)["ImageId"],
            **{"Placement": {"AvailabilityZone": self.zone}, **more})
        return launched["Instances"][0]["InstanceId"]

    def public_image(self, owner, pattern):
        return resources.newest_image(self.ec2, owner, pattern, "x86_64")["ImageId"]

    def windows_image(self):
        source = self.public_image("amazon", resources.WINDOWS)
        instance = self.launch(source, InstanceType="t3.large")
        return self.ec2.create_image(InstanceId=instance, Name="windows")["ImageId"]

    def stopped(self, **more):
        instance = self.launch(**more)
        self.ec2.stop_instances(InstanceIds=[instance])
        return instance

    def attached_volume(self, instance):
        volume = self.volume()
        self.ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
        return volume

    def image(self, name=None, region=None):
        return resources.make_image(self.at(region or self.region),
                                    name or f"image {self.number()}")

    def volume(self, **more):
        return resources.make_volume(self.ec2, AvailabilityZone=self.zone, **more)

    def snapshot(self, region=None, **volume):
        ec2 = self.at(region or self.region)
        zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
        made = resources.make_volume(ec2, AvailabilityZone=zone, **volume)
        return ec2.create_snapshot(VolumeId=made)["SnapshotId"]

    def root_volume(self, instance):
        return resources.root_volume(resources.instance_of(self.ec2, instance))

    def replacement(self):
        task = self.ec2.create_replace_root_volume_task(InstanceId=self.one("i"))
        return task["ReplaceRootVolumeTask"]["ReplaceRootVolumeTaskId"]

    def group(self, name=None, **more):
        made = self.ec2.create_security_group(
            GroupName=name or f"group {self.number()}", Description="of an example", **more)
        return made["GroupId"]

    def rule(self):
        made = self.ec2.authorize_security_group_ingress(
            GroupId=self.one("sg"), IpProtocol="tcp", FromPort=self.number(), ToPort=1000,
            CidrIp="198.51.100.0/24")
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def default_vpc(self):
        return self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}]) \
            ["Vpcs"][0]["VpcId"]

    def default_subnet(self):
        return resources.default_subnet(self.ec2, self.zone)

    def vpc(self, block="10.0.0.0/16"):
        return self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]

    def subnet(self, vpc, block="10.0.1.0/24"):
        return self.ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"]

    def without_default_vpc(self):
        vpc = self.default_vpc()
        for subnet in self.ec2.describe_subnets()["Subnets"]:
            self.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for gateway in self.ec2.describe_internet_gateways()["InternetGateways"]:
            self.ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"],
                                             VpcId=vpc)
        self.ec2.delete_vpc(VpcId=vpc)

    def dhcp_options(self):
        made = self.ec2.create_dhcp_options(DhcpConfigurations=[
            {"Key": "domain-name", "Values": ["example.com"]}])
        return made["DhcpOptions"]["DhcpOptionsId"]

    def route_table(self):
        return self.ec2.create_route_table(VpcId=self.one("vpc"))["RouteTable"]["RouteTableId"]

    def route_table_association(self):
        associated = self.ec2.associate_route_table(RouteTableId=self.route_table(),
                                                    SubnetId=self.one("subnet"))
        return associated["AssociationId"]

    def internet_gateway(self):
        return self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]

    def network_acl(self):
        return self.ec2.create_network_acl(VpcId=self.one("vpc"))["NetworkAcl"]["NetworkAclId"]

    def network_acl_association(self):
        (acl,) = self.ec2.describe_network_acls(Filters=[
            {"Name": "association.subnet-id", "Values": [self.one("subnet")]}])["NetworkAcls"]
        return acl["Associations"][0]["NetworkAclAssociationId"]

    def ipv6_vpc(self):
        """The id of a VPC of both families, and its IPv6 block with room for a subnet's bits."""
        made = self.ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
        (found,) = self.ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"]
        self.ipv6_block = found["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"] \
            .replace("/56", "/64")
        return made["VpcId"]

    def ipv6_subnet(self):
        made = self.ec2.create_subnet(VpcId=self.ipv6_vpc(), CidrBlock="10.0.1.0/24",
                                      Ipv6CidrBlock=self.ipv6_block)
        return made["Subnet"]["SubnetId"]

    def ipv6_address(self, number):
        return self.ipv6_block.replace("::/64", f"::{number}")

    def subnet_block_association(self):
        self.offer(self.ipv6_subnet())
        (found,) = self.ec2.describe_subnets(SubnetIds=[self.one("subnet")])["Subnets"]
        return found["Ipv6CidrBlockAssociationSet"][0]["AssociationId"]

    def vpc_block_association(self):
        made = self.ec2.associate_vpc_cidr_block(VpcId=self.vpc(), CidrBlock="10.2.0.0/16")
        return made["CidrBlockAssociation"]["AssociationId"]

    def nat_gateway(self):
        made = self.ec2.create_nat_gateway(SubnetId=self.one("subnet"), ConnectivityType="private")
        return made["NatGateway"]["NatGatewayId"]

    def egress_only_gateway(self):
        made = self.ec2.create_egress_only_internet_gateway(VpcId=self.one("vpc"))
        return made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]

    def peering(self):
        """A request of the default VPC to another one."""
        made = self.ec2.create_vpc_peering_connection(
            VpcId=self.one("vpc"), PeerVpcId=self.vpc(f"10.{self.number()}.0.0/16"))
        return made["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    def endpoint(self, service="s3", **more):
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.one("vpc"), ServiceName=f"com.amazonaws.{self.region}.{service}", **more)
        return made["VpcEndpoint"]["VpcEndpointId"]

    def disk_object(self, bucket, key):
        """Bytes in a bucket of the account's."""
        s3 = self.at(self.region, "s3")
        owned = [one["Name"] for one in s3.list_buckets()["Buckets"]]
        if bucket not in owned:
            s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=key, Body=b"boot")
        return {"UserBucket": {"S3Bucket": bucket, "S3Key": key}}

    def snapshot_import(self):
        made = self.ec2.import_snapshot(
            DiskContainer=self.disk_object(f"disks-{self.account}", "disk.raw"))
        return made["ImportTaskId"]

    def image_import(self):
        """One that is under way: it has nothing to read, and fails when its time has come."""
        self.server.set_delays(**{"import-image-task.active": 3_600_000})
        bucket = self.disk_object(f"disks-{self.account}", "disk.raw")["UserBucket"]["S3Bucket"]
        made = self.ec2.import_image(
            DiskContainers=[{"UserBucket": {"S3Bucket": bucket, "S3Key": "absent"}}])
        self.server.set_delays(**{"import-image-task.active": 0})
        return made["ImportTaskId"]

    def flow_log(self):
        made = self.ec2.create_flow_logs(
            ResourceType="VPC", ResourceIds=[self.one("vpc")], TrafficType="ALL",
            LogDestinationType="s3", LogDestination=f"arn:aws:s3:::bucket-{self.number()}")
        return made["FlowLogIds"][0]

    def flow_log_to_group(self):
        made = self.ec2.create_flow_logs(
            ResourceType="VPC", ResourceIds=[self.one("vpc")], TrafficType="ALL",
            LogGroupName="FlowLogGroup",
            DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flow-logs-role")
        return made["FlowLogIds"][0]

    def reservation(self):
        subnet = self.subnet(self.vpc(), "10.0.0.0/24")
        made = self.ec2.create_subnet_cidr_reservation(
            SubnetId=subnet, Cidr="10.0.0.16/28", ReservationType="prefix")
        return made["SubnetCidrReservation"]["SubnetCidrReservationId"]

    def connect_endpoint(self):
        made = self.ec2.create_instance_connect_endpoint(
            SubnetId=self.subnet(self.vpc(), "10.0.0.0/24"))
        return made["InstanceConnectEndpoint"]["InstanceConnectEndpointId"]

    def prefix_list(self):
        made = self.ec2.create_managed_prefix_list(
            PrefixListName=f"list {self.number()}", AddressFamily="IPv4", MaxEntries=10,
            Entries=[{"Cidr": "10.0.0.0/16"}])
        return made["PrefixList"]["PrefixListId"]

    def interface_permission(self):
        made = self.ec2.create_network_interface_permission(
            NetworkInterfaceId=self.one("eni"), AwsAccountId=OTHER_ACCOUNT,
            Permission="INSTANCE-ATTACH")
        return made["InterfacePermission"]["NetworkInterfacePermissionId"]

    def interface(self, subnet=None, **more):
        made = self.ec2.create_network_interface(SubnetId=subnet or self.one("subnet"), **more)
        return made["NetworkInterface"]["NetworkInterfaceId"]

    def interface_attachment(self):
        attached = self.ec2.attach_network_interface(
            NetworkInterfaceId=self.one("eni"), InstanceId=self.launch(), DeviceIndex=1)
        return attached["AttachmentId"]

    def address(self):
        return self.ec2.allocate_address(Domain="vpc")["AllocationId"]

    def offered_public_address(self):
        """One that another account offers to this one."""
        other = self.server.client(account=OTHER_ACCOUNT, region=self.region)
        address = other.allocate_address(Domain="vpc")
        other.enable_address_transfer(AllocationId=address["AllocationId"],
                                      TransferAccountId=self.account)
        return address["PublicIp"]

    def public_address(self):
        return self.ec2.allocate_address(Domain="vpc")["PublicIp"]

    def address_association(self):
        associated = self.ec2.associate_address(AllocationId=self.address(),
                                                InstanceId=self.launch())
        return associated["AssociationId"]

    def launch_template(self, versions=1):
        data = {"ImageId": resources.newest_image(self.ec2)["ImageId"],
                "InstanceType": resources.TYPE}
        made = self.ec2.create_launch_template(
            LaunchTemplateName=f"template-{self.number()}", LaunchTemplateData=data)
        template = made["LaunchTemplate"]["LaunchTemplateId"]
        for _ in range(1, versions):
            self.ec2.create_launch_template_version(LaunchTemplateId=template,
                                                    LaunchTemplateData=data)
        return template

    def profile_association(self):
        associated = self.ec2.associate_iam_instance_profile(
            InstanceId=self.one("i"), IamInstanceProfile={"Name": "first-role"})
        return associated["IamInstanceProfileAssociation"]["AssociationId"]

    def spot_request(self):
        made = self.ec2.request_spot_instances(LaunchSpecification={
            "ImageId": resources.newest_image(self.ec2)["ImageId"],
            "InstanceType": resources.TYPE})
        return made["SpotInstanceRequests"][0]["SpotInstanceRequestId"]

    def capacity_reservation(self):
        made = self.ec2.create_capacity_reservation(
            InstanceType=resources.TYPE, InstancePlatform="Linux/UNIX", InstanceCount=2,
            AvailabilityZone=self.zone)
        return made["CapacityReservation"]["CapacityReservationId"]

    def dedicated_host(self):
        return self.ec2.allocate_hosts(InstanceType="m5.large", Quantity=1,
                                       AvailabilityZone=self.zone)["HostIds"][0]

    def event_window(self):
        made = self.ec2.create_instance_event_window(
            Name=f"window {self.number()}", CronExpression="* 21-23 * * 2,3")
        return made["InstanceEventWindow"]["InstanceEventWindowId"]

    def keep_deleted(self, kind):
        resources.keep_deleted(self.at(self.region, "rbin"), kind)


# A plain resource of each kind of id.
MAKERS = {
    "ami": World.image,
    "i": World.launch,
    "vol": World.volume,
    "snap": World.snapshot,
    "import-ami": World.image_import,
    "import-snap": World.snapshot_import,
    "sg": World.group,
    "sgr": World.rule,
    "vpc": World.default_vpc,
    "subnet": World.default_subnet,
    "replacevol": World.replacement,
    "dopt": World.dhcp_options,
    "rtb": World.route_table,
    "rtbassoc": World.route_table_association,
    "igw": World.internet_gateway,
    "acl": World.network_acl,
    "aclassoc": World.network_acl_association,
    "eigw": World.egress_only_gateway,
    "eni": World.interface,
    "eni-perm": World.interface_permission,
    "nat": World.nat_gateway,
    "pcx": World.peering,
    "vpce": World.endpoint,
    "fl": World.flow_log,
    "eice": World.connect_endpoint,
    "pl": World.prefix_list,
    "scr": World.reservation,
    "subnet-cidr-assoc": World.subnet_block_association,
    "vpc-cidr-assoc": World.vpc_block_association,
    "eni-attach": World.interface_attachment,
    "eipalloc": World.address,
    "eipassoc": World.address_association,
    "lt": World.launch_template,
    "iew": World.event_window,
    "iip-assoc": World.profile_association,
    "sir": World.spot_request,
    "cr": World.capacity_reservation,
    "h": World.dedicated_host,
}


def region_of(words):
    """Where an example plays: what it says itself, else the region of its zone."""
    for option, value in itertools.pairwise(words):
        if option == "--region":
            return value
    zones = [ZONE.search(word) or ZONE_GROUP.search(word) for word in words]
    return next((zone[1] for zone in zones if zone), "us-east-1")


def zone_of(words):
    zones = [ZONE.search(word) for word in words]
    return next((zone[0] for zone in zones if zone), None)
