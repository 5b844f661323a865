#pragma once

#include <string>
#include <vector>

#include "storage/metadata/sql/database.h"

/// What rows say of layers, files and lengths that no rows of amilab say. SQLite finds nothing
/// wrong with such rows, and who reads by them finds no bytes. A line for each of the first few of
/// a kind, with the name of what has it; empty when there are none, and for rows of another version
/// than this one's. Goes through all rows of what has bytes.
namespace amilab {

/// A layer that lies on itself or on one that may be written, a disk that has one of the wrong
/// kind, or another's.
std::vector<std::string> find_impossible_layers(Database& db);

/// A volume beyond the largest, a block outside its snapshot, an object or a part that has other
/// bytes than the pieces of files that it is made of.
std::vector<std::string> find_impossible_sizes(Database& db);

}  // namespace amilab
