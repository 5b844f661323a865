#!/usr/bin/env python3
"""Mutations of valid requests of every served operation, sent to a whole server.

usage: tests/fuzz/served.py SECONDS [SEED]

Plays the golden scenarios in an order that the seed draws, anew until the time is over, but at least
until mutants of all operations have succeeded, and sends mutants of each request that succeeded: members changed within their type, left
out, doubled, added from what other requests had. Whatever they do to the state, each answer must be
a document of its protocol, no 5xx among them, the log must say nothing, and the server must end as
told. At least a third of the mutants must succeed, and each operation must have had one: else they
would not reach behind the checks. What fails is printed as a request and kept in
build/fuzz/findings; the same seed brings it about again.
"""

import collections
import copy
import http.client
import json
import pathlib
import random
import re
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/golden"))

import client as golden  # noqa: E402
import facts  # noqa: E402
import scenarios  # noqa: E402
from emulator import Emulator  # noqa: E402
from recorder import Recorder  # noqa: E402
from server import Server  # noqa: E402

MUTANTS = 2
# Of scenarios with an operation of which no mutant has succeeded yet.
MOST_ROUNDS = 40
LEAST_SHARE = 1 / 3
FINDINGS = ROOT / "build/fuzz/findings"
NUMBER = re.compile(r"\.\d+(?=\.|$)")
TEXTS = ["", " ", "*", "?", "é ü ☃", "a" * 300, "<&>\"'", "\u0001", "%00", "0", "-1", "null", "../x"]
# What names must differ in from one call to the next, so that a mutant makes another of the kind.
NAMES = re.compile(r"(^|\.)(Name|GroupName|KeyName|ClientToken|WatermarkName)$")


class Finding(Exception):
    """What an answer may not be."""


class Words:
    """Values that requests had, and ids that answers told: what mutants take theirs from."""

    def __init__(self):
        self.values = collections.defaultdict(list)  # by operation and path
        self.ids = collections.defaultdict(list)     # by what they begin with

    def learn(self, operation, parameters, answer):
        for path, value in golden.flat(parameters):
            self.values[operation.name, plain(path)].append(value)
        for one in golden.ID.findall(answer.text):
            known = self.ids[one.partition("-")[0]]
            known.append(one)
            del known[:-50]


def plain(path):
    """A path whose list members are all the first."""
    return NUMBER.sub(".1", path)


def places(value, path=""):
    """All members of a request with what holds them: (path, holder, key)."""
    members = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        name = str(key + 1) if isinstance(key, int) else key
        below = f"{path}.{name}" if path else name
        yield below, value, key
        yield from places(member, below)


class Mutator:
    def __init__(self, dice, words):
        self.dice = dice
        self.words = words
        self._count = 0

    def mutant(self, operation, parameters, is_lacking=False):
        """With fewer changes when no mutant of the operation has succeeded so far."""
        mutated = copy.deepcopy(parameters)
        types = dict(operation.leaves())
        self._rename(mutated)
        for _ in range(self.dice.choice((0, 0, 1) if is_lacking else (0, 1, 1, 1, 2))):
            change = self.dice.choice((self._replace, self._replace, self._leave_out, self._double,
                                       self._add))
            change(operation, types, mutated)
        return mutated

    def _rename(self, parameters):
        """Of two mutants in three, so that the others meet what is there already."""
        self._count += 1
        if self.dice.random() < 1 / 3:
            return
        for path, holder, key in places(parameters):
            if NAMES.search(path) and isinstance(holder[key], str) and ".Filter" not in path:
                holder[key] = f"{holder[key][:40]}-{self._count}"

    def _scalars(self, parameters):
        return [place for place in places(parameters)
                if not isinstance(place[1][place[2]], (dict, list, bytes))]

    def _replace(self, operation, types, parameters):
        scalars = self._scalars(parameters)
        if scalars:
            path, holder, key = self.dice.choice(scalars)
            holder[key] = self._value(operation, plain(path), types.get(plain(path), {}),
                                      holder[key])

    def _value(self, operation, path, member, value):
        known = self.words.values.get((operation.name, path), [])
        if known and self.dice.random() < 1 / 2:
            return self._typed(self.dice.choice(known), value)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self.dice.choice((value + 1, value - 1, value * 2, 0, 1, -1, 1000, 2**31, 2**63))
        same_kind = self.words.ids.get(str(value).partition("-")[0], [])
        if same_kind and self.dice.random() < 2 / 3:
            return self.dice.choice(same_kind)
        if operation.enum(member) and self.dice.random() < 3 / 4:
            return self.dice.choice(operation.enum(member))
        return self.dice.choice([*TEXTS, str(value) + "x", str(value)[:-1], str(value).upper()])

    @staticmethod
    def _typed(text, like):
        """What flat() made text, as the request had it."""
        if isinstance(like, bool):
            return text == "true"
        if isinstance(like, int) and re.fullmatch(r"-?\d+", text):
            return int(text)
        return text

    def _leave_out(self, _operation, _types, parameters):
        found = list(places(parameters))
        if found:
            _, holder, key = self.dice.choice(found)
            del holder[key]

    def _double(self, _operation, _types, parameters):
        lists = [holder[key] for _, holder, key in places(parameters)
                 if isinstance(holder[key], list) and holder[key]]
        if lists:
            chosen = self.dice.choice(lists)
            chosen.insert(self.dice.randrange(len(chosen) + 1),
                          copy.deepcopy(self.dice.choice(chosen)))

    def _add(self, operation, types, parameters):
        """A member of the request itself, as another request of the operation had it."""
        known = sorted(path for name, path in self.words.values
                       if name == operation.name and "." not in path and path not in parameters)
        if known:
            path = self.dice.choice(known)
            like = {"boolean": True, "integer": 1, "long": 1}.get(
                types.get(path, {}).get("type"), "")
            parameters[path] = self._typed(
                self.dice.choice(self.words.values[operation.name, path]), like)


class Tally:
    def __init__(self):
        self.sent = collections.Counter()
        self.taken = collections.Counter()

    def lacks(self, action):
        """Whether no mutant of the operation has succeeded so far."""
        return not self.taken[action]

    def share(self):
        return self.taken.total() / max(self.sent.total(), 1)


class MutatingClient(golden.Client):
    """A client whose calls that succeed are followed by mutants of them."""

    fuzz = None  # the Fuzz that it is part of

    def _send(self, operation, request):
        try:
            answer = super()._send(operation, request)
        except http.client.InvalidURL:
            raise
        except (http.client.HTTPException, OSError) as error:
            raise Finding(f"no answer: {error!r}") from error
        check(answer)
        return answer

    def _recorded(self, action, parameters, must=None, in_brief=False):
        # What ends something succeeds but once: its mutants have to come first.
        may_succeed = must == "succeed" or (
            in_brief and self.fuzz.makes_up and self.fuzz.tally.lacks(action))
        is_first = may_succeed and self._mutate_first(action, parameters)
        answer = super()._recorded(action, parameters, must, in_brief)
        self._learn(action, parameters, answer)
        if in_brief and not answer.is_refusal:
            self.fuzz.plays_of[action].add(self.fuzz.play)
        if not is_first and not answer.is_refusal:
            self._mutate(action, parameters)
        return answer

    def quiet(self, action, parameters=None, **more):
        parameters = {**(parameters or {}), **more}
        is_first = self._mutate_first(action, parameters)
        answer = super().quiet(action, parameters)
        self._learn(action, parameters, answer)
        if not is_first:
            self._mutate(action, parameters)
        return answer

    def _mutate_first(self, action, parameters):
        self.fuzz.plays_of[action].add(self.fuzz.play)
        is_first = self.fuzz.dice.random() < (3 / 4 if self.fuzz.tally.lacks(action) else 1 / 2)
        if is_first:
            self._mutate(action, parameters)
        return is_first

    def _learn(self, action, parameters, answer):
        if not answer.is_refusal:
            self.fuzz.words.learn(facts.operations()[action], parameters, answer)

    def _mutate(self, action, parameters):
        if not self.fuzz.mutates(action):
            return
        operation = facts.operations()[action]
        for _ in range(MUTANTS):
            mutated = self.fuzz.mutator.mutant(operation, parameters,
                                               self.fuzz.tally.lacks(action))
            request = golden.Request(operation, mutated)
            self.fuzz.last = f"{self.account} {self.region} {action} {json.dumps(mutated, default=repr)}"
            try:
                answer = self._send(operation, request)
            except (ValueError, http.client.InvalidURL):
                self._server.forget_request()  # Python's client does not send such a header or path
                continue
            self.fuzz.tally.sent[action] += 1
            self.fuzz.tally.taken[action] += not answer.is_refusal


class MutatingEmulator(Emulator):
    def client(self, account, region="us-east-1"):
        return MutatingClient(self._server, self.recorder, account, region)


def check(answer):
    # S3's code for what is not offered has that status.
    if answer.status >= 500 and (answer.service, answer.status) != ("s3", 501):
        raise Finding(f"answered with {answer.status}: {answer.text[:500]}")
    if answer.is_refusal and answer.service not in ("ebs", "rbin", "s3") and not answer.code:
        raise Finding(f"a refusal without a code: {answer.text[:500]}")
    try:
        if answer.service in ("ec2", "iam", "sts"):
            xml.etree.ElementTree.fromstring(answer.body)
        elif answer.body[:1] in (b"{", b"["):
            json.loads(answer.body)
    except (xml.etree.ElementTree.ParseError, ValueError) as error:
        raise Finding(f"no document ({error}): {answer.text[:500]}") from error


class Fuzz:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.words = Words()
        self.mutator = Mutator(self.dice, self.words)
        self.tally = Tally()
        self.last = ""
        self.is_mutating = False
        self.makes_up = False  # plays what has operations that no mutant of has succeeded
        self._mutated = {}
        self.play = ""
        self.plays_of = collections.defaultdict(set)  # by operation
        MutatingClient.fuzz = self

    def mutates(self, action):
        """In one play some operations, so that it goes on to its end; those that no mutant of has
        succeeded so far always."""
        if not self.is_mutating:
            return False
        if action not in self._mutated:
            self._mutated[action] = self.dice.random() < 1 / 3
        return self._mutated[action] or self.tally.lacks(action)

    def lacking(self):
        """Scenarios with operations that no mutant of has succeeded so far."""
        return set().union(*(plays for action, plays in self.plays_of.items()
                             if self.tally.lacks(action)))

    def play_all(self, chosen, deadline=float("inf")):
        """Each of the scenarios once, unless the deadline has passed: then none more."""
        by_options = collections.defaultdict(list)
        for name in sorted(chosen):
            by_options[tuple(scenarios.OPTIONS.get(name, ()))].append(name)
        for options, names in by_options.items():
            self.dice.shuffle(names)
            with Server(*options) as server:
                for name in names:
                    if time.monotonic() >= deadline:
                        break
                    self._play(name, server)
                log = [line for line in server.log().splitlines()
                       if "[error]" in line or "[critical]" in line]
                if log:
                    raise Finding("the log says " + "\n".join(log[:10]))

    def _play(self, name, server):
        self._mutated.clear()
        self.play = name
        recorder = Recorder()
        recorder.begin(name)
        emulator = MutatingEmulator(server, recorder)
        emulator.start_anew()
        try:
            scenarios.ALL[name](emulator)
        except Finding:
            raise
        except (KeyError, IndexError, ValueError, TypeError, RuntimeError, AssertionError):
            server.forget_request()  # mutants had taken away what it needs
        except Exception as error:
            raise Finding(f"{name}: {type(error).__name__}: {error}") from error


def keep(seed, fuzz, finding):
    FINDINGS.mkdir(parents=True, exist_ok=True)
    text = f"seed {seed}\n{fuzz.last}\n{finding}\n"
    path = FINDINGS / f"served-{seed}"
    path.write_text(text)
    print(f"fuzz: served, seed {seed}: failed; {path.relative_to(ROOT)} has it\n{text}", end="")


def shortcomings(tally):
    missing = sorted(facts.operations().keys() - +tally.taken)
    if tally.share() < LEAST_SHARE:
        yield f"{tally.share():.0%} of the mutants succeeded"
    if missing:
        yield f"no mutant succeeded of {', '.join(missing)}"


def main():
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1, 2**31)
    fuzz = Fuzz(seed)
    end = time.monotonic() + seconds
    try:
        fuzz.play_all(scenarios.ALL)  # to learn what requests have, and which scenario has which
        fuzz.is_mutating = True
        fuzz.play_all(scenarios.ALL)
        fuzz.makes_up = True
        for _ in range(MOST_ROUNDS):
            fuzz.play_all(fuzz.lacking())
        fuzz.makes_up = False
        while time.monotonic() < end:
            fuzz.play_all(scenarios.ALL, end)
    except Finding as finding:
        keep(seed, fuzz, finding)
        return 1
    tally = fuzz.tally
    print(f"fuzz: served, seed {seed}: {tally.sent.total()} mutants of {len(+tally.sent)} operations, "
          f"{tally.share():.0%} succeeded")
    short = list(shortcomings(tally))
    for one in short:
        print(f"fuzz: served, seed {seed}: {one}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
