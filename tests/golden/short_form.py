"""The form in which a recording is kept: what it has said before is not said again.

    == ec2 RunInstances    the title of the calls that follow; their numbers are counted
    > ImageId=ami-1        a request; "POST /" is left out
    >~3 MinCount=1         another, whose first three words are those of the request before
    > Id.1=0 .. Id.9=8     another, whose words count up
    +<Grant>               a further line of a request
    200                    the status, without its usual reason
    <imageId>ami-1         a line of the answer: an element with its text, without its end
    MissingParameter ~     a line: the last one that began so
    \\=1                    a line, or behind > a request, as it is
    =12                    twelve lines as they came before
    .                      the end of an answer, where the one that it came like went on

An answer begins like the last one of its operation and status. Behind a line there comes what came
behind it the last time; behind one that is new, what came behind that in whose place it stands; and
behind the last that is told all up to the end. Content-Length without a number is the body's."""

import itertools
import os
import re

import comparison
from recorder import TITLE

CALL = re.compile(rf"^(?=>|{TITLE})", re.M)
STATUS = re.compile(r"\d{3} ")
REASONS = {"200": "200 OK", "400": "400 Bad Request", "412": "412 Precondition Failed"}
POST = re.compile(r"^POST /(?= |$)")
SAME_WORDS = re.compile(r"~(\d+)(?= |$)")
NUMBERED = re.compile(r"(\S+\.)(\d+)=(\d+)")
DOTS = ".."
RUN = re.compile(r"=(\d+)")
WITHOUT_END = re.compile(r"<([\w:]+)>[^<>]+")
LENGTH = "Content-Length:"
REQUEST_ID = "{request-id}"
REQUEST_ID_LENGTH = 36


def compact(text):
    """Throws ValueError when expand() would not bring the text back."""
    lines = []
    title, request, answers = None, "", Answers()
    for number, call in enumerate(comparison.calls_of(text), 1):
        head, first, *rest = call.removesuffix("\n").split("\n")
        before, title = title, head.removeprefix(f"{TITLE}{number} ")
        lines += [TITLE + title] if title != before else []
        more = list(itertools.takewhile(lambda line: not STATUS.match(line), rest))
        status, *answer = rest[len(more):]
        lines += [">" + short_request(first, request), *(f"+{line}" for line in more),
                  status[:3] if REASONS.get(status[:3]) == status else status,
                  *answers.short(title, status, without_length(answer))]
        request = first
    kept = "".join(f"{line}\n" for line in lines)
    if expand(kept) != text:
        raise ValueError("the short form does not bring the recording back")
    return kept


def expand(kept):
    """Throws ValueError when compact() has not written it."""
    calls = []
    title, request, answers = "", "", Answers()
    for part in CALL.split(kept)[1:]:
        first, *rest = part.removesuffix("\n").split("\n")
        if first.startswith(TITLE):
            title = first.removeprefix(TITLE)
            continue
        request = long_request(first[1:], request)
        more = list(itertools.takewhile(lambda line: line.startswith("+"), rest))
        status, *answer = rest[len(more):]
        status = REASONS.get(status, status)
        answer = with_length(list(answers.long(title, status, answer)))
        calls.append("\n".join([f"{TITLE}{len(calls) + 1} {title}", request,
                                *(line[1:] for line in more), status, *answer]) + "\n")
    return "\n".join(calls)


class Answers:
    """The answers of a scenario so far, and the line that is expected next."""

    def __init__(self):
        self._lines = []  # of all answers, None behind each
        self._behind = {}  # where it goes on behind the last line that says the same
        self._begun = {}  # the last line that begins so
        self._begin = self._next = 0

    def short(self, title, status, answer):
        self._start(title, status)
        same = 0
        for line in answer:
            if line == self._expected:
                same += 1
            else:
                yield from [f"={same}"] if same else []
                yield self._short_line(line)
                same = 0
            self._add(line)
        if self._expected is not None:
            yield from [f"={same}"] if same else []
            yield "."
        self._lines.append(None)

    def long(self, title, status, kept):
        self._start(title, status)
        for line in kept:
            run = RUN.fullmatch(line)
            if run:
                yield from self._as_before(int(run[1]))
            elif line != ".":
                yield self._add(self._long_line(line))
        if kept[-1:] != ["."]:
            yield from self._rest()
        self._lines.append(None)

    def _start(self, title, status):
        service, *operation = title.split(" ")[:2]
        keys = [(service, *operation, status), (service, status), (service,)]
        self._begin = len(self._lines)
        self._next = next((self._behind[key] for key in keys if key in self._behind), self._begin)
        self._behind.update(dict.fromkeys(keys, self._begin))

    @property
    def _expected(self):
        """None at the end of an answer."""
        return self._lines[self._next] if self._next < len(self._lines) else None

    def _add(self, line):
        self._next = self._next + 1 if line == self._expected else \
            self._behind.get(line, self._next + 1)
        self._lines.append(line)
        self._behind[line] = len(self._lines)
        self._begun.update((beginning, line) for beginning in beginnings(line))
        return line

    def _as_before(self, count):
        for _ in range(count):
            if self._expected is None:
                raise ValueError(f"no {count} lines come there")
            yield self._add(self._expected)

    def _rest(self):
        while self._expected is not None:
            if self._next >= self._begin:
                raise ValueError("an answer that comes like itself")
            yield self._add(self._expected)

    def _short_line(self, line):
        short = next((f"{beginning}~" for beginning in beginnings(line)
                      if self._begun.get(beginning) == line), None)
        short = short or re.sub(r"^(<([\w:]+)>[^<>]+)</\2>$", r"\1", line)
        is_taken = short in ("", ".") or short[0] in ">=\\" or short.startswith(TITLE)
        return f"\\{line}" if is_taken or self._long_line(short) != line else short

    def _long_line(self, short):
        if short.startswith("\\"):
            return short[1:]
        if short.endswith(" ~"):
            return self._begun.get(short[:-1], short)
        element = WITHOUT_END.fullmatch(short)
        return f"{short}</{element[1]}>" if element else short


def beginnings(line):
    """Of some words each, the shortest first."""
    return [line[:space.end()] for space in re.finditer(" ", line)]


def short_request(request, before):
    words, known = folded(request.split(" ")), folded(before.split(" "))
    same = len(os.path.commonprefix([words, known]))
    short = min(POST.sub("", " ".join(words)), " ".join([f"~{same}", *words[same:]]), key=len)
    return short if long_request(short, before) == request else f"\\{request}"


def long_request(short, before):
    if short.startswith("\\"):
        return short[1:]
    same = SAME_WORDS.match(short)
    if same:
        short = " ".join(folded(before.split(" "))[:int(same[1])]) + short[same.end():]
    elif short[:1] in ("", " "):
        short = f"POST /{short}"
    return " ".join(unfolded(short.split(" ")))


def folded(words):
    """Of words that count on from one to the next the first and the last."""
    found = []
    for word in words:
        counts_on = bool(found) and word == next_numbered(found[-1])
        if counts_on and found[-2:-1] == [DOTS]:
            found[-1] = word
        elif counts_on and len(found) > 1 and found[-1] == next_numbered(found[-2]):
            found[-1:] = [DOTS, word]
        else:
            found.append(word)
    return found


def unfolded(words):
    found = []
    for word, last in itertools.zip_longest(words, words[1:], fillvalue=""):
        ends = [NUMBERED.fullmatch(end) for end in (found[-1] if found else "", last)]
        if word == DOTS and all(ends):
            for _ in range(int(ends[0][2]) + 1, int(ends[1][2])):
                found.append(next_numbered(found[-1]))
        else:
            found.append(word)
    return found


def next_numbered(word):
    found = NUMBERED.fullmatch(word)
    return f"{found[1]}{int(found[2]) + 1}={int(found[3]) + 1}" if found else None


def without_length(answer):
    usual = f"{LENGTH} {body_length(answer)}"
    return [LENGTH if line == usual else line for line in headers(answer)] + body(answer)


def with_length(answer):
    usual = f"{LENGTH} {body_length(answer)}"
    return [usual if line == LENGTH else line for line in headers(answer)] + body(answer)


def headers(answer):
    return answer[:answer.index("")] if "" in answer else []


def body(answer):
    """With the empty line before it. An answer in brief is nothing else."""
    return answer[len(headers(answer)):]


def body_length(answer):
    """The server's own, unless the body has names for what is of another length each time."""
    text = "".join(body(answer))
    ids = text.count(REQUEST_ID) * (REQUEST_ID_LENGTH - len(REQUEST_ID))
    return len(text.encode()) + ids - text.count("\\n") - text.count("\\r")
