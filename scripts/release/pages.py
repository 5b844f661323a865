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
                    r"(?P<many> \.\.\.)?)?(?P<rest> REQUIRED)?$")
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
    """`own` are the commands behind it, as `lab` has them; `words` are all that name it."""
    words: tuple[str, ...]
    text: str
    options: tuple[Option, ...] = ()
    positionals: tuple[tuple[str, str], ...] = ()
    own: tuple["Command", ...] = ()

    @property
    def name(self):
        return self.words[-1]

    @property
    def path(self):
        return " ".join(self.words)

    @property
    def takes_files(self):
        return any(name in FILES + FOLDERS for name, _ in self.positionals)


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


def _read_command(binary, words, text):
    said = _entries(facts.run(*binary, *words, "--help"))
    return Command(
        words, text, tuple(_option(left, right) for left, right in said.get("Options", [])),
        tuple((left.split(" ")[0].strip("[]"), right) for left, right in said.get("Positionals", [])),
        tuple(_read_command(binary, (*words, name), own) for name, own in said.get("Subcommands", [])))


def read_commands(binary):
    """Every command of the program, in its order."""
    return [_read_command(binary, (name,), text)
            for name, text in COMMAND.findall(facts.run(*binary, "--help"))]


def _all(commands):
    """The commands, and behind each its own."""
    return [one for command in commands for one in (command, *_all(command.own))]


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
    for command in _all(commands):
        words = "".join(f" [\\fI{name}\\fR]" for name, _ in command.positionals)
        parts.append(f".SS \\fBamilab {command.path}\\fR{words}\n{_roff(command.text)}.\n")
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
        ".SH EXIT STATUS\n0 when all went well, 1 when not, 2 for a command line that is none, 3 for a lab or a data\ndirectory that could not be looked at.\n"
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
    if command.takes_files:
        offers += "; compopt -o filenames; _amilab_offer_too -f"
    return offers


def _bash_own(command):
    """Of a command that has commands behind it: offers them, or takes the one that is there."""
    names = " ".join(own.name for own in command.own)
    return [f"        {command.name})",
            '            if [ "$COMP_CWORD" -eq 2 ]; then',
            f'                _amilab_offer -W "{names} --help"', "                return",
            "            fi", '            path="$path ${COMP_WORDS[2]}" ;;']


def bash(commands):
    names = " ".join(command.name for command in commands)
    lines = ["# bash completion for amilab", "_amilab_offer_too()", "{", "    local line",
             "    while read -r line; do COMPREPLY+=(\"$line\"); done < <(compgen \"$@\" -- \"$word\")",
             "}", "_amilab_offer()", "{", "    COMPREPLY=()", "    _amilab_offer_too \"$@\"", "}",
             "_amilab()", "{",
             '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
             '    if [ "$COMP_CWORD" -eq 1 ]; then',
             f'        _amilab_offer -W "{names} --help --version"', "        return", "    fi",
             '    local path="${COMP_WORDS[1]}"', '    case "$path" in']
    for command in commands:
        lines += _bash_own(command) if command.own else []
    lines += ["    esac", '    case "$path $before" in']
    for command in _all(commands):
        for option in command.options:
            if option.value:
                cases = " | ".join(f'"{command.path} {name}"' for name in option.names)
                lines.append(f"        {cases}) {_bash_values(option)}; return ;;")
    lines += ["    esac", '    case "$path" in']
    lines += [f'        "{command.path}") {_bash_words(command, commands)} ;;'
              for command in _all(commands) if not command.own]
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


def _zsh_described(commands):
    return [f"        '{command.name}:{_zsh_text(command.text)}'" for command in commands]


def _zsh_arguments(command, commands):
    """What one command takes; of one with commands behind it, those, or what theirs take."""
    if command.own:
        return [f"        {command.name})", *_zsh_choice(command.own, commands), "            ;;"]
    lines = [f"        {command.name})", "            _arguments \\"]
    for option in command.options:
        for name in option.names:
            lines.append(f"                '*{name}[{_zsh_text(option.text)}]{_zsh_value(option)}' \\")
    if command.name == "help":
        last = f"'1:topic:({' '.join(other.name for other in commands)})'"
    elif command.positionals:
        last = "'*:file:_files'" if command.takes_files else "'*:argument: '"
    else:
        last = "&& return"
    return [*lines, f"                {last}", "            ;;"]


def _zsh_choice(choices, commands):
    """The second word is one of the choices; the others are what it takes."""
    lines = ["    choices=(", *_zsh_described(choices), "    )", "    if (( CURRENT == 2 )); then",
             "        _describe command choices", "        return", "    fi", "    chosen=$words[2]",
             "    shift words", "    (( CURRENT-- ))", "    case $chosen in"]
    for choice in choices:
        lines += _zsh_arguments(choice, commands)
    return [*lines, "    esac"]


def zsh(commands):
    return "\n".join(["#compdef amilab", "", "_amilab()", "{", "    local -a choices",
                      "    local chosen", *_zsh_choice(commands, commands), "}", "", '_amilab "$@"', ""])


def _fish_text(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


# Whether the words behind amilab, before the one that is typed, are these, or begin with them: `lab
# check` is another command than `check`.
FISH_FUNCTIONS = """\
function __amilab_is
    set -l words (commandline -opc)
    test "$words[2..]" = "$argv"
end
function __amilab_begins
    set -l words (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end"""


def fish(commands):
    lines = ["# fish completion for amilab", FISH_FUNCTIONS, "complete -c amilab -f"]
    for command in commands:
        lines.append(f"complete -c amilab -n __amilab_is -a {command.name} "
                     f"-d '{_fish_text(command.text)}'")
    for command in _all(commands):
        for own in command.own:
            lines.append(f"complete -c amilab -n '__amilab_is {command.path}' -a {own.name} "
                         f"-d '{_fish_text(own.text)}'")
        begin = f"complete -c amilab -n '__amilab_begins {command.path}'"
        for option in command.options if not command.own else ():
            words = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                     for name in option.names]
            words += ["-r"] if option.value else []
            words += [f"-a '{' '.join(option.choices)}'"] if option.choices else []
            words += ["-F"] if option.value in FILES + FOLDERS else []
            lines.append(f"{begin} {' '.join(words)} -d '{_fish_text(option.text)}'")
        if command.takes_files:
            lines.append(f"{begin} -F")
        if command.name == "help":
            lines.append(f"{begin} -a '{' '.join(other.name for other in commands)}'")
    return "\n".join(lines) + "\n"
