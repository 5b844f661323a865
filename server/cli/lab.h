#pragma once

#include <optional>
#include <string>

#include "server/cli/place.h"
#include "server/cli/server_access.h"

/// `amilab lab` and `amilab class`. Each command returns the exit code: 0, or 1 where something is
/// not right yet. What has it not look at all (no server, a lab that is written wrong, a refusal of
/// the control API) is thrown as CannotLook.
namespace amilab::cli {

struct LabOptions {
    std::string name;
    std::optional<std::string> folder;  ///< a teacher's own labs; without it those of the program
    std::optional<unsigned> step;
    std::string output = "text";      ///< or json, junit, csv, as the command takes it
    std::optional<std::string> work;  ///< where scripts run; else a folder that goes
    bool all = false;                 ///< finish, start at a step: other labs end too
    Place place;
    ServerAccess server;
};

int lab_list(const LabOptions& options);
/// Prints the sheet.
int lab_sheet(const LabOptions& options);
/// Makes the start state; with a step that step's, in an account that is emptied before, unless
/// another lab is begun in it.
int lab_start(const LabOptions& options);
int lab_check(const LabOptions& options);
/// Runs the sheet's own commands, up to a step.
int lab_solve(const LabOptions& options);
int lab_finish(const LabOptions& options);
/// Writes the small disk that the program carries, as raw bytes.
int lab_disk(const std::string& file);

struct ClassOptions {
    std::optional<std::string> lab;
    std::optional<std::string> folder;
    std::string file;                    ///< of names, one a line; empty: none
    std::string first = "100000000001";  ///< account of the first name
    std::string region = "us-east-1";
    std::string output = "text";
    std::optional<std::string> url;    ///< as students reach the server
    std::optional<std::string> shell;  ///< see shell_of
    ServerAccess server;
};

/// Students by steps, with the control API.
int lab_class(const ClassOptions& options);
/// Declares an account for each name, and prints what each sets.
int class_make(const ClassOptions& options);

}  // namespace amilab::cli
