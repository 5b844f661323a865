"""boto3's paginators over every Describe that has one, and filters and tags on the way."""

import pytest

from resources import image_request, make_volume, newest_image, run

COUNT = 13


@pytest.fixture
def crowded(ec2):
    """A region with a few of everything."""
    image_id = newest_image(ec2)["ImageId"]
    for number in range(COUNT):
        volume = make_volume(ec2, TagSpecifications=[
            {"ResourceType": "volume", "Tags": [{"Key": "n", "Value": str(number)}]}])
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        ec2.register_image(**image_request(f"image-{number}", snapshot))
        run(ec2, image_id)
    return ec2


def instances(page):
    return [instance["InstanceId"] for reservation in page["Reservations"]
            for instance in reservation["Instances"]]


def ids(member, key):
    return lambda page: [item[key] for item in page[member]]


# paginator, request, what identifies a page's items, how many in all, the smallest page
PAGED = [
    ("describe_images", {"Owners": ["self"]}, ids("Images", "ImageId"), COUNT, 5),
    ("describe_images", {}, ids("Images", "ImageId"), None, 5),
    ("describe_snapshots", {"OwnerIds": ["self"]}, ids("Snapshots", "SnapshotId"), COUNT, 5),
    ("describe_volumes", {}, ids("Volumes", "VolumeId"), 2 * COUNT, 5),
    ("describe_instances", {}, instances, COUNT, 5),
    ("describe_instance_status", {}, ids("InstanceStatuses", "InstanceId"), COUNT, 5),
    ("describe_tags", {}, lambda page: [(tag["ResourceId"], tag["Key"]) for tag in page["Tags"]],
     COUNT, 5),
    ("describe_instance_types", {"Filters": [{"Name": "instance-type", "Values": ["t*"]}]},
     ids("InstanceTypes", "InstanceType"), None, 5),
    ("describe_instance_type_offerings",
     {"LocationType": "availability-zone",
      "Filters": [{"Name": "instance-type", "Values": ["t3.*"]}]},
     lambda page: [(offering["InstanceType"], offering["Location"])
                   for offering in page["InstanceTypeOfferings"]], 35, 5),
    ("describe_subnets", {}, ids("Subnets", "SubnetId"), 6, 5),
    ("describe_vpcs", {}, ids("Vpcs", "VpcId"), 1, 5),
    ("describe_security_groups", {}, ids("SecurityGroups", "GroupId"), 1, 5),
]


def test_pages_hold_the_same_as_one_answer(crowded):
    for name, request, keys, count, size in PAGED:
        whole = keys(getattr(crowded, name)(**request))
        pages = [keys(page) for page in crowded.get_paginator(name).paginate(
            PaginationConfig={"PageSize": size}, **request)]
        paged = [key for page in pages for key in page]
        assert len(paged) == len(set(paged)), name
        assert sorted(paged) == sorted(whole), name
        assert all(len(page) <= size for page in pages), name
        if count is not None:
            assert len(whole) == count, name
        if len(whole) > size:
            assert len(pages) > 1, name


def test_every_describe_of_the_sdk_that_can_page_is_tried_here(ec2):
    served = ["describe_availability_zones", "describe_image_attribute", "describe_images",
              "describe_instance_attribute", "describe_instance_status",
              "describe_instance_type_offerings", "describe_instance_types",
              "describe_instances", "describe_regions",
              "describe_security_groups", "describe_snapshots", "describe_subnets",
              "describe_tags", "describe_volumes", "describe_vpcs"]
    assert {name for name in served if ec2.can_paginate(name)} == {name for name, *_ in PAGED}


def test_a_page_is_cut_where_the_client_wants(crowded):
    paginator = crowded.get_paginator("describe_images")
    result = paginator.paginate(Owners=["self"], PaginationConfig={"MaxItems": 7, "PageSize": 5})
    first = [image["ImageId"] for page in result for image in page["Images"]]
    assert len(first) == 7
    rest = paginator.paginate(Owners=["self"],
                              PaginationConfig={"StartingToken": result.resume_token})
    second = [image["ImageId"] for page in rest for image in page["Images"]]
    assert len(first + second) == len(set(first + second)) == COUNT


def test_what_comes_or_goes_between_pages_disturbs_no_other(crowded):
    first = crowded.describe_images(Owners=["self"], MaxResults=5)
    kept = {image["ImageId"] for image in crowded.describe_images(Owners=["self"])["Images"]}
    gone = first["Images"][-1]["ImageId"]
    crowded.deregister_image(ImageId=gone)
    seen = {image["ImageId"] for image in first["Images"]}
    token = first["NextToken"]
    while token:
        page = crowded.describe_images(Owners=["self"], MaxResults=5, NextToken=token)
        seen |= {image["ImageId"] for image in page["Images"]}
        token = page.get("NextToken")
    assert seen == kept


def test_filters_work_with_pages(crowded):
    pages = list(crowded.get_paginator("describe_volumes").paginate(
        Filters=[{"Name": "tag:n", "Values": ["1*"]}], PaginationConfig={"PageSize": 5}))
    found = {tag["Value"] for page in pages for volume in page["Volumes"]
             for tag in volume["Tags"]}
    assert found == {"1", "10", "11", "12"}
