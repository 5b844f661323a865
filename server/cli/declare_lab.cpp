#include <memory>
#include <string>

#include "server/cli/command_table.h"
#include "server/cli/endpoint.h"
#include "server/cli/environment.h"
#include "server/cli/lab.h"
#include "server/cli/options.h"

namespace amilab::cli {

namespace {

void add_labs(CLI::App& command, std::optional<std::string>& folder)
{
    command.add_option("--labs", folder, "Labs of your own: a folder with NAME.md and NAME.json")
        ->type_name("DIR")
        ->check(check_folder);
}

void add_output(CLI::App& command, std::string& output, const std::vector<std::string>& forms)
{
    command.add_option("--output", output, "What is printed")
        ->type_name("FORM")
        ->check(CLI::IsMember(forms))
        ->capture_default_str();
}

void add_name(CLI::App& command, LabOptions& options)
{
    command.add_option("NAME", options.name, "Which lab; amilab lab list shows them")
        ->type_name("")
        ->required();
}

void add_step(CLI::App& command, LabOptions& options, const char* says)
{
    command.add_option("--step", options.step, says)->type_name("N")->check(between(1, 1000));
}

/// Whose account, and where; as the AWS CLI beside it would be understood.
void add_student(CLI::App& command, LabOptions& options)
{
    auto& place = options.place;
    place.access_key = from_environment("AWS_ACCESS_KEY_ID");
    const auto region = from_environment("AWS_REGION");
    place.region = region ? region : from_environment("AWS_DEFAULT_REGION");
    command
        .add_option("--account", place.account,
                    "Account; else whose AWS_ACCESS_KEY_ID is at the server, else its default")
        ->type_name("ID")
        ->check(check_account);
    command
        .add_option("--region", place.region,
                    "Region; else AWS_REGION or AWS_DEFAULT_REGION, else us-east-1")
        ->type_name("NAME");
    add_server(command, options.server);
}

void add_work(CLI::App& command, LabOptions& options)
{
    command
        .add_option("--in", options.work,
                    "Where the commands run and leave their files; else a folder that goes")
        ->type_name("DIR")
        ->check(check_folder);
}

struct LabCommand {
    CLI::App& command;
    std::shared_ptr<LabOptions> options;
};

/// A command of `amilab lab`, and what it runs.
LabCommand add_lab_command(CLI::App& lab, const char* name, const char* says,
                           int (*work)(const LabOptions&), int& exit_code)
{
    auto* command = lab.add_subcommand(name, says);
    const auto options = std::make_shared<LabOptions>();
    add_labs(*command, options->folder);
    command->callback([options, work, &exit_code] { exit_code = work(*options); });
    return {*command, options};
}

void declare_lab_class(CLI::App& lab, int& exit_code)
{
    auto* command = lab.add_subcommand("class", "Students by steps, with the control API");
    const auto options = std::make_shared<ClassOptions>();
    command->add_option("NAME", options->lab, "Only this lab")->type_name("");
    command->add_option("--names", options->file, "The list of names that `amilab class make` took")
        ->type_name("FILE");
    command->add_option("--first", options->first, "The account of the first of them")
        ->type_name("ID")
        ->check(check_account)
        ->capture_default_str();
    command->add_option("--region", options->region, "The class's region")
        ->type_name("NAME")
        ->capture_default_str();
    add_labs(*command, options->folder);
    add_output(*command, options->output, {"text", "csv", "json"});
    add_server(*command, options->server);
    command->callback([options, &exit_code] { exit_code = lab_class(*options); });
}

void declare_lab_disk(CLI::App& lab, int& exit_code)
{
    auto* command = lab.add_subcommand("disk", "Write a small disk with a file system to work on");
    const auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "Where to; there must be none yet")
        ->type_name("")
        ->required();
    command->callback([file, &exit_code] { exit_code = lab_disk(*file); });
}

}  // namespace

void declare_lab(CLI::App& command, int& exit_code)
{
    command.require_subcommand(1);
    const auto list = add_lab_command(command, "list", "List the labs", lab_list, exit_code);
    add_output(list.command, list.options->output, {"text", "json"});

    const auto sheet =
        add_lab_command(command, "sheet", "Print what a lab asks for", lab_sheet, exit_code);
    add_name(sheet.command, *sheet.options);

    const auto start = add_lab_command(command, "start", "Begin a lab in the student's account",
                                       lab_start, exit_code);
    add_name(start.command, *start.options);
    add_step(start.command, *start.options,
             "Empty the account, and begin where this step begins; wants the control API");
    add_work(start.command, *start.options);
    add_student(start.command, *start.options);

    const auto check =
        add_lab_command(command, "check", "Say which steps are right", lab_check, exit_code);
    add_name(check.command, *check.options);
    check.command.add_option("STEP", check.options->step, "Only this step")
        ->type_name("")
        ->check(between(1, 1000));
    add_output(check.command, check.options->output, {"text", "json", "junit"});
    add_student(check.command, *check.options);

    const auto solve =
        add_lab_command(command, "solve", "Run the sheet's own commands", lab_solve, exit_code);
    add_name(solve.command, *solve.options);
    add_step(solve.command, *solve.options, "Only up to this step");
    add_work(solve.command, *solve.options);
    add_student(solve.command, *solve.options);

    const auto finish =
        add_lab_command(command, "finish", "Empty the student's account", lab_finish, exit_code);
    add_name(finish.command, *finish.options);
    finish.command.add_flag("--all", finish.options->all, "Other labs in the account too");
    add_student(finish.command, *finish.options);

    declare_lab_class(command, exit_code);
    declare_lab_disk(command, exit_code);
}

void declare_class(CLI::App& command, int& exit_code)
{
    command.require_subcommand(1);
    auto* make = command.add_subcommand(
        "make", "Declare an account for each name, and print what each student sets");
    const auto options = std::make_shared<ClassOptions>();
    make->add_option("FILE", options->file, "A list of names, one a line")
        ->type_name("")
        ->required();
    make->add_option("--first", options->first, "The account of the first")
        ->type_name("ID")
        ->check(check_account)
        ->capture_default_str();
    make->add_option("--region", options->region, "Where the class works")
        ->type_name("NAME")
        ->capture_default_str();
    make->add_option("--url", options->url, "The server's URL as students reach it")
        ->type_name("URL")
        ->check(check_url, "");
    make->add_option("--shell", options->shell, "sh, fish or powershell; else that of SHELL")
        ->type_name("NAME")
        ->check(CLI::IsMember({"sh", "fish", "powershell"}));
    add_output(*make, options->output, {"text", "json"});
    add_server(*make, options->server);
    make->callback([options, &exit_code] { exit_code = class_make(*options); });
}

}  // namespace amilab::cli
