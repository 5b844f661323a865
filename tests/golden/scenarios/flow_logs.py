"""Flow logs of VPCs, subnets and interfaces."""

from world import tag_specification

NONE = "0123456789abcdef0"
CREATE, SHOW, DELETE = "CreateFlowLogs", "DescribeFlowLogs", "DeleteFlowLogs"
ROLE = "arn:aws:iam::123456789012:role/logs"


def flow_logs(emulator):
    me, other = emulator.me, emulator.other
    vpc = me.quiet("CreateVpc", CidrBlock="10.0.0.0/16")["vpcId"]
    subnet = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["subnetId"]
    to_bucket = {"ResourceType": "VPC", "ResourceId": [vpc], "TrafficType": "ALL",
                 "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::bucket/logs/"}
    me.dry(CREATE, to_bucket)
    made = me(CREATE, to_bucket, ClientToken="once", MaxAggregationInterval=60,
              LogFormat="${version} ${vpc-id}", DestinationOptions={
                  "FileFormat": "parquet", "HiveCompatiblePartitions": True,
                  "PerHourPartition": True},
              TagSpecification=[tag_specification("vpc-flow-log", of="test")]).all("item")[0]
    to_group = {"ResourceType": "Subnet", "ResourceId": [subnet, f"subnet-{NONE}"],
                "TrafficType": "REJECT", "LogGroupName": "logs",
                "DeliverLogsPermissionArn": ROLE, "DeliverCrossAccountRole": ROLE}
    me(CREATE, to_group)
    for wrong in ({}, {"TrafficType": ""}, {"LogDestination": "bucket"}, {"LogFormat": "version"},
                  {"LogGroupName": "logs"}, {"MaxAggregationInterval": 30},
                  {"ResourceType": "TransitGateway"}, {"ResourceId": [subnet]}):
        me.refused(CREATE, {**to_bucket, **wrong})
    for wrong in ({"LogGroupName": ""}, {"DeliverLogsPermissionArn": ""},
                  {"DestinationOptions": {"FileFormat": "plain-text"}}):
        me.refused(CREATE, {**to_group, **wrong})
    for number in range(1, 6):
        more = me.quiet("CreateSubnet", VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["subnetId"]
        me.quiet(CREATE, {**to_group, "ResourceId": [more]})
    me.dry(SHOW)
    me(SHOW, FlowLogId=[made])
    me.two_pages(SHOW)
    me.refused(SHOW, FlowLogId=[f"fl-{NONE}"])
    me.dry(DELETE, FlowLogId=[made])
    other.refused(DELETE, FlowLogId=[made])
    me(DELETE, FlowLogId=[made])
    me.refused(DELETE, FlowLogId=[made])


SCENARIOS = {"flow_logs": flow_logs}
