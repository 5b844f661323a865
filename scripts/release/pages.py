"""The manual page and the shells' completions, made of what the program says of itself."""

import dataclasses
import re

from release import facts

HEADER = re.compile(r"^(\w+):$")
ENTRY = re.compile(r"^  (\S.*?)(?:\s{2,}(\S.*))?$")
COMMAND = re.compile(r"^  (\w+)\s{2,}(\S.*)$", re.M)
MORE = re.compile(r"^\s{10,}(\S.*)$")
# An option's name, its value's and what it is otherwise.
OPTION = re.compile(r"(?P<names>-[^ ]+)(?: (?P<value>\S+?)(?::\{(?P<choices>[^}]*)\})?(?:=(?P<default>\S+))?"
                    r"(?P<many> \.\.\.)?)?(?P<rest> (?:REQUIRED|(?:Needs|Excludes): .*))?$")
FILES = ("FILE", "PATH")
FOLDERS = ("DIR",)


@dataclasses.dataclass(frozen=True)
class Option:
    names: tuple[str, ...]
    text: str
    value: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""


@dataclasses.dataclass(frozen=True)
class Command:
    name: str
    text: str
    options: tuple[Option, ...] = ()
    positionals: tuple[tuple[str, str], ...] = ()


def _entries(printed):
    """{header: [(left, right)]} of what --help printed."""
    found, entries = {}, None
    for line in printed.splitlines():
        if header := HEADER.match(line):
            entries = found.setdefault(header[1], [])
        elif entries is not None and (entry := ENTRY.match(line)):
            entries.append([entry[1], entry[2] or ""])
        elif entries and (more := MORE.match(line)):
            entries[-1][1] = f"{entries[-1][1]} {more[1]}".strip()
    return found


def _option(left, text):
    found = OPTION.match(left)
    if found is None:
        raise facts.PackageError(f"the option {left} is written as no other is")
    value, default = found["value"] or "", found["default"] or ""
    if "=" in default:  # the value's name has the form of the value: rows=N,bytes=SIZE
        value, default = f"{value}={default}", ""
    return Option(tuple(found["names"].split(",")), text, value,
                  tuple(found["choices"].split(",")) if found["choices"] else (), default)


def read_commands(binary):
    """Every command of the program, in its order."""
    commands = []
    for name, text in COMMAND.findall(facts.run(*binary, "--help")):
        said = _entries(facts.run(*binary, name, "--help"))
        options = tuple(_option(left, right) for left, right in said.get("Options", []))
        positionals = tuple((left.split(" ")[0].strip("[]"), right)
                            for left, right in said.get("Positionals", []))
        commands.append(Command(name, text, options, positionals))
    return commands


def _roff(text):
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"), flags=re.M)


def _roff_option(option):
    names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in option.names)
    value = f" \\fI{_roff(option.value)}\\fR" if option.value else ""
    told = option.text
    if option.choices:
        told += f"; {', '.join(option.choices)}"
    if option.default:
        told += f" [{option.default}]"
    return f".TP\n{names}{value}\n{_roff(told)}\n"


def manual(commands, date):
    """amilab(1), as roff. `date` is text."""
    parts = [f'.TH AMILAB 1 "{date}" "amilab {facts.version()}" "User Commands"\n',
             f".SH NAME\namilab \\- {_roff(facts.SUMMARY[0].lower() + facts.SUMMARY[1:])}\n",
             ".SH SYNOPSIS\n.B amilab\n.I COMMAND\n[\\fIOPTION\\fR ...]\n", ".SH DESCRIPTION\n",
             _roff("amilab answers the EC2 API and its neighbours on 127.0.0.1:4566, with disks "
                   "whose bytes are real and with AWS's refusals. An SDK or a tool that reads "
                   "AWS_ENDPOINT_URL needs nothing else; any credentials will do, and an access key "
                   "of twelve digits is the account that calls.") + "\n", ".SH COMMANDS\n"]
    for command in commands:
        words = "".join(f" [\\fI{name}\\fR]" for name, _ in command.positionals)
        parts.append(f".SS \\fBamilab {command.name}\\fR{words}\n{_roff(command.text)}.\n")
        parts += [f".TP\n\\fI{name}\\fR\n{_roff(text)}\n" for name, text in command.positionals]
        parts += [_roff_option(option) for option in command.options if "--help" not in option.names]
    parts.append(
        ".SH ENVIRONMENT\n"
        ".TP\n\\fBAWS_ENDPOINT_URL\\fR\nThe server that commands call, unless \\fB\\-\\-endpoint\\fR names one.\n"
        ".TP\n\\fBAMILAB_CONTROL_TOKEN\\fR\nThe control token, of the server and of commands that call it.\n"
        ".TP\n\\fBTMPDIR\\fR\nWhere a server without \\fB\\-\\-data\\fR has its folder, instead of /tmp.\n"
        ".SH FILES\n"
        ".TP\n/etc/default/amilab\nOptions of the service amilab.service, which is not started unless you enable it.\n"
        ".TP\n/var/lib/amilab\nThe service's data.\n"
        ".SH EXIT STATUS\n0 when all went well, 1 when not, 2 for a command line that is none.\n"
        ".SH SEE ALSO\n\\fBamilab help\\fR lists the pages of the documentation that the program carries.\n")
    return "".join(parts)


def _bash_values(option):
    if option.choices:
        return f'_amilab_offer -W "{" ".join(option.choices)}"'
    if option.value in FOLDERS:
        return "compopt -o filenames; _amilab_offer -d"
    if option.value in FILES:
        return "compopt -o filenames; _amilab_offer -f"
    return "COMPREPLY=()"


def _bash_words(command, commands):
    """What is offered where an option or an argument may stand."""
    words = [name for option in command.options for name in option.names]
    if command.name == "help":
        words += [other.name for other in commands]
    offers = f'_amilab_offer -W "{" ".join(words)}"'
    if any(name in FILES for name, _ in command.positionals):
        offers += "; compopt -o filenames; _amilab_offer_too -f"
    return offers


def bash(commands):
    names = " ".join(command.name for command in commands)
    lines = ["# bash completion for amilab", "_amilab_offer_too()", "{", "    local line",
             "    while read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen \"$@\" -- \"$word\")",
             "}", "_amilab_offer()", "{", "    COMPREPLY=()", "    _amilab_offer_too \"$@\"", "}",
             "_amilab()", "{",
             '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
             '    if [ "$COMP_CWORD" -eq 1 ]; then',
             f'        _amilab_offer -W "{names} --help --version"', "        return", "    fi",
             '    case "${COMP_WORDS[1]} $before" in']
    for command in commands:
        for option in command.options:
            if option.value:
                cases = " | ".join(f'"{command.name} {name}"' for name in option.names)
                lines.append(f"        {cases}) {_bash_values(option)}; return ;;")
    lines += ["    esac", '    case "${COMP_WORDS[1]}" in']
    lines += [f"        {command.name}) {_bash_words(command, commands)} ;;" for command in commands]
    return "\n".join([*lines, "    esac", "}", "complete -F _amilab amilab", ""])


def _zsh_text(text):
    return re.sub(r"([\[\]:'\\])", r"\\\1", text).replace("\\'", "'\\''")


def _zsh_value(option):
    if not option.value:
        return ""
    if option.choices:
        return f":{option.value}:({' '.join(option.choices)})"
    action = "_files -/" if option.value in FOLDERS else "_files" if option.value in FILES else " "
    return f":{_zsh_text(option.value)}:{action}"


def zsh(commands):
    lines = ["#compdef amilab", "", "_amilab()", "{", "    local -a commands", "    commands=("]
    lines += [f"        '{command.name}:{_zsh_text(command.text)}'" for command in commands]
    lines += ["    )", "    if (( CURRENT == 2 )); then",
              "        _describe command commands", "        return", "    fi",
              "    local command=$words[2]", "    shift words", "    (( CURRENT-- ))",
              "    case $command in"]
    for command in commands:
        lines.append(f"        {command.name})")
        lines.append("            _arguments \\")
        for option in command.options:
            for name in option.names:
                lines.append(f"                '*{name}[{_zsh_text(option.text)}]{_zsh_value(option)}' \\")
        if command.name == "help":
            lines.append(f"                '1:topic:({' '.join(other.name for other in commands)})'")
        else:
            lines.append("                '*:file:_files'" if command.positionals else "                && return")
        lines.append("            ;;")
    lines += ["    esac", "}", "", '_amilab "$@"', ""]
    return "\n".join(lines)


def _fish_text(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def fish(commands):
    lines = ["# fish completion for amilab", "complete -c amilab -f"]
    for command in commands:
        lines.append(f"complete -c amilab -n __fish_use_subcommand -a {command.name} "
                     f"-d '{_fish_text(command.text)}'")
    for command in commands:
        begin = f"complete -c amilab -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            words = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                     for name in option.names]
            words += ["-r"] if option.value else []
            words += [f"-a '{' '.join(option.choices)}'"] if option.choices else []
            words += ["-F"] if option.value in FILES + FOLDERS else []
            lines.append(f"{begin} {' '.join(words)} -d '{_fish_text(option.text)}'")
        if any(name in FILES for name, _ in command.positionals):
            lines.append(f"{begin} -F")
        if command.name == "help":
            lines.append(f"{begin} -a '{' '.join(other.name for other in commands)}'")
    return "\n".join(lines) + "\n"
