"""Checks AWS signatures, version 4, by the text of the specification."""
import calendar
import hashlib
import hmac
import time

SERVICE = "dynamodb"
ALGORITHM = "AWS4-HMAC-SHA256"
# DynamoDB takes a signature for five minutes to both sides.
WINDOW_S = 300

MISMATCH = """The request signature we calculated does not match the \
signature you provided. Check your AWS Secret Access Key and signing method. \
Consult the service documentation for details.

The Canonical String for this request should have been
'{}'

The String-to-Sign should have been
'{}'
"""


class Refusal(Exception):
    """An answer with an error: HTTP status, type and message."""

    def __init__(self, kind, message, status=400, **members):
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.message = message
        self.members = members


def hmac_sha256(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def unix_time(stamp):
    return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))


class Verifier:
    """Knows the secrets and the clock; says whether a request is signed."""

    def __init__(self, secrets, region, token=None):
        self.secrets = dict(secrets)
        self.region = region
        self.token = token
        self.expired = set()
        self.clock_offset_s = 0
        self.skew_kind = "InvalidSignatureException"
        self.keys = {}
        self.failures = 0
        self.last_failure = ""

    def now(self):
        return time.time() + self.clock_offset_s

    def check(self, method, path, headers, body):
        """'headers': name in lower case -> value; raises Refusal."""
        try:
            self._check(method, path, headers, body)
        except Refusal as refusal:
            if refusal.kind in ("InvalidSignatureException",
                                "IncompleteSignatureException",
                                "RequestTimeTooSkewed"):
                self.failures += 1
                self.last_failure = refusal.message
            raise

    def _check(self, method, path, headers, body):
        fields = self._fields(headers)
        access_key, *scope = fields["Credential"].split("/")
        stamp = headers.get("x-amz-date", "")
        if len(scope) != 4 or scope[1:] != [self.region, SERVICE,
                                            "aws4_request"]:
            raise Refusal("InvalidSignatureException", "Credential should be "
                          f"scoped to {self.region}/{SERVICE}/aws4_request.")
        if access_key not in self.secrets:
            raise Refusal("UnrecognizedClientException", "The security token "
                          "included in the request is invalid.")
        self._check_time(stamp, scope[0])
        signed = fields["SignedHeaders"].split(";")
        self._check_names(signed, headers)
        self._check_signature(fields, method, path, headers, body,
                              (access_key, scope, stamp, signed))
        if self.token and headers.get("x-amz-security-token") != self.token:
            raise Refusal("UnrecognizedClientException", "The security token "
                          "included in the request is invalid.")
        if access_key in self.expired:
            raise Refusal("ExpiredTokenException", "The security token "
                          "included in the request is expired")

    @staticmethod
    def _fields(headers):
        text = headers.get("authorization")
        if text is None:
            raise Refusal("MissingAuthenticationTokenException",
                          "Request is missing Authentication Token")
        algorithm, _, rest = text.partition(" ")
        fields = dict(part.strip().partition("=")[::2]
                      for part in rest.split(","))
        if algorithm != ALGORITHM or not {"Credential", "SignedHeaders",
                                          "Signature"} <= fields.keys():
            raise Refusal("IncompleteSignatureException",
                          "Authorization header is not as it should be.")
        return fields

    def _check_time(self, stamp, day):
        try:
            signed_at = unix_time(stamp)
        except ValueError:
            raise Refusal("IncompleteSignatureException",
                          "Date must be in ISO-8601 'basic format'. "
                          f"Got '{stamp}'.") from None
        if stamp[:8] != day:
            raise Refusal("InvalidSignatureException",
                          "Date in Credential scope does not match "
                          "YYYYMMDD from ISO-8601 version of date.")
        now = self.now()
        if abs(now - signed_at) > WINDOW_S:
            word, order = (("expired", "earlier") if signed_at < now else
                           ("not yet current", "later"))
            text = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
            raise Refusal(self.skew_kind, f"Signature {word}: {stamp} is now "
                          f"{order} than {text} (5 min.)")

    @staticmethod
    def _check_names(signed, headers):
        required = {"host"} | {name for name in headers
                               if name.startswith("x-amz-")}
        for name in required - set(signed):
            raise Refusal("InvalidSignatureException",
                          f"'{name}' must be a 'SignedHeader'.")
        for name in set(signed) - headers.keys():
            raise Refusal("InvalidSignatureException",
                          f"'{name}' is signed but was not sent.")

    def _check_signature(self, fields, method, path, headers, body, parts):
        access_key, scope, stamp, signed = parts
        canonical = "\n".join(
            [method, path, ""] +
            [f"{name}:{' '.join(headers[name].split())}" for name in signed] +
            ["", ";".join(signed), hashlib.sha256(body).hexdigest()])
        to_sign = "\n".join(
            [ALGORITHM, stamp, "/".join(scope),
             hashlib.sha256(canonical.encode()).hexdigest()])
        key = self._key(access_key, scope)
        signature = hmac_sha256(key, to_sign).hex()
        if not hmac.compare_digest(signature, fields["Signature"]):
            raise Refusal("InvalidSignatureException",
                          MISMATCH.format(canonical, to_sign))

    def _key(self, access_key, scope):
        name = (access_key, self.secrets[access_key], *scope)
        key = self.keys.get(name)
        if key is None:
            key = ("AWS4" + self.secrets[access_key]).encode()
            for part in scope:
                key = hmac_sha256(key, part)
            self.keys[name] = key
        return key
