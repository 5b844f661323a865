"""The Recycle Bin's retention rules with boto3: the rest-json protocol with every kind of place."""

import botocore.exceptions
import pytest

DELAY = {"UnlockDelay": {"UnlockDelayValue": 7, "UnlockDelayUnit": "DAYS"}}
WEEK_MS = 7 * 24 * 3600 * 1000


@pytest.fixture
def rbin(server):
    return server.client("rbin")


def days(number):
    return {"RetentionPeriodValue": number, "RetentionPeriodUnit": "DAYS"}


def refusal(call, **request):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    response = caught.value.response
    return (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"],
            response.get("Reason"))


def test_a_rule_lives(rbin):
    made = rbin.create_rule(ResourceType="EC2_IMAGE", RetentionPeriod=days(30), Description="all",
                            Tags=[{"Key": "team", "Value": "infra"}],
                            ResourceTags=[{"ResourceTagKey": "env", "ResourceTagValue": "prod"}])
    identifier = made["Identifier"]
    assert rbin.get_rule(Identifier=identifier)["Status"] == "available"
    rbin.update_rule(Identifier=identifier, RetentionPeriod=days(60))
    (rule,) = rbin.get_paginator("list_rules").paginate(ResourceType="EC2_IMAGE") \
        .build_full_result()["Rules"]
    assert rule["Identifier"] == identifier
    assert rule["RetentionPeriod"] == days(60) and rule["Description"] == "all"

    arn = made["RuleArn"]
    rbin.tag_resource(ResourceArn=arn, Tags=[{"Key": "a/b", "Value": "c d"}])
    rbin.untag_resource(ResourceArn=arn, TagKeys=["team", "none"])
    assert rbin.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a/b", "Value": "c d"}]

    rbin.delete_rule(Identifier=identifier)
    assert refusal(rbin.get_rule, Identifier=identifier) == \
        (404, "ResourceNotFoundException", "RULE_NOT_FOUND")


def test_a_locked_rule_stays_until_its_delay_is_over(rbin, server):
    server.freeze()
    identifier = rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(1),
                                  LockConfiguration=DELAY)["Identifier"]
    locked = (409, "ConflictException", "INVALID_RULE_STATE")
    assert refusal(rbin.delete_rule, Identifier=identifier) == locked
    unlocking = rbin.unlock_rule(Identifier=identifier)
    assert unlocking["LockState"] == "pending_unlock" and unlocking["LockEndTime"]
    assert refusal(rbin.update_rule, Identifier=identifier, Description="x") == locked
    server.advance(WEEK_MS)
    assert rbin.get_rule(Identifier=identifier)["LockState"] == "unlocked"
    rbin.lock_rule(Identifier=identifier, LockConfiguration=DELAY)
    rbin.unlock_rule(Identifier=identifier)
    server.advance(WEEK_MS)
    rbin.delete_rule(Identifier=identifier)


def test_refusals_have_codes_and_reasons(rbin):
    invalid = (400, "ValidationException", "INVALID_PARAMETER_VALUE")
    assert refusal(rbin.create_rule, ResourceType="EBS_VOLUME", RetentionPeriod=days(8)) == invalid
    assert refusal(rbin.create_rule, ResourceType="EBS_DISK", RetentionPeriod=days(8)) == invalid
    assert refusal(rbin.list_rules, ResourceType="EBS_VOLUME", NextToken="x") == \
        (400, "ValidationException", "INVALID_PAGE_TOKEN")
