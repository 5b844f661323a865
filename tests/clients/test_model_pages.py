"""Every paginator of the SDKs whose operation is served: pages hold what one answer would, in its
order, and a page that was cut can be gone on with.

How an operation pages is read from botocore's own file. LISTS says how it comes to have more than
a page; an operation that becomes served brings its paginator with it, and fails here until it
stands there.
"""

import jmespath
import pytest
from botocore import xform_name

import model
from resources import (WINDOWS, image_request, keep_deleted, make_bucket, make_image,
                       make_snapshot, make_volume, newest_image, run, store_image)
from servers import DEFAULT_ACCOUNT, wait_until

SIZE = 5
COUNT = 7
# Where there are no more than five.
SMALLER = {"DescribeAddressesAttribute": 3, "DescribeInstanceConnectEndpoints": 3,
           "DescribePrefixLists": 2}


def size_of(ec2, name):
    """How large the pages are that are asked for: SIZE, or the least that the model takes."""
    limit = model.paginators()[name]["limit_key"]
    shape = ec2.meta.service_model.operation_model(name).input_shape.members[limit]
    return max(SMALLER.get(name, SIZE), shape.metadata.get("min", 0))


def several(make, count=COUNT):
    return [make() for _ in range(count)]


# Each makes more than a page, and returns what the operation is asked.

def instances(ec2, _):
    image = newest_image(ec2)["ImageId"]
    several(lambda: run(ec2, image))
    return {}


def volumes(ec2, _):
    several(lambda: make_volume(ec2))
    return {}


def modified_volumes(ec2, _):
    for volume in several(lambda: make_volume(ec2)):
        ec2.modify_volume(VolumeId=volume, Size=2)
    return {}


def snapshots(ec2, _):
    several(lambda: make_snapshot(ec2))
    return {"OwnerIds": ["self"]}


def until_none_is_active(statuses, describe):
    """Tasks go on as their bytes do, whatever the clock says."""
    wait_until(lambda: "active" not in jmespath.search(statuses, describe()))


def tiers(ec2, _):
    several(lambda: make_snapshot(ec2))
    return {}


def images(ec2, _):
    for number, snapshot in enumerate(several(lambda: make_snapshot(ec2))):
        ec2.register_image(**image_request(f"image {number}", snapshot))
    return {"Owners": ["self"]}


def tags(ec2, _):
    ec2.create_tags(Resources=[make_volume(ec2)],
                    Tags=[{"Key": str(number), "Value": "v"} for number in range(COUNT)])
    return {}


def kept_images(ec2, server):
    keep_deleted(server.client("rbin"), "EC2_IMAGE")
    for image in [make_image(ec2, f"image {number}") for number in range(COUNT)]:
        ec2.deregister_image(ImageId=image)
    return {}


def kept_snapshots(ec2, server):
    keep_deleted(server.client("rbin"), "EBS_SNAPSHOT")
    for snapshot in several(lambda: make_snapshot(ec2)):
        ec2.delete_snapshot(SnapshotId=snapshot)
    return {}


def references(ec2, _):
    image = make_image(ec2)
    several(lambda: run(ec2, image))
    return {"ImageIds": [image], "IncludeAllResourceTypes": True}


def stored_images(ec2, server):
    make_bucket(server)
    for number in range(COUNT):
        store_image(ec2, make_image(ec2, f"image {number}"), "disks")
    return {}


def exported_images(ec2, server):
    make_bucket(server)
    image = make_image(ec2)
    several(lambda: ec2.export_image(ImageId=image, DiskImageFormat="VMDK",
                                     S3ExportLocation={"S3Bucket": "disks"}))
    until_none_is_active("ExportImageTasks[].Status", ec2.describe_export_image_tasks)
    return {}


def usage_reports(ec2, _):
    for number in range(COUNT):
        ec2.create_image_usage_report(ImageId=make_image(ec2, f"image {number}"),
                                      ResourceTypes=[{"ResourceType": "ec2:Instance"}])
    return {}


def usage_entries(ec2, server):
    image = make_image(ec2)
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    for number in range(COUNT):
        run(server.client(account=f"22222222222{number}"), image)
    ec2.create_image_usage_report(ImageId=image, ResourceTypes=[{"ResourceType": "ec2:Instance"}])
    return {}


def fast_launches(ec2, _):
    instance = run(ec2, newest_image(ec2, pattern=WINDOWS)["ImageId"])["Instances"][0]
    for number in range(COUNT):
        image = ec2.create_image(InstanceId=instance["InstanceId"], Name=f"windows {number}")
        ec2.enable_fast_launch(ImageId=image["ImageId"])
    return {}


def fast_restores(ec2, _):
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    ec2.enable_fast_snapshot_restores(AvailabilityZones=zones,
                                      SourceSnapshotIds=[make_snapshot(ec2), make_snapshot(ec2)])
    return {}


def replacements(ec2, _):
    instance = run(ec2, newest_image(ec2)["ImageId"])["Instances"][0]["InstanceId"]
    several(lambda: ec2.create_replace_root_volume_task(InstanceId=instance))
    return {}


def groups(ec2, _):
    for number in range(COUNT):
        ec2.create_security_group(GroupName=f"group {number}", Description="one of many")
    return {}


def rules(ec2, _):
    group = ec2.create_security_group(GroupName="ruled", Description="has rules")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port,
         "IpRanges": [{"CidrIp": "10.0.0.0/8"}]} for port in range(COUNT)])
    return {}


def vpcs(ec2, _):
    for number in range(COUNT):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    return {}


def dhcp_options(ec2, _):
    for number in range(COUNT):
        ec2.create_dhcp_options(DhcpConfigurations=[
            {"Key": "domain-name", "Values": [f"{number}.example.com"]}])
    return {}


def internet_gateways(ec2, _):
    several(ec2.create_internet_gateway)
    return {}


def interfaces(ec2, _):
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    several(lambda: ec2.create_network_interface(SubnetId=subnet))
    return {}


def profiles(ec2, _):
    image = newest_image(ec2)["ImageId"]
    several(lambda: run(ec2, image, IamInstanceProfile={"Name": "role"}))
    return {}


def templates(ec2, _):
    for number in range(COUNT):
        ec2.create_launch_template(LaunchTemplateName=f"template-{number}",
                                   LaunchTemplateData={"InstanceType": "t3.micro"})
    return {}


def template_versions(ec2, _):
    data = {"LaunchTemplateData": {"InstanceType": "t3.micro"}}
    ec2.create_launch_template(LaunchTemplateName="template", **data)
    several(lambda: ec2.create_launch_template_version(LaunchTemplateName="template", **data))
    return {"LaunchTemplateName": "template"}


def in_one_place(ec2, _):
    """Instances of a type whose topology is told."""
    image = newest_image(ec2)["ImageId"]
    several(lambda: run(ec2, image, InstanceType="p4d.24xlarge"))
    return {}


def event_windows(ec2, _):
    for number in range(size_of(ec2, "DescribeInstanceEventWindows") + 2):
        ec2.create_instance_event_window(Name=f"window {number}",
                                         CronExpression="* 21-23 * * 2,3")
    return {}


def address_transfers(ec2, server):
    """Offers that another account has accepted, and given back to nobody."""
    other = server.client(account="210987654321")
    for _ in range(COUNT):
        address = ec2.allocate_address(Domain="vpc")
        ec2.enable_address_transfer(AllocationId=address["AllocationId"],
                                    TransferAccountId="210987654321")
        other.accept_address_transfer(Address=address["PublicIp"])
        other.release_address(AllocationId=address["AllocationId"])
    return {}


def address_attributes(ec2, _):
    for number in range(size_of(ec2, "DescribeAddressesAttribute") + 2):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.modify_address_attribute(AllocationId=address, DomainName=f"{number}.example.com")
    return {"Attribute": "domain-name"}


def egress_only_gateways(ec2, _):
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    several(lambda: ec2.create_egress_only_internet_gateway(VpcId=vpc))
    return {}


def nat_gateways(ec2, _):
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.create_nat_gateway(SubnetId=subnet["SubnetId"], ConnectivityType="private")
    return {}


def interface_permissions(ec2, server):
    interfaces(ec2, server)
    for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
        ec2.create_network_interface_permission(
            NetworkInterfaceId=interface["NetworkInterfaceId"], AwsAccountId="210987654321",
            Permission="INSTANCE-ATTACH")
    return {}


def spot_requests(ec2, _):
    image = newest_image(ec2)["ImageId"]
    ec2.request_spot_instances(InstanceCount=COUNT, LaunchSpecification={
        "ImageId": image, "InstanceType": "t3.micro"})
    return {}


def spot_prices(*_):
    return {"InstanceTypes": ["t3.micro"]}


def capacity_reservations(ec2, _):
    several(lambda: ec2.create_capacity_reservation(
        InstanceType="m5.large", InstancePlatform="Linux/UNIX", AvailabilityZone="us-east-1a",
        InstanceCount=1))
    return {}


def billing_requests(ec2, server):
    """Reservations that another account of the organization was asked to pay for."""
    other = "210987654321"
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    server.control("accounts", {account: {"organization": organization}
                                for account in (DEFAULT_ACCOUNT, other)})
    for _ in range(COUNT):
        made = ec2.create_capacity_reservation(
            InstanceType="m5.large", InstancePlatform="Linux/UNIX", AvailabilityZone="us-east-1a",
            InstanceCount=1)
        ec2.associate_capacity_reservation_billing_owner(
            CapacityReservationId=made["CapacityReservation"]["CapacityReservationId"],
            UnusedReservationBillingOwnerId=other)
    return {"Role": "odcr-owner"}


def hosts(ec2, _):
    ec2.allocate_hosts(InstanceType="m5.large", AvailabilityZone="us-east-1a", Quantity=COUNT)
    return {}


def prefix_list(ec2, number=0):
    made = ec2.create_managed_prefix_list(
        PrefixListName=f"list-{number}", AddressFamily="IPv4", MaxEntries=COUNT,
        Entries=[{"Cidr": f"10.{entry}.0.0/16"} for entry in range(COUNT)])
    return made["PrefixList"]["PrefixListId"]


def prefix_lists(ec2, _):
    for number in range(COUNT):
        prefix_list(ec2, number)
    return {}


def prefix_list_entries(ec2, _):
    return {"PrefixListId": prefix_list(ec2)}


def prefix_list_uses(ec2, server):
    groups(ec2, server)
    used = prefix_list(ec2)
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[{
            "IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": used}]}])
    return {"PrefixListId": used}


def groups_of_vpc(ec2, server):
    groups(ec2, server)
    return {"VpcId": ec2.describe_vpcs()["Vpcs"][0]["VpcId"]}


def peerings(ec2, _):
    """Requests of one VPC to others."""
    own, *peers = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
                   for number in range(COUNT + 1)]
    for peer in peers:
        ec2.create_vpc_peering_connection(VpcId=own, PeerVpcId=peer)
    return {}


def flow_logs(ec2, _):
    vpcs(ec2, _)
    for number, vpc in enumerate(ec2.describe_vpcs()["Vpcs"]):
        ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc["VpcId"]], TrafficType="ALL",
                             LogDestinationType="s3",
                             LogDestination=f"arn:aws:s3:::bucket-{number}")
    return {}


def connect_endpoints(ec2, _):
    """Five, which is as many as an account has: one in each VPC."""
    for number in range(5):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.0.0/24")["Subnet"]
        ec2.create_instance_connect_endpoint(SubnetId=subnet["SubnetId"])
    return {}


def endpoints(ec2, _):
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    several(lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3"))
    return {}


def stale_groups(ec2, server):
    """Groups with a rule about one that was on the other side of a peering connection."""
    groups(ec2, server)
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]
    peer = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc["VpcId"], PeerVpcId=peer)
    peering = {"VpcPeeringConnectionId": made["VpcPeeringConnection"]["VpcPeeringConnectionId"]}
    ec2.accept_vpc_peering_connection(**peering)
    peered = ec2.create_security_group(GroupName="peered", Description="peered", VpcId=peer)
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["GroupName"].startswith("group"):
            ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[{
                "IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": peered["GroupId"]}]}])
    ec2.delete_vpc_peering_connection(**peering)
    return {"VpcId": vpc["VpcId"]}


def groups_of_two_vpcs(ec2, server):
    groups(ec2, server)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["GroupName"].startswith("group"):
            ec2.associate_security_group_vpc(GroupId=group["GroupId"], VpcId=vpc)
    return {}


def imports(ec2, server):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="disks")
    s3.put_object(Bucket="disks", Key="disk.raw", Body=b"boot")
    disk = {"UserBucket": {"S3Bucket": "disks", "S3Key": "disk.raw"}}
    several(lambda: ec2.import_snapshot(DiskContainer=disk))
    several(lambda: ec2.import_image(DiskContainers=[disk]))
    until_none_is_active("ImportSnapshotTasks[].SnapshotTaskDetail.Status",
                         ec2.describe_import_snapshot_tasks)
    until_none_is_active("ImportImageTasks[].Status", ec2.describe_import_image_tasks)
    return {}


def nothing(*_):
    return {}


def in_zones(*_):
    return {"LocationType": "availability-zone",
            "Filters": [{"Name": "instance-type", "Values": ["t3.*"]}]}


def of_one_family(*_):
    return {"Filters": [{"Name": "instance-type", "Values": ["t*"]}]}


def of_a_few_vcpus(*_):
    return {"ArchitectureTypes": ["x86_64"], "VirtualizationTypes": ["hvm"],
            "InstanceRequirements": {"VCpuCount": {"Min": 2, "Max": 2}, "MemoryMiB": {"Min": 0},
                                     "AllowedInstanceTypes": ["m*"]}}


LISTS = {
    "DescribeAddressTransfers": address_transfers,
    "DescribeAddressesAttribute": address_attributes,
    "DescribeCapacityReservationBillingRequests": billing_requests,
    "DescribeCapacityReservations": capacity_reservations,
    "DescribeDhcpOptions": dhcp_options,
    "DescribeEgressOnlyInternetGateways": egress_only_gateways,
    "DescribeExportImageTasks": exported_images,
    "DescribeFastLaunchImages": fast_launches,
    "DescribeFastSnapshotRestores": fast_restores,
    "DescribeFlowLogs": flow_logs,
    "DescribeHosts": hosts,
    "DescribeIamInstanceProfileAssociations": profiles,
    "DescribeImageReferences": references,
    "DescribeImageUsageReportEntries": usage_entries,
    "DescribeImageUsageReports": usage_reports,
    "DescribeImages": images,
    "DescribeImportImageTasks": imports,
    "DescribeImportSnapshotTasks": imports,
    "DescribeInstanceConnectEndpoints": connect_endpoints,
    "DescribeInstanceCreditSpecifications": instances,
    "DescribeInstanceEventWindows": event_windows,
    "DescribeInstanceImageMetadata": instances,
    "DescribeInstanceStatus": instances,
    "DescribeInstanceTopology": in_one_place,
    "DescribeInstanceTypeOfferings": in_zones,
    "DescribeInstanceTypes": of_one_family,
    "DescribeInstances": instances,
    "DescribeInternetGateways": internet_gateways,
    "DescribeLaunchTemplateVersions": template_versions,
    "DescribeLaunchTemplates": templates,
    "DescribeManagedPrefixLists": prefix_lists,
    "DescribeNatGateways": nat_gateways,
    "DescribeNetworkAcls": vpcs,
    "DescribeNetworkInterfacePermissions": interface_permissions,
    "DescribeNetworkInterfaces": interfaces,
    "DescribePrefixLists": nothing,
    "DescribeReplaceRootVolumeTasks": replacements,
    "DescribeRouteTables": vpcs,
    "DescribeSecurityGroupRules": rules,
    "DescribeSecurityGroupVpcAssociations": groups_of_two_vpcs,
    "DescribeSecurityGroups": groups,
    "DescribeSnapshotTierStatus": tiers,
    "DescribeSnapshots": snapshots,
    "DescribeSpotInstanceRequests": spot_requests,
    "DescribeSpotPriceHistory": spot_prices,
    "DescribeStaleSecurityGroups": stale_groups,
    "DescribeStoreImageTasks": stored_images,
    "DescribeSubnets": nothing,
    "DescribeTags": tags,
    "DescribeVolumeStatus": volumes,
    "DescribeVolumes": volumes,
    "DescribeVolumesModifications": modified_volumes,
    "DescribeVpcEndpointServices": nothing,
    "DescribeVpcEndpoints": endpoints,
    "DescribeVpcPeeringConnections": peerings,
    "DescribeVpcs": vpcs,
    "GetInstanceTypesFromInstanceRequirements": of_a_few_vcpus,
    "GetManagedPrefixListAssociations": prefix_list_uses,
    "GetManagedPrefixListEntries": prefix_list_entries,
    "GetSecurityGroupsForVpc": groups_of_vpc,
    "ListImagesInRecycleBin": kept_images,
    "ListSnapshotsInRecycleBin": kept_snapshots,
}

# What never has more than one page here: what it answers at all, and why.
ONE_PAGE = {
    "DescribePrincipalIdFormat": (lambda ec2: {}, "the account is its only principal"),
    "GetImageFindings": (lambda ec2: {"ImageId": make_image(ec2)}, "nothing scans images"),
}


WALKED = sorted(set(LISTS) & set(model.paginators()))


def items(pages, page):
    """What a page lists; where that is told in several ways, the first."""
    key = pages["result_key"]
    return jmespath.search(key if isinstance(key, str) else key[0], page)


def listed(pages, answers):
    return [item for page in answers for item in items(pages, page)]


def walk(ec2, name, request, **config):
    return ec2.get_paginator(xform_name(name)).paginate(PaginationConfig=config, **request)


@pytest.mark.parametrize("name", WALKED)
def test_pages_hold_what_one_answer_does(name, server, ec2):
    server.freeze()
    pages = model.paginators()[name]
    request = LISTS[name](ec2, server)
    size = size_of(ec2, name)
    answer = getattr(ec2, xform_name(name))(**request)
    whole = items(pages, answer)
    assert not answer.get(pages["output_token"])
    assert len(whole) > size
    walked = list(walk(ec2, name, request, PageSize=size))
    assert len(walked) > 1
    assert all(len(items(pages, page)) <= size for page in walked)
    assert listed(pages, walked) == whole


@pytest.mark.parametrize("name", WALKED)
def test_a_client_goes_on_where_it_had_enough(name, server, ec2):
    server.freeze()
    pages = model.paginators()[name]
    request = LISTS[name](ec2, server)
    whole = items(pages, getattr(ec2, xform_name(name))(**request))
    size = size_of(ec2, name)
    enough = min(size + 1, len(whole) - 1)
    cut = walk(ec2, name, request, PageSize=size, MaxItems=enough)
    first = listed(pages, cut)
    assert len(first) == enough
    rest = walk(ec2, name, request, PageSize=size, StartingToken=cut.resume_token)
    assert first + listed(pages, rest) == whole


@pytest.mark.parametrize("name", sorted(set(ONE_PAGE) & set(model.paginators())))
def test_a_paginator_of_one_page_ends_with_it(name, ec2):
    pages = model.paginators()[name]
    (page,) = walk(ec2, name, ONE_PAGE[name][0](ec2), PageSize=size_of(ec2, name))
    assert len(items(pages, page)) <= SIZE


def test_every_paginator_is_walked():
    assert set(model.paginators()) - set(LISTS) - set(ONE_PAGE) == set()
    assert set(LISTS) & set(ONE_PAGE) == set()
    assert set(LISTS) | set(ONE_PAGE) <= set(model.load("paginators-1")["pagination"])
