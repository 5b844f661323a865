"""Reservations of parts of a subnet's blocks, and what addresses are given beside them."""

from world import tag_specification

NONE = "0123456789abcdef0"
CREATE, SHOW, DELETE = ("CreateSubnetCidrReservation", "GetSubnetCidrReservations",
                        "DeleteSubnetCidrReservation")


def subnet_cidr_reservations(emulator):
    me, other = emulator.me, emulator.other
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    ask = {"SubnetId": subnet, "Cidr": "10.0.0.4/28", "ReservationType": "explicit"}
    me.dry(CREATE, ask)
    made = {"SubnetCidrReservationId": me(
        CREATE, ask, Description="for us", TagSpecification=[
            tag_specification("subnet-cidr-reservation", of="test")])["subnetCidrReservationId"]}
    for wrong in ({}, {"SubnetId": f"subnet-{NONE}"}, {"Cidr": "10.0.1.0/28"}, {"Cidr": "x"},
                  {"ReservationType": "none"}):
        me.refused(CREATE, {**ask, **wrong})
    for number in range(3, 8):
        me.quiet(CREATE, {**ask, "Cidr": f"10.0.0.{16 * number}/28", "ReservationType": "prefix"})
    me("CreateNetworkInterface", SubnetId=subnet)
    me("CreateNetworkInterface", SubnetId=subnet, Ipv4PrefixCount=1)
    me.dry(SHOW, SubnetId=subnet)
    me(SHOW, SubnetId=subnet)
    me.two_pages(SHOW, SubnetId=subnet)
    other.refused(SHOW, SubnetId=subnet)
    me.dry(DELETE, made)
    other.refused(DELETE, made)
    me(DELETE, made)
    me.refused(DELETE, made)


SCENARIOS = {"subnet_cidr_reservations": subnet_cidr_reservations}
