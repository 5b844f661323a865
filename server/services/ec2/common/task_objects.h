#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/calls/object_store.h"
#include "server/calls/session.h"
#include "server/wire/api_error.h"

/// Objects of S3 as EC2's tasks have them: what S3 refuses, EC2 words its own way.
/// Source: that buckets of other regions are refused is documented; codes and texts are assumed,
/// after what ImportSnapshot was seen to say.
namespace amilab::ec2 {

/// The bucket that a task of the caller's region writes into, or reads from. Throws
/// InvalidParameter: it is missing, somebody else's, or in another region.
void require_task_bucket(Session& session, std::string_view bucket, BucketUse use);

/// Opens an object of such a bucket. Throws what require_task_bucket does, and InvalidParameter for
/// one that is missing.
std::unique_ptr<ObjectBytes> open_task_object(Session& session, std::string_view bucket,
                                              std::string_view key);

/// Opens the object of a presigned URL of this server's, in whatever region. Throws as S3 says it:
/// ObjectStore::open_url.
std::unique_ptr<ObjectBytes> open_object_url(Session& session, std::string_view url);

/// Begins an object in such a bucket. Throws what require_task_bucket does.
std::unique_ptr<NewObject> begin_task_object(Session& session, std::string_view bucket,
                                             std::string_view key);

/// Puts a finished one into its place, where its account may hold as much. Throws what
/// require_task_bucket and within_limits do; `operation` is what began the task.
void store_task_object(Session& session, std::string_view operation, std::string_view bucket,
                       NewObject& object, const ObjectFacts& facts);

/// What S3 takes as a value of its metadata: a line of ASCII, with ? for what is no such character.
std::string to_metadata(std::string_view text);

}  // namespace amilab::ec2
