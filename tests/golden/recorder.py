"""What was asked and answered, as text that is the same on every run.

One block for each call: a title, the request in one line, status, headers without Date, body.
What the server draws from OpenSSL's generator stands as a name."""

import hashlib
import json
import re
import urllib.parse

TITLE = "== "
LONGEST_VALUE = 120
LONGEST_GIST = 300
REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id")
# What hangs on a private key: of another length each time, so that the header tells it too.
OF_A_KEY = re.compile(r"<(keyMaterial|keyFingerprint)>([^<]*)</")
# Temporary credentials, and when they end by the wall clock.
OF_CREDENTIALS = re.compile(r"<(AccessKeyId|SecretAccessKey|SessionToken|Expiration)>([^<]*)</")
# Encrypted to a key, with random padding.
PASSWORD = re.compile(r"<passwordData>([^<]+)</")
NUMBERED_TOKEN = re.compile(rb"\{token-\d+\}")
# Members of answers that are signed or sealed with a key.
SEALED = re.compile(r'(?:"(?:Block|FirstBlock|SecondBlock|Next)Token":"|<[nN]extToken>|<Marker>)([^"<]+)')


def digest(content):
    return hashlib.sha256(content).hexdigest()[:16]


def short(value):
    """A parameter's value for the line that sums up a request."""
    if isinstance(value, bytes):
        return f"<{len(value)} bytes, sha256 {digest(value)}>" if value else ""
    text = str(value)
    if len(text) > LONGEST_VALUE:
        return f"<{len(text)} characters, sha256 {digest(text.encode())}>"
    return json.dumps(text, ensure_ascii=True) if re.search(r"[^!-~]", text) else text


def brief(text):
    """A gist that is no longer than need be."""
    return text if len(text) <= LONGEST_GIST else \
        f"{text[:LONGEST_GIST]}... sha256 {digest(text.encode())}"


def lines_of(content):
    """A body that can be compared line by line: elements and members on lines of their own, the
    body's own line ends marked."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return [short(content)]
    if not text:
        return []
    if "\0" in text or len(text) > 100_000:
        return [short(content)]
    text = text.replace("\r", "\\r").replace("\n", "\\n\n")
    text = text.replace("><", ">\n<").replace(',"', ',\n"').replace("},{", "},\n{")
    return text.removesuffix("\n").split("\n")


class Call:
    """What the completeness check asks of a call."""

    def __init__(self, operation, status, code, parameters, has_next):
        self.operation = operation
        self.status = status
        self.code = code
        self.parameters = parameters
        self.has_next = has_next


class Recorder:
    def __init__(self):
        self.texts = {}  # by scenario
        self.calls = []
        self.problems = []
        self._blocks = None

    def begin(self, scenario):
        self._scenario = scenario
        self._blocks = []
        self._names = {}
        self._request_ids = {}
        self._tokens = 0

    def end(self):
        self.texts[self._scenario] = "\n".join(self._blocks)
        self._blocks = None

    def complain(self, text):
        self.problems.append(f"{self._scenario}: call {len(self._blocks)}: {text}")

    def learn(self, answer):
        """Gives names to what is random in an answer. Of calls that are not recorded too."""
        for token in SEALED.findall(answer.text):
            self._tokens += token not in self._names
            self._names.setdefault(token, f"{{token-{self._tokens}}}")
        for password in PASSWORD.findall(answer.text):
            self._names.setdefault(password, "{passwordData}")
        if "<keyMaterial>" in answer.text:
            for name, value in OF_A_KEY.findall(answer.text):
                self._names.setdefault(value, f"{{{name}}}")
        for name, value in OF_CREDENTIALS.findall(answer.text):
            self._names.setdefault(value, f"{{{name}}}")

    def named(self, text):
        for value, name in self._names.items():
            text = text.replace(value, name).replace(urllib.parse.quote(value, safe=""), name)
        return text

    def add_call(self, operation, client, request, answer, in_brief):
        """A call of a served operation, which counts for completeness."""
        self.calls.append(Call(operation.key, answer.status, answer.code, request.parameters,
                               bool(answer.next_page(operation))))
        self.add(f"{operation.service} {operation.name}{client.name}", request.summary(), answer,
                 in_brief)

    def add(self, title, summary, answer, in_brief=False):
        number = len(self._blocks) + 1
        own = next((value for name, value in answer.headers
                    if name.lower() in REQUEST_ID_HEADERS), None)
        name = "{request-id}"
        if own is not None:
            first = self._request_ids.setdefault(own, number)
            name = name if first == number else f"{{request-id of call {first}}}"
        body = answer.body
        if own is not None:
            body = body.replace(own.encode(), name.encode())
        body = self.named(body.decode("latin-1")).encode("latin-1")
        lines = [f"{TITLE}{number} {title}", self.named(summary),
                 f"{answer.status} {answer.reason}".rstrip()]
        if in_brief:
            lines += [brief(self.named(answer.gist()))]
            # Whichever token it is: the same list has the same sum.
            body = NUMBERED_TOKEN.sub(b"{token}", body)
            lines += [] if answer.is_refusal else [f"sha256 {digest(body)}"]
        else:
            has_key = b"<keyMaterial>" in body
            lines += [f"{key}: {name if value == own else value}" for key, value in answer.headers
                      if key.lower() != "date" and
                      not (has_key and key.lower() == "content-length")]
            lines += ["", *lines_of(body)]
        self._blocks.append("\n".join(lines) + "\n")
