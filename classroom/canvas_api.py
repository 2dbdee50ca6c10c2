"""Canvas's REST interface, as far as a comment with a file needs it.

See Canvas's documentation: Submission Comments ("Upload a file"), Submissions ("Grade or comment on a submission"), and
File Uploads.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from classroom.errors import ClassroomError

ATTEMPTS = 5
TIMEOUT = 60  # seconds
LONGEST = 60.0  # seconds that one wait may take
_ASSIGNMENT = re.compile(
    r"(?P<base>https?://[^/?#]+)(?P<api>/api/v1)?/courses/(?P<course>\d+)/assignments/(?P<assignment>\d+)/?"
)


class Unsent(Exception):
    """Why Canvas did not take one learner's page."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        """A token must not follow to another host: see `CanvasAssignment._upload`."""
        return None


class CanvasAssignment:
    """One assignment of a Canvas course.

    Parameters
    ----------
    url : str
        As in a browser: https://HOST/courses/1/assignments/2.
    token : str
        Of a person who may comment; it is sent to this host alone, and never printed.
    variable : str
        The environment variable that it came from, for messages.
    """

    def __init__(self, url: str, token: str, variable: str):
        match = _ASSIGNMENT.fullmatch(url.split("?")[0].split("#")[0])
        if not match:
            raise ClassroomError(f"'{url}' is no address of an assignment: write https://HOST/courses/1/assignments/2.")
        host = urllib.parse.urlsplit(match["base"]).hostname or ""
        if match["base"].startswith("http:") and host not in ("127.0.0.1", "localhost", "::1"):
            raise ClassroomError("The address begins with http: and the token could be read on the way; write https:.")
        if not token.strip():
            raise ClassroomError(
                f"Canvas needs a token: in Canvas, Account, Settings, 'New Access Token'; then, in this terminal, "
                f"read -rs {variable} && export {variable}"
            )
        if not token.strip().isprintable() or not token.isascii():
            raise ClassroomError(f"{variable} does not hold a token.")
        self.base, self.token, self.variable = match["base"], token.strip(), variable
        self.shown = f"{self.base}/courses/{match['course']}/assignments/{match['assignment']}"
        self.path = f"{self.base}/api/v1/courses/{match['course']}/assignments/{match['assignment']}/submissions/"
        self._open = urllib.request.build_opener(_NoRedirect).open
        self.sleep = time.sleep

    def comment(self, user: str, text: str, files: dict[str, bytes], mark: str) -> None:
        """Upload files and comment with them on the last attempt of one learner, unless that was done before.

        Parameters
        ----------
        user : str
            The learner's number in Canvas.
        text : str
        files : dict
            Name -> content.
        mark : str
            Stands in the comment: one with it is not made again, though an earlier run did not live to know of it.

        Raises
        ------
        Unsent
        """
        submission = self._json("GET", f"{self.path}{user}?include[]=submission_comments")
        if self._has(submission, mark):
            return
        ids = [self._upload(user, name, content) for name, content in files.items()]
        form = [("comment[text_comment]", f"{text} (page {mark})"), *(("comment[file_ids][]", str(one)) for one in ids)]
        if submission.get("attempt"):  # else it lands on the first attempt
            form.append(("comment[attempt]", str(submission["attempt"])))
        for attempt in range(ATTEMPTS):
            try:
                self._json("PUT", f"{self.path}{user}", form, again=False)
                return
            except _Unclear as why:  # it may have arrived
                if attempt == ATTEMPTS - 1:
                    raise Unsent(str(why)) from None
                self.sleep(min(2.0**attempt, LONGEST))
                if self._has(self._json("GET", f"{self.path}{user}?include[]=submission_comments"), mark):
                    return

    @staticmethod
    def _has(submission: dict, mark: str) -> bool:
        said = submission.get("submission_comments") or ()
        return any(f"(page {mark})" in str(one.get("comment")) for one in said if isinstance(one, dict))

    def _upload(self, user: str, name: str, content: bytes) -> Any:
        """The three steps of a file upload; the id of the file."""
        form = [("name", name), ("size", str(len(content))), ("content_type", "text/html")]
        asked = self._json("POST", f"{self.path}{user}/comments/files", form)
        if not isinstance(asked.get("upload_url"), str):
            raise Unsent("Canvas gave no address for the upload")
        boundary = secrets.token_hex(16)
        body = b""
        for field, value in (asked.get("upload_params") or {}).items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        quoted = name.replace('"', "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        body += f"{head}Content-Type: text/html\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        status, headers, answer = self._call("POST", asked["upload_url"], body, kind)
        location = headers.get("Location")
        if location and (300 <= status < 400 or status == 201):
            there = urllib.parse.urljoin(asked["upload_url"], location)
            status, headers, answer = self._call("GET", there)
        found = self._parsed(status, answer)
        if found.get("id") is None:
            raise Unsent(f"the upload of {name} gave no file (status {status})")
        return found["id"]

    def _json(self, method: str, url: str, form: list | None = None, again: bool = True) -> dict:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        status, _, answer = self._call(method, url, body, kind, again)
        return self._parsed(status, answer)

    @staticmethod
    def _parsed(status: int, answer: bytes) -> dict:
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unsent(f"Canvas's answer is not understood (status {status})")
        return found

    def _call(
        self, method: str, url: str, body: bytes | None = None, headers: dict | None = None, again: bool = True
    ) -> tuple[int, Any, bytes]:
        """One request, with patience for limits and for a server in trouble; only Canvas itself gets the token."""
        headers = {"User-Agent": "classroom", "Accept": "application/json", **(headers or {})}
        if url.startswith(f"{self.base}/api/"):
            headers["Authorization"] = f"Bearer {self.token}"
        where = urllib.parse.urlsplit(url).path
        why = ""
        for attempt in range(ATTEMPTS):
            wait = min(2.0**attempt, LONGEST)
            try:
                with self._open(urllib.request.Request(url, body, headers, method=method), timeout=TIMEOUT) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                said = error.read(4096)
                if 300 <= error.code < 400 and error.headers.get("Location"):
                    return error.code, error.headers, said
                limited = error.code == 429 or error.code == 403 and b"rate limit" in said.lower()
                if error.code == 401:
                    raise ClassroomError(f"Canvas refuses the token in {self.variable} (status 401).") from None
                why = f"Canvas answers {error.code} to {method} {where}"
                if limited:
                    why = "Canvas's limit of requests was reached, again and again; run this again in a while"
                    after = error.headers.get("Retry-After") or ""
                    wait = min(float(after), LONGEST) if re.fullmatch(r"\d+(\.\d+)?", after) else wait
                elif error.code < 500:
                    raise Unsent(why) from None
                elif not again:
                    raise _Unclear(why) from None
            except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
                reason = getattr(error, "reason", None) or error
                why = f"{urllib.parse.urlsplit(url).hostname} does not answer ({type(reason).__name__})"
                if not again:
                    raise _Unclear(why) from None
            if attempt < ATTEMPTS - 1:
                self.sleep(wait)
        raise Unsent(why)


class _Unclear(Exception):
    """A request that may or may not have been carried out."""
