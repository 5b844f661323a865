#pragma once

#include <string>
#include <vector>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// Values that no rows of amilab have and no constraint refuses: a word that is none of its
/// column's vocabulary, a time that no clock comes to, a text that is no address where one has to
/// be, DHCP options that lie elsewhere than the VPCs that have them, a subnet's count of used
/// addresses that is not what its interfaces have, a counter of ids behind one that is there (of
/// the next few hundred). Who reads them finds nothing, counts with what cannot be added to, or
/// makes a row again that is there. A line for each of the first few of a column, with its table
/// and the value; empty when there are none, and for rows of another version than this one's. Goes
/// through the rows of all tables that have such columns.
std::vector<std::string> find_impossible_values(Database& db);

}  // namespace amilab
