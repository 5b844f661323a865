"""Calls as one account in one region, of any served operation, and how they get recorded."""

import json
import re
import urllib.parse

import facts
from recorder import short

FORM = "application/x-www-form-urlencoded; charset=utf-8"
HOST = "127.0.0.1:4566"
CODE = re.compile(r"<Code>([^<]*)</Code>")
MESSAGE = re.compile(r"<Message>([^<]*)</Message>")
ID = re.compile(r"\b(?:ami|i|vol|snap|subnet|vpc|sg|r|key|pg|amiur|replacevol|sir|import-snap|import-ami|import-i|import-vol)-[0-9a-f]{8,}\b")
MOST_IDS = 6
LONGEST_BODY = 600
USUAL = ("123456789012", "us-east-1")  # the caller that titles do not name
DRY_RUN = "DryRunOperation"


class Answer:
    def __init__(self, service, status, reason, headers, body):
        self.service = service
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def is_refusal(self):
        return self.status >= 400

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a refusal; empty when it has none."""
        found = CODE.search(self.text)
        if found:
            return found.group(1)
        headers = {name.lower(): value for name, value in self.headers}
        if "x-amzn-errortype" in headers:
            return headers["x-amzn-errortype"]
        return self._member("__type") if self._is_json else ""

    @property
    def message(self):
        found = MESSAGE.search(self.text)
        if found:
            return found.group(1)
        return self._member("Message") or self._member("message") if self._is_json else ""

    @property
    def _is_json(self):
        return self.body[:1] in (b"{", b"[")

    def next_page(self, operation):
        """What the request for the page behind this one has of its own; empty: there is none."""
        _, begins = operation.page_parameters
        token = self._all(begins)[:1] if begins == "Marker" else self.next_token
        return {begins: token[0]} if operation.has_pages and token else {}

    @property
    def next_token(self):
        return self._all("nextToken")[:1] or self._all("NextToken")[:1]

    def __getitem__(self, name):
        """The first element or member of that name."""
        found = self._all(name)
        if not found:
            raise KeyError(f"no {name} in {self.text[:2000]}")
        return found[0]

    def all(self, name):
        return self._all(name)

    def _all(self, name):
        if self._is_json:
            return list(_members(self.json, name))
        return re.findall(f"<{name}>([^<]*)</{name}>", self.text)

    def _member(self, name):
        return next(_members(self.json, name), "")

    def gist(self):
        """What a call in brief is recorded with: the refusal, or what was found."""
        if self.is_refusal:
            return f"{self.code} {self.text if self._is_json else self.message}".strip()
        ids = list(dict.fromkeys(ID.findall(self.text)))
        more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
        return f"{len(self.body)} bytes: {' '.join(ids[:MOST_IDS]) or 'no ids'}{more}"


def _members(value, name):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == name:
                yield member
            else:
                yield from _members(member, name)
    elif isinstance(value, list):
        for one in value:
            yield from _members(one, name)


def flat(value, prefix=""):
    """A request as the ec2 and query protocols write it: lists counted from 1, dots between."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from flat(member, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        for number, member in enumerate(value, 1):
            yield from flat(member, f"{prefix}.{number}")
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    else:
        yield prefix, str(value)


def filters(**wanted):
    """filters(instance_type="t3.*"): Filter.1 and so on; the underscore stands for a hyphen."""
    return filter_list({name.replace("_", "-"): value for name, value in wanted.items()})


def filter_list(wanted):
    return {"Filter": [{"Name": name, "Value": value if isinstance(value, list) else [value]}
                       for name, value in wanted.items()]}


def credential(account, region, service):
    return ("AWS4-HMAC-SHA256 Credential="
            f"{account}/20260102/{region}/{service}/aws4_request, "
            "SignedHeaders=host, Signature=00")


class Request:
    """One HTTP request of an operation, and what sums it up."""

    def __init__(self, operation, parameters):
        self.method, self.path, self.query, self.headers, self.body = "POST", "/", [], [], b""
        self.parameters = parameters
        getattr(self, "_" + operation.protocol.replace("-", "_"))(operation, parameters)

    @property
    def target(self):
        return self.path + (f"?{urllib.parse.urlencode(self.query)}" if self.query else "")

    def summary(self):
        """Everything but the headers that all calls have."""
        words = [self.method, self.target]
        if dict(self.headers)["Content-Type"] == FORM:
            words += [f"{name}={short(value)}" for name, value in self.parameters.items()]
        else:
            words += [f"{name}={value}" for name, value in self.headers[1:]
                      if name != "X-Amz-Target"]
            is_short = len(self.body) <= LONGEST_BODY
            words.append(self.body.decode() if is_short else short(self.body))
        return " ".join(words).rstrip()

    def _ec2(self, operation, parameters):
        self.parameters = dict(flat(parameters))
        form = {"Action": operation.name, "Version": operation.version, **self.parameters}
        self.headers = [("Content-Type", FORM)]
        self.body = urllib.parse.urlencode(form).encode()

    _query = _ec2

    def _json(self, operation, parameters):
        self.headers = [("Content-Type", "application/x-amz-json-1.1"),
                        ("X-Amz-Target", f"{operation.target_prefix}.{operation.name}")]
        self.body = json.dumps(parameters).encode()

    def _rest_json(self, operation, parameters):
        self.method, self.path = operation.http["method"], operation.http["uri"]
        self.headers = [("Content-Type", "application/json")]
        body = {}
        for name, value in parameters.items():
            member = operation.members.get(name, {})
            place, wire_name = member.get("location"), member.get("wire_name")
            if isinstance(value, bytes):
                self.body = value
            elif place == "uri":
                self.path = self.path.replace(f"{{{wire_name}}}",
                                              urllib.parse.quote(str(value), safe=""))
            elif place == "querystring":
                self.query += [(wire_name, one)
                               for one in (value if isinstance(value, list) else [value])]
            elif place == "header":
                self.headers.append((wire_name, str(value)))
            else:
                body[name] = value
        if self.method in ("POST", "PATCH") and not self.body:
            self.body = json.dumps(body).encode()

    def _rest_xml(self, operation, parameters):
        """What the operation has no member for is a header of its own; the body is bytes."""
        self.method = operation.http["method"]
        self.path, _, static = operation.http["uri"].partition("?")
        self.query = [(name, value) for name, _, value in
                      (one.partition("=") for one in static.split("&")) if name]
        self.headers = [("Content-Type", "application/xml")]
        for name, value in parameters.items():
            member = operation.members.get(name, {"location": "header", "wire_name": name})
            place, wire_name = member.get("location"), member.get("wire_name")
            if isinstance(value, bytes):
                self.body = value
            elif place == "uri":
                label = "{Key+}" if wire_name == "Key" else f"{{{wire_name}}}"
                self.path = self.path.replace(label, urllib.parse.quote(str(value)))
            elif place == "querystring":
                self.query.append((wire_name, str(value)))
            elif wire_name == "Content-Type":
                self.headers[0] = (wire_name, str(value))
            else:
                self.headers.append((wire_name, str(value)))


class Client:
    def __init__(self, server, recorder, account, region):
        self._server = server
        self._recorder = recorder
        self.account = account
        self.region = region
        self.name = "" if (account, region) == USUAL else f" as {account} in {region}"

    def __call__(self, action, parameters=None, **more):
        """A recorded call that must succeed."""
        return self._recorded(action, {**(parameters or {}), **more}, must="succeed")

    def refused(self, action, parameters=None, **more):
        """A recorded call that must be refused."""
        return self._recorded(action, {**(parameters or {}), **more}, must="be refused")

    def tried(self, action, parameters=None, **more):
        """A recorded call that may end in either way."""
        return self._recorded(action, {**(parameters or {}), **more})

    def brief(self, action, parameters=None, **more):
        """A recorded call of whose answer only the gist is kept."""
        return self._recorded(action, {**(parameters or {}), **more}, in_brief=True)

    def quiet(self, action, parameters=None, **more):
        """A call that is not recorded and must succeed: what a scenario begins with."""
        operation = facts.operations()[action]
        answer = self._send(operation, Request(operation, {**(parameters or {}), **more}))
        if answer.is_refusal:
            raise RuntimeError(f"{action} {parameters} {more}: {answer.text}")
        self._recorder.learn(answer)
        return answer

    def pages(self, action, size, parameters=None, **more):
        """All pages of a listing, recorded one by one."""
        operation = facts.operations()[action]
        parameters = {**(parameters or {}), **more, operation.page_parameters[0]: size}
        answers = [self(action, parameters)]
        while following := answers[-1].next_page(operation):
            answers.append(self(action, {**parameters, **following}))
        return answers

    def two_pages(self, action, size=5, **more):
        """The first page of a listing and the one behind it, recorded in brief."""
        first = self.brief(action, **more, MaxResults=size)
        return self.brief(action, **more, MaxResults=size, NextToken=first.next_token[0])

    def dry(self, action, parameters=None, **more):
        """A dry run that must say that the call would succeed."""
        answer = self._recorded(action, {**(parameters or {}), **more, "DryRun": True},
                                in_brief=True)
        if answer.code != DRY_RUN:
            self._recorder.complain(f"the dry run of {action} was answered with {answer.gist()}")
        return answer

    def _send(self, operation, request):
        headers = [("Host", HOST),
                   ("Authorization", credential(self.account, self.region, operation.service)),
                   *request.headers]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(len(request.body))))
        return Answer(operation.service,
                      *self._server.send(request.method, request.target, headers, request.body))

    def _recorded(self, action, parameters, must=None, in_brief=False):
        operation = facts.operations()[action]
        request = Request(operation, parameters)
        answer = self._send(operation, request)
        self._recorder.learn(answer)
        self._recorder.add_call(operation, self, request, answer, in_brief)
        if must is not None and answer.is_refusal != (must == "be refused"):
            self._recorder.complain(f"{action} was to {must}: {answer.status} {answer.text[:600]}")
        return answer
