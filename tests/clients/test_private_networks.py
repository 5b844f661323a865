"""VPC peering, endpoints, flow logs and address transfers, as boto3 gives and takes them."""

OTHER = "210987654321"


def make_vpc(ec2, block):
    return ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]


def test_two_accounts_join_their_networks(ec2, server):
    """What a lesson on peering builds, with the waiters that tools use, and takes down again."""
    other = server.client(account=OTHER)
    own, theirs = make_vpc(ec2, "10.0.0.0/16"), make_vpc(other, "10.1.0.0/16")
    made = ec2.create_vpc_peering_connection(VpcId=own, PeerVpcId=theirs, PeerOwnerId=OTHER)
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=[peering])
    other.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    (shown,) = ec2.describe_vpc_peering_connections(
        Filters=[{"Name": "status-code", "Values": ["active"]}])["VpcPeeringConnections"]
    assert shown["AccepterVpcInfo"]["CidrBlock"] == "10.1.0.0/16"
    table = ec2.create_route_table(VpcId=own)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16",
                     VpcPeeringConnectionId=peering)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [one["State"] for one in routes] == ["active", "active"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.get_waiter("vpc_peering_connection_deleted").wait(VpcPeeringConnectionIds=[peering])
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_vpc(VpcId=own)
    other.delete_vpc(VpcId=theirs)


def test_a_private_subnet_reaches_services_by_endpoints(ec2):
    vpc = make_vpc(ec2, "10.0.0.0/16")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    (table,) = ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    names = ec2.describe_vpc_endpoint_services()["ServiceNames"]
    s3, ssm = (next(name for name in names if name.endswith(end)) for end in (".s3", ".ssm"))
    by_routes = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=s3,
                                        RouteTableIds=[table["RouteTableId"]])["VpcEndpoint"]
    by_interface = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=ssm, VpcEndpointType="Interface",
                                           SubnetIds=[subnet])["VpcEndpoint"]
    assert by_interface["PrivateDnsEnabled"]
    (listed,) = ec2.describe_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [s3]}])["PrefixLists"]
    (table,) = ec2.describe_route_tables(RouteTableIds=[table["RouteTableId"]])["RouteTables"]
    assert [one["GatewayId"] for one in table["Routes"]
            if one.get("DestinationPrefixListId") == listed["PrefixListId"]] == [
                by_routes["VpcEndpointId"]]
    ids = [one["VpcEndpointId"] for one in (by_routes, by_interface)]
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=ids)["Unsuccessful"] == []
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_an_address_goes_to_another_account(ec2, server):
    other = server.client(account=OTHER)
    address = ec2.allocate_address(Domain="vpc")
    ec2.enable_address_transfer(AllocationId=address["AllocationId"], TransferAccountId=OTHER)
    other.accept_address_transfer(Address=address["PublicIp"])
    (shown,) = ec2.describe_address_transfers()["AddressTransfers"]
    assert shown["AddressTransferStatus"] == "accepted"
    assert [one["PublicIp"] for one in other.describe_addresses()["Addresses"]] == [
        address["PublicIp"]]


def test_a_network_is_watched_and_kept_free(ec2):
    vpc = make_vpc(ec2, "10.0.0.0/16")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    made = ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], TrafficType="ALL",
                                LogDestinationType="s3", LogDestination="arn:aws:s3:::logs")
    assert made["Unsuccessful"] == []
    ec2.create_subnet_cidr_reservation(SubnetId=subnet, Cidr="10.0.0.0/28",
                                       ReservationType="explicit")
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    assert interface["PrivateIpAddress"] == "10.0.0.16"
    endpoint = ec2.create_instance_connect_endpoint(SubnetId=subnet)["InstanceConnectEndpoint"]
    named = {"InstanceConnectEndpointIds": [endpoint["InstanceConnectEndpointId"]]}
    (shown,) = ec2.describe_instance_connect_endpoints(**named)["InstanceConnectEndpoints"]
    assert shown["State"] == "create-complete"
