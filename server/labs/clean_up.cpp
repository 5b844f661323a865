#include "server/labs/clean_up.h"

#include <array>
#include <chrono>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "server/labs/expectation.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

/// A call as text: parameters are JSON, in which ${ID} is the id of one.
struct KnownCall {
    std::string_view operation = {};
    std::string_view parameters = "{}";
};

/// How to find all of a kind, and to be rid of one.
struct Kind {
    std::string_view service;
    KnownCall list;
    /// Where their ids are in the answer.
    std::string_view ids;
    KnownCall remove;
    /// Takes away what keeps one from going; its refusals do not count.
    KnownCall loosen = {};
    /// A refusal that says that this one is nobody's to delete.
    std::string_view kept = {};
    /// Finds those that are on their way out, and keep others from going meanwhile.
    KnownCall leaving = {};
};

/// A server with real delays takes some seconds, one whose clock stands for ever.
constexpr std::chrono::seconds kLongestLeaving{60};
constexpr std::chrono::milliseconds kBetweenLooks{500};

// In this order, each makes the next ones deletable.
constexpr std::array<Kind, 14> kKinds = {{
    {.service = "ec2",
     .list = {"DescribeInstances", R"({"Filters": [{"Name": "instance-state-name",
         "Values": ["pending", "running", "stopping", "stopped"]}]})"},
     .ids = "/Reservations/*/Instances/*/InstanceId",
     .remove = {"TerminateInstances", R"({"InstanceIds": ["${ID}"]})"},
     .loosen = {"ModifyInstanceAttribute",
                R"({"InstanceId": "${ID}", "DisableApiTermination": {"Value": false}})"},
     .leaving = {"DescribeInstances", R"({"Filters": [{"Name": "instance-state-name",
         "Values": ["shutting-down"]}]})"}},
    {.service = "rbin",
     .list = {"ListRules", R"({"ResourceType": "EC2_IMAGE"})"},
     .ids = "/Rules/*/Identifier",
     .remove = {"DeleteRule", R"({"Identifier": "${ID}"})"}},
    {.service = "rbin",
     .list = {"ListRules", R"({"ResourceType": "EBS_SNAPSHOT"})"},
     .ids = "/Rules/*/Identifier",
     .remove = {"DeleteRule", R"({"Identifier": "${ID}"})"}},
    {.service = "ec2",
     .list = {"ListImagesInRecycleBin"},
     .ids = "/Images/*/ImageId",
     .remove = {"RestoreImageFromRecycleBin", R"({"ImageId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"ListSnapshotsInRecycleBin"},
     .ids = "/Snapshots/*/SnapshotId",
     .remove = {"RestoreSnapshotFromRecycleBin", R"({"SnapshotId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeImages",
              R"({"Owners": ["self"], "IncludeDeprecated": true, "IncludeDisabled": true})"},
     .ids = "/Images/*/ImageId",
     .remove = {"DeregisterImage", R"({"ImageId": "${ID}"})"},
     .loosen = {"DisableImageDeregistrationProtection", R"({"ImageId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeSnapshots", R"({"OwnerIds": ["self"]})"},
     .ids = "/Snapshots/*/SnapshotId",
     .remove = {"DeleteSnapshot", R"({"SnapshotId": "${ID}"})"},
     .loosen = {"UnlockSnapshot", R"({"SnapshotId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeVolumes"},
     .ids = "/Volumes/*/VolumeId",
     .remove = {"DeleteVolume", R"({"VolumeId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeLaunchTemplates"},
     .ids = "/LaunchTemplates/*/LaunchTemplateId",
     .remove = {"DeleteLaunchTemplate", R"({"LaunchTemplateId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeKeyPairs"},
     .ids = "/KeyPairs/*/KeyPairId",
     .remove = {"DeleteKeyPair", R"({"KeyPairId": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeSecurityGroups"},
     .ids = "/SecurityGroups/*/GroupId",
     .remove = {"DeleteSecurityGroup", R"({"GroupId": "${ID}"})"},
     .kept = "CannotDelete"},
    {.service = "ec2",
     .list = {"DescribePlacementGroups"},
     .ids = "/PlacementGroups/*/GroupName",
     .remove = {"DeletePlacementGroup", R"({"GroupName": "${ID}"})"}},
    {.service = "ec2",
     .list = {"DescribeAddresses"},
     .ids = "/Addresses/*/AllocationId",
     .remove = {"ReleaseAddress", R"({"AllocationId": "${ID}"})"}},
    {.service = "ssm",
     .list = {"DescribeParameters"},
     .ids = "/Parameters/*/Name",
     .remove = {"DeleteParameter", R"({"Name": "${ID}"})"}},
}};

/// What an account may set for a region, and how it is as it was.
struct Setting {
    KnownCall look;
    /// What is in the answer of an account that has set nothing.
    std::string_view unset;
    KnownCall undo;
};

constexpr std::array<Setting, 7> kSettings = {{
    {.look = {"GetImageBlockPublicAccessState"},
     .unset = R"({"ImageBlockPublicAccessState": "unblocked"})",
     .undo = {"DisableImageBlockPublicAccess"}},
    {.look = {"GetSnapshotBlockPublicAccessState"},
     .unset = R"({"State": "unblocked"})",
     .undo = {"DisableSnapshotBlockPublicAccess"}},
    {.look = {"GetEbsEncryptionByDefault"},
     .unset = R"({"EbsEncryptionByDefault": false})",
     .undo = {"DisableEbsEncryptionByDefault"}},
    {.look = {"GetEbsDefaultKmsKeyId"},
     .unset = R"({"KmsKeyId": "alias/aws/ebs"})",
     .undo = {"ResetEbsDefaultKmsKeyId"}},
    {.look = {"GetSerialConsoleAccessStatus"},
     .unset = R"({"SerialConsoleAccessEnabled": false})",
     .undo = {"DisableSerialConsoleAccess"}},
    {.look = {"GetAllowedImagesSettings"},
     .unset = R"({"State": "disabled"})",
     .undo = {"DisableAllowedImagesSettings"}},
    {.look = {"GetInstanceMetadataDefaults"},
     .unset = R"({"AccountLevel": {"ManagedBy": "account"}})",
     .undo = {"ModifyInstanceMetadataDefaults",
              R"({"HttpTokens": "no-preference", "HttpEndpoint": "no-preference",
                  "InstanceMetadataTags": "no-preference", "HttpPutResponseHopLimit": -1})"}},
}};

ModelCall call_of(const KnownCall& known, const std::string& region)
{
    return {.service = "ec2",
            .operation = std::string(known.operation),
            .parameters = json::parse(known.parameters).as_object(),
            .region = region};
}

bool has_all(const json::object& members, const json::object& wanted)
{
    for (const auto& [name, value] : wanted) {
        const auto* found = members.if_contains(name);
        if (found == nullptr || *found != value) {
            return false;
        }
    }
    return true;
}

ModelCall call_of(const Kind& kind, const KnownCall& known, const std::string& region,
                  const std::string& id)
{
    const auto put_id = [&](std::string_view text) {
        return text == "${ID}" ? id : std::string(text);
    };
    return {.service = std::string(kind.service),
            .operation = std::string(known.operation),
            .parameters = replaced(json::parse(known.parameters), put_id).as_object(),
            .region = region};
}

class CleanUp {
public:
    CleanUp(const LabClient& client, std::string_view mark) : client_(client), mark_(mark) {}

    void clean(const std::string& region)
    {
        for (const auto& kind : kKinds) {
            remove_all(kind, region);
            await_leaving(kind, region);
        }
        for (const auto& setting : kSettings) {
            undo(setting, region);
        }
    }

    void clean_buckets()
    {
        for (const auto& bucket : names("ListBuckets", {}, "/Buckets/*/Name")) {
            remove_bucket(bucket);
        }
    }

    std::vector<std::string> left() { return std::move(left_); }

private:
    /// Of S3, whose buckets are in no one region.
    std::vector<std::string> names(std::string operation, json::object parameters,
                                   std::string_view pointer)
    {
        const ModelCall call{.service = "s3",
                             .operation = std::move(operation),
                             .parameters = std::move(parameters),
                             .region = {}};
        return texts(client_.call(call).members, pointer);
    }

    static std::vector<std::string> texts(const json::value& members, std::string_view pointer)
    {
        std::vector<std::string> found;
        for (const auto* one : select(members, pointer)) {
            if (one->is_string()) {
                found.emplace_back(one->get_string());
            }
        }
        return found;
    }

    bool remove(const ModelCall& call, const std::string& id, std::string_view kept = {})
    {
        const auto answer = client_.call(call);
        if (!answer.refusal.empty() && answer.refusal != kept) {
            left_.push_back(fmt::format("{}: {}", id, refusal_of(call, answer)));
        }
        return answer.refusal.empty();
    }

    bool remove_one(const Kind& kind, const std::string& region, const std::string& id)
    {
        if (!kind.loosen.operation.empty()) {
            client_.call(call_of(kind, kind.loosen, region, id));
        }
        return remove(call_of(kind, kind.remove, region, id), id, kind.kept);
    }

    bool is_mark(const Kind& kind, const std::string& region, const std::string& id) const
    {
        return kind.service == "ssm" && region == client_.identity().region && id == mark_;
    }

    void undo(const Setting& setting, const std::string& region)
    {
        const auto answer = client_.call(call_of(setting.look, region));
        if (!has_all(answer.members, json::parse(setting.unset).as_object())) {
            remove(call_of(setting.undo, region), region);
        }
    }

    /// Page by page: what has gone makes room for what a page had not.
    void remove_all(const Kind& kind, const std::string& region)
    {
        std::set<std::string> tried;
        for (bool is_more = true; is_more;) {
            is_more = false;
            const auto answer = client_.call(call_of(kind, kind.list, region, {}));
            for (const auto& id : texts(answer.members, kind.ids)) {
                if (!is_mark(kind, region, id) && tried.insert(id).second) {
                    is_more = remove_one(kind, region, id) || is_more;
                }
            }
        }
    }

    void await_leaving(const Kind& kind, const std::string& region)
    {
        if (kind.leaving.operation.empty()) {
            return;
        }
        const auto end = std::chrono::steady_clock::now() + kLongestLeaving;
        const auto call = call_of(kind, kind.leaving, region, {});
        while (!texts(client_.call(call).members, kind.ids).empty() &&
               std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(kBetweenLooks);
        }
    }

    void remove_bucket(const std::string& bucket)
    {
        const auto keys = names("ListObjectsV2", {{"Bucket", bucket}}, "/Contents/*/Key");
        for (const auto& key : keys) {
            if (!remove({.service = "s3",
                         .operation = "DeleteObject",
                         .parameters = {{"Bucket", bucket}, {"Key", key}},
                         .region = {}},
                        key)) {
                return;
            }
        }
        if (!keys.empty()) {  // a page has a thousand
            return remove_bucket(bucket);
        }
        remove({.service = "s3",
                .operation = "DeleteBucket",
                .parameters = {{"Bucket", bucket}},
                .region = {}},
               bucket);
    }

    const LabClient& client_;
    const std::string_view mark_;
    std::vector<std::string> left_;
};

}  // namespace

std::vector<std::string> clean_up(const LabClient& client, const std::set<std::string>& regions,
                                  std::string_view mark)
{
    CleanUp work(client, mark);
    for (const auto& region : regions) {
        work.clean(region);
    }
    work.clean_buckets();
    return work.left();
}

}  // namespace amilab::labs
