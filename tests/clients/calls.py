"""API calls as bare HTTP, for what the SDKs refuse to send or hide from their callers."""

import http.client
import urllib.parse
import xml.etree.ElementTree

VERSION = "2016-11-15"
FORM = "application/x-www-form-urlencoded"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def xml(self):
        """The body's tree, without name spaces."""
        tree = xml.etree.ElementTree.fromstring(self.body)
        for element in tree.iter():
            element.tag = element.tag.rsplit("}", 1)[-1]
        return tree

    @property
    def code(self):
        """The error code; None for a success."""
        return self.xml.findtext(".//Error/Code")

    @property
    def message(self):
        return self.xml.findtext(".//Error/Message")

    @property
    def request_id(self):
        return self.xml.findtext(".//RequestId") or self.xml.findtext(".//RequestID") \
            or self.xml.findtext("requestId")


def authorization(account, region="us-east-1", service="ec2"):
    """A header whose credential scope is right; the signature is not looked at."""
    return ("AWS4-HMAC-SHA256 Credential="
            f"{account}/20260102/{region}/{service}/aws4_request, "
            "SignedHeaders=host, Signature=00")


def send(server, method, target, body=None, headers=None):
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, target, body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def call(server, action=None, method="POST", headers=None, **parameters):
    """One EC2 call. `parameters` may hold names with dots by way of **{"Owner.1": "self"}."""
    pairs = {"Version": VERSION, **parameters}
    if action is not None:
        pairs = {"Action": action, **pairs}
    form = urllib.parse.urlencode(pairs)
    headers = dict(headers or {})
    if method == "GET":
        return send(server, "GET", f"/?{form}", headers=headers)
    headers.setdefault("Content-Type", FORM)
    return send(server, method, "/", form.encode(), headers)
