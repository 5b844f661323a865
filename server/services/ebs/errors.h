#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/api_error.h"

/// Every refusal of the EBS direct APIs: here alone codes, reasons and messages are spelled.
/// Source: codes, statuses and reasons documented (service model); which reason stands for what,
/// and the texts, assumed where not said otherwise.
namespace amilab::ebs {

/// ValidationException, with the reason that the model has for it.
ApiError invalid_parameter(std::string_view message);
ApiError invalid_snapshot_id(std::string_view message);
ApiError invalid_block(std::string_view message);
ApiError invalid_block_token();
ApiError invalid_page_token();
ApiError invalid_tag(std::string_view message);
ApiError invalid_volume_size(std::string_view message);
ApiError invalid_customer_key(std::string_view message);
ApiError unrelated_snapshots(std::string_view first, std::string_view second);
ApiError conflicting_block_update(std::int64_t block_index);
/// The body is not as long as it should be. Source: observed.
ApiError unreadable_block_data();

/// Source: observed.
ApiError snapshot_not_found(std::string_view id);
/// Another account's, which the caller may not use so.
ApiError access_denied(std::string_view id);
/// The client token came with another request.
ApiError token_conflict();
ApiError too_many_pending_snapshots(std::int64_t limit);
/// A call would take its account beyond what one may hold. Source: EBS direct APIs Reference,
/// ServiceQuotaExceededException (documented).
ApiError over_limit(std::string_view operation, const std::string& message);
/// Something that must not go on at the same time does; to be tried again, as SDKs do.
ApiError busy(std::string_view message);

}  // namespace amilab::ebs
