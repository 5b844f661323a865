#include <CLI/CLI.hpp>

int main(int argc, char** argv)
{
    CLI::App app{"amilab, an offline EC2/AMI emulator for testing", "amilab"};
    app.set_version_flag("--version", std::string("amilab ") + AMILAB_VERSION);
    app.require_subcommand(1);
    CLI11_PARSE(app, argc, argv);
}
