#pragma once

#include "server/calls/session.h"
#include "server/wire/rbin/rules.h"

/// The Recycle Bin's retention rules, version 2021-06-15. What they keep is for the families that
/// delete to ask: storage/metadata/recycle_bin/recycle_rule_rows.h.
namespace amilab::rbin {

CreateRuleResponse create_rule(Session& session, const CreateRuleRequest& request);
GetRuleResponse get_rule(Session& session, const GetRuleRequest& request);
ListRulesResponse list_rules(Session& session, const ListRulesRequest& request);
UpdateRuleResponse update_rule(Session& session, const UpdateRuleRequest& request);
DeleteRuleResponse delete_rule(Session& session, const DeleteRuleRequest& request);
LockRuleResponse lock_rule(Session& session, const LockRuleRequest& request);
UnlockRuleResponse unlock_rule(Session& session, const UnlockRuleRequest& request);

}  // namespace amilab::rbin
