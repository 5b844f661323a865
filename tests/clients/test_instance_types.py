"""All instance types and where they are offered, as scripts that choose one find them."""

import botocore.exceptions
import pytest

from resources import newest_image, run

REGIONS = {"us-east-1": 1300, "eu-west-1": 1100, "me-south-1": 200, "mx-central-1": 400}
ARM_IMAGE = "al2023-ami-2023.*-kernel-6.1-arm64"


def all_of(client, operation, member, **request):
    return [item for page in client.get_paginator(operation).paginate(**request)
            for item in page[member]]


def refusal(call, *arguments, **request):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **request)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("region", REGIONS)
def test_what_a_region_describes_is_what_it_offers(server, region):
    ec2 = server.client(region=region)
    described = {found["InstanceType"]: found for found in
                 all_of(ec2, "describe_instance_types", "InstanceTypes")}
    offered = all_of(ec2, "describe_instance_type_offerings", "InstanceTypeOfferings")
    assert len(described) > REGIONS[region]
    assert sorted(described) == sorted(offering["InstanceType"] for offering in offered)
    assert {offering["Location"] for offering in offered} == {region}
    assert all(found["SupportedInRegion"] for found in described.values())
    zones = {zone["ZoneName"]: zone["ZoneId"]
             for zone in ec2.describe_availability_zones()["AvailabilityZones"]}
    by_name = all_of(ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
                     LocationType="availability-zone")
    by_id = all_of(ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
                   LocationType="availability-zone-id")
    assert {offering["InstanceType"] for offering in by_name} == set(described)
    assert sorted((offering["InstanceType"], zones[offering["Location"]])
                  for offering in by_name) == \
        sorted((offering["InstanceType"], offering["Location"]) for offering in by_id)


def test_records_are_whole(ec2):
    types = all_of(ec2, "describe_instance_types", "InstanceTypes")
    for found in types:
        assert found["VCpuInfo"]["DefaultVCpus"] == \
            found["VCpuInfo"]["DefaultCores"] * found["VCpuInfo"]["DefaultThreadsPerCore"]
        assert found["InstanceStorageSupported"] == ("InstanceStorageInfo" in found)
        network = found["NetworkInfo"]
        assert len(network["NetworkCards"]) == network["MaximumNetworkCards"]
        assert found["BareMetal"] == ("metal" in found["InstanceType"])
    told = {member for found in types for member in found}
    assert {"FpgaInfo", "GpuInfo", "InferenceAcceleratorInfo", "MediaAcceleratorInfo",
            "NeuronInfo"} <= told


def test_a_type_that_does_not_exist_is_refused(ec2):
    assert refusal(ec2.describe_instance_types, InstanceTypes=["t3.micro", "x9.tiny"]) == (
        "InvalidInstanceType", "The following supplied instance types do not exist: [x9.tiny]")
    image = newest_image(ec2)["ImageId"]
    assert refusal(run, ec2, image, InstanceType="x9.tiny") == (
        "InvalidParameterValue", "Invalid value 'x9.tiny' for InstanceType.")


def test_a_type_runs_images_of_its_architecture_alone(ec2):
    code, message = refusal(run, ec2, newest_image(ec2)["ImageId"], InstanceType="m8g.large")
    assert code == "InvalidParameterValue"
    assert message.startswith("The architecture 'arm64' of the specified instance type does not"
                              " match the architecture 'x86_64' of the specified AMI.")
    launched = run(ec2, newest_image(ec2, pattern=ARM_IMAGE)["ImageId"], InstanceType="m8g.large")
    assert launched["Instances"][0]["Architecture"] == "arm64"
    assert launched["Instances"][0]["BootMode" if "BootMode" in launched["Instances"][0]
                                    else "CurrentInstanceBootMode"] == "uefi"


@pytest.mark.parametrize("instance_type", ["m6i.2xlarge", "g5.xlarge", "c7a.large", "r3.large",
                                           "p4d.24xlarge", "u-3tb1.56xlarge"])
def test_types_of_public_scripts_launch(ec2, instance_type):
    instance = run(ec2, newest_image(ec2)["ImageId"],
                   InstanceType=instance_type)["Instances"][0]
    assert instance["InstanceType"] == instance_type
    (zone,) = {instance["Placement"]["AvailabilityZone"]}
    assert zone in {offering["Location"] for offering in all_of(
        ec2, "describe_instance_type_offerings", "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": [instance_type]}])}


def test_a_zone_without_the_type_is_refused_naming_those_that_have_it(ec2):
    image = newest_image(ec2)["ImageId"]
    assert refusal(run, ec2, image, InstanceType="m5.8xlarge",
                   Placement={"AvailabilityZone": "us-east-1e"}) == (
        "Unsupported",
        "Your requested instance type (m5.8xlarge) is not supported in your requested Availability"
        " Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or"
        " choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f.")


def test_a_region_without_the_type_refuses_it(server):
    ec2 = server.client(region="eu-north-1")
    code, message = refusal(run, ec2, newest_image(ec2)["ImageId"], InstanceType="m1.small")
    assert (code, message) == (
        "Unsupported", "The requested configuration is currently not supported. Please check the"
        " documentation for supported configurations.")


def test_types_are_found_by_their_attributes(ec2):
    wanted = {"VCpuCount": {"Min": 4, "Max": 8}, "MemoryMiB": {"Min": 8192},
              "CpuManufacturers": ["amd"], "MemoryGiBPerVCpu": {"Max": 4.0},
              "LocalStorage": "required", "BurstablePerformance": "included",
              "ExcludedInstanceTypes": ["c5*", "g*"]}
    found = [one["InstanceType"] for one in all_of(
        ec2, "get_instance_types_from_instance_requirements", "InstanceTypes",
        ArchitectureTypes=["x86_64"], VirtualizationTypes=["hvm"], InstanceRequirements=wanted)]
    described = all_of(ec2, "describe_instance_types", "InstanceTypes")
    assert found == sorted(
        one["InstanceType"] for one in described
        if 4 <= one["VCpuInfo"]["DefaultVCpus"] <= 8
        and one["MemoryInfo"]["SizeInMiB"] >= 8192
        and one["ProcessorInfo"].get("Manufacturer") == "AMD"
        and "x86_64" in one["ProcessorInfo"]["SupportedArchitectures"]
        and one["MemoryInfo"]["SizeInMiB"] / 1024 / one["VCpuInfo"]["DefaultVCpus"] <= 4
        and one["InstanceStorageSupported"] and not one["BareMetal"]
        and not one["InstanceType"].startswith(("c5", "g")))
    assert found


def test_a_template_has_attributes_in_place_of_a_type(ec2):
    wanted = {"VCpuCount": {"Min": 2}, "MemoryMiB": {"Min": 4096, "Max": 8192},
              "AllowedInstanceTypes": ["m5*", "m6*"], "MemoryGiBPerVCpu": {"Min": 1.5},
              "RequireHibernateSupport": False}
    made = ec2.create_launch_template(
        LaunchTemplateName="any-of-them", LaunchTemplateData={"InstanceRequirements": wanted})
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    version = ec2.describe_launch_template_versions(LaunchTemplateId=template)[
        "LaunchTemplateVersions"][0]
    assert version["LaunchTemplateData"] == {"InstanceRequirements": wanted}
    code, _ = refusal(ec2.run_instances, MinCount=1, MaxCount=1,
                      ImageId=newest_image(ec2)["ImageId"],
                      LaunchTemplate={"LaunchTemplateId": template})
    assert code == "InvalidParameterCombination"
