#include <memory>
#include <string>

#include "server/cli/command_table.h"
#include "server/cli/endpoint.h"
#include "server/cli/environment.h"
#include "server/cli/lab.h"
#include "server/cli/options.h"

namespace amilab::cli {

namespace {

void add_labs(DeclaredCommand& command, std::optional<std::string>& folder)
{
    command.option("--labs", folder, "Labs of your own: a folder with NAME.md and NAME.json")
        .value_name("DIR")
        .check(check_folder);
}

void add_output(DeclaredCommand& command, std::string& output,
                const std::vector<std::string>& forms)
{
    command.option("--output", output, "What is printed")
        .value_name("FORM")
        .one_of(forms)
        .shows_default();
}

void add_name(DeclaredCommand& command, LabOptions& options)
{
    command.option("NAME", options.name, "Which lab; amilab lab list shows them").required();
}

DeclaredOption& add_step(DeclaredCommand& command, LabOptions& options, const char* says)
{
    return command.option("--step", options.step, says).value_name("N").between(1, 1000);
}

/// Whose account, and where; as the AWS CLI beside it would be understood.
void add_student(DeclaredCommand& command, LabOptions& options)
{
    auto& place = options.place;
    place.access_key = from_environment("AWS_ACCESS_KEY_ID");
    const auto region = from_environment("AWS_REGION");
    place.region = region ? region : from_environment("AWS_DEFAULT_REGION");
    command
        .option("--account", place.account,
                "Account; else whose AWS_ACCESS_KEY_ID is at the server, else its default")
        .value_name("ID")
        .check(check_account);
    command
        .option("--region", place.region,
                "Region; else AWS_REGION or AWS_DEFAULT_REGION, else us-east-1")
        .value_name("NAME");
    add_server(command, options.server);
}

void add_work(DeclaredCommand& command, LabOptions& options)
{
    command
        .option("--in", options.work,
                "Where the commands run and leave their files; else a folder that goes")
        .value_name("DIR")
        .check(check_folder);
}

struct LabCommand {
    DeclaredCommand& command;
    std::shared_ptr<LabOptions> options;
};

/// A command of `amilab lab`, and what it runs.
LabCommand add_lab_command(DeclaredCommand& lab, const char* name, const char* says,
                           int (*work)(const LabOptions&))
{
    auto& command = lab.command(name, says);
    const auto options = std::make_shared<LabOptions>();
    add_labs(command, options->folder);
    command.runs([options, work] { return work(*options); });
    return {command, options};
}

void declare_lab_class(DeclaredCommand& lab)
{
    auto& command = lab.command("class", "Students by steps, with the control API");
    const auto options = std::make_shared<ClassOptions>();
    command.option("NAME", options->lab, "Only this lab");
    command.option("--names", options->file, "The list of names that `amilab class make` took")
        .value_name("FILE");
    command.option("--first", options->first, "The account of the first of them")
        .value_name("ID")
        .check(check_account)
        .shows_default();
    command.option("--region", options->region, "The class's region")
        .value_name("NAME")
        .shows_default();
    add_labs(command, options->folder);
    add_output(command, options->output, {"text", "csv", "json"});
    add_server(command, options->server);
    command.runs([options] { return lab_class(*options); });
}

void declare_lab_disk(DeclaredCommand& lab)
{
    auto& command = lab.command("disk", "Write a small disk with a file system to work on");
    const auto file = std::make_shared<std::string>();
    command.option("FILE", *file, "Where to; there must be none yet").required();
    command.runs([file] { return lab_disk(*file); });
}

}  // namespace

void declare_lab(DeclaredCommand& command)
{
    const auto list = add_lab_command(command, "list", "List the labs", lab_list);
    add_output(list.command, list.options->output, {"text", "json"});

    const auto sheet = add_lab_command(command, "sheet", "Print what a lab asks for", lab_sheet);
    add_name(sheet.command, *sheet.options);

    const auto start =
        add_lab_command(command, "start", "Begin a lab in the student's account", lab_start);
    add_name(start.command, *start.options);
    const auto& step =
        add_step(start.command, *start.options,
                 "Empty the account, and begin where this step begins; wants the control API");
    start.command.flag("--all", start.options->all, "Other labs in the account may end by that")
        .needs(step);
    add_work(start.command, *start.options);
    add_student(start.command, *start.options);

    const auto check = add_lab_command(command, "check", "Say which steps are right", lab_check);
    add_name(check.command, *check.options);
    check.command.option("STEP", check.options->step, "Only this step").between(1, 1000);
    add_output(check.command, check.options->output, {"text", "json", "junit"});
    add_student(check.command, *check.options);

    const auto solve = add_lab_command(command, "solve", "Run the sheet's own commands", lab_solve);
    add_name(solve.command, *solve.options);
    add_step(solve.command, *solve.options, "Only up to this step");
    add_work(solve.command, *solve.options);
    add_student(solve.command, *solve.options);

    const auto finish =
        add_lab_command(command, "finish", "Empty the student's account", lab_finish);
    add_name(finish.command, *finish.options);
    finish.command.flag("--all", finish.options->all, "Other labs in the account too");
    add_student(finish.command, *finish.options);

    declare_lab_class(command);
    declare_lab_disk(command);
}

void declare_class(DeclaredCommand& command)
{
    auto& make = command.command(
        "make", "Declare an account for each name, and print what each student sets");
    const auto options = std::make_shared<ClassOptions>();
    make.option("FILE", options->file, "A list of names, one a line").required();
    make.option("--first", options->first, "The account of the first")
        .value_name("ID")
        .check(check_account)
        .shows_default();
    make.option("--region", options->region, "Where the class works")
        .value_name("NAME")
        .shows_default();
    make.option("--url", options->url, "The server's URL as students reach it")
        .value_name("URL")
        .check(check_url);
    make.option("--shell", options->shell, "sh, fish or powershell; else that of SHELL")
        .value_name("NAME")
        .one_of({"sh", "fish", "powershell"});
    add_output(make, options->output, {"text", "json"});
    add_server(make, options->server);
    make.runs([options] { return class_make(*options); });
}

}  // namespace amilab::cli
