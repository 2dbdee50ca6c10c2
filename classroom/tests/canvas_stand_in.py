"""As much of Canvas's REST interface as a comment with a file needs, on loopback: it answers as its documentation says."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "7~a-secret"


class StandIn:
    """What it was asked, and what it keeps.

    Attributes
    ----------
    comments : dict
        Number of a user -> [(text, attempt, names of files, contents)].
    trouble : list
        Answers to give first: (status, headers, body), each once.
    """

    def __init__(self, users: dict[str, int]):
        self.users, self.comments, self.trouble = users, {user: [] for user in users}, []
        self.lose_the_next_answer = False
        self.uploads: dict[int, tuple[str, bytes]] = {}
        self.asked: list[tuple[str, str, str]] = []  # method, path, Authorization

    @contextlib.contextmanager
    def serving(self):
        """Its address of the assignment."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"of": self}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield f"{self.base}/courses/7/assignments/42"
        finally:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    of: StandIn

    def log_message(self, *arguments):
        pass

    def _answer(self, status: int, content: object = None, **headers: str):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _do(self):
        path, _, _ = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.of.asked.append((self.command, path, self.headers.get("Authorization") or ""))
        if path == "/elsewhere/upload":
            return self._upload(body)
        if self.of.trouble:
            status, headers, said = self.of.trouble.pop(0)
            return self._answer(status, said, **headers)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._answer(401, {"errors": [{"message": "Invalid access token."}]})
        if match := re.fullmatch(r"/api/v1/files/(\d+)", path):
            return self._answer(200, {"id": int(match[1])})
        match = re.fullmatch(r"/api/v1/courses/7/assignments/42/submissions/(\d+)(/comments/files)?", path)
        if not match or match[1] not in self.of.users:
            return self._answer(404, {"errors": [{"message": "The specified resource does not exist."}]})
        form = urllib.parse.parse_qs(body.decode("utf-8", "replace"))
        if match[2]:
            return self._answer(
                200,
                {
                    "upload_url": f"{self.of.base}/elsewhere/upload",
                    "upload_params": {"key": "k", "name": form["name"][0]},
                },
            )
        kept = self.of.comments[match[1]]
        if self.command == "PUT":
            files = [self.of.uploads[int(one)] for one in form["comment[file_ids][]"]]
            kept.append((form["comment[text_comment]"][0], form["comment[attempt]"][0], files))
            if self.of.lose_the_next_answer:
                self.of.lose_the_next_answer = False
                return self._answer(502, b"Bad Gateway")
        return self._answer(
            200, {"attempt": self.of.users[match[1]], "submission_comments": [{"comment": one[0]} for one in kept]}
        )

    def _upload(self, body: bytes):
        assert not self.headers.get("Authorization")  # the token is Canvas's alone
        boundary = self.headers["Content-Type"].partition("boundary=")[2].encode()
        parts = body.split(b"--" + boundary)[1:-1]
        assert b'name="key"' in parts[0] and b'name="file"' in parts[-1]  # the file comes last
        name = re.search(rb'filename="([^"]+)"', parts[-1])[1].decode()
        number = len(self.of.uploads) + 1
        self.of.uploads[number] = (name, parts[-1].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n"))
        self._answer(303, b"", Location=f"{self.of.base}/api/v1/files/{number}")

    do_GET = do_POST = do_PUT = _do
