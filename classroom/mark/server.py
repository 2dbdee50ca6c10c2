"""The server of the page on which a person marks. It listens on this machine only, which on a hub is not private: who
has not opened the printed link gets nothing, and no other page can make a grader's browser write.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
import signal
import tempfile
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import sqlalchemy.exc
from tornado import httpserver, netutil, web

from classroom import book
from classroom.errors import ClassroomError
from classroom.mark import answers
from classroom.report import notebooks
from classroom.words import amount, points
from proctor import cells
from proctor.plugin import access, hidden
from proctor.plugin.pages import Answers

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

HERE = Path(__file__).parent
LOCAL = {"127.0.0.1", "localhost", "::1"}  # names in the address bar; any other was made to lead here by somebody else
LONGEST_COMMENT = 20_000  # characters
MOST_AT_ONCE = 50  # answers in one request
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STATIC = {"mark.js": "text/javascript", "mark.css": "text/css"}


class Session:
    """One assignment of a class, open for marking.

    Parameters
    ----------
    course : nbgrader.coursedir.CourseDirectory
    assignment : str
    names : bool
        Whether the page says who wrote an answer.
    """

    def __init__(self, course: CourseDirectory, assignment: str, names: bool = False):
        self.course, self.assignment, self.names = course, assignment, names
        self.engine = access.engine_of(course.db_url, access.PATIENCE)
        self.released = notebooks.given(course, assignment)
        self._made = Answers()
        self._scheme_marks = hidden.marks_of(course.config)[1:]
        self._asked: dict[tuple[str, str], dict] = {}

    def close(self) -> None:
        """End what runs for it."""
        self._made.close()
        self.engine.dispose()

    def questions(self) -> list[book.Question]:
        """In the order of the notebooks."""
        places = {
            (notebook, cells.grade_id_of(cell)): place
            for notebook, content in self.released.items()
            for place, cell in enumerate(content)
        }
        with self.engine.connect() as connection:
            found = book.questions(connection, self.assignment)
        return sorted(found, key=lambda one: (one.notebook, places.get((one.notebook, one.cell), len(places))))

    def question(self, notebook: str, cell: str) -> book.Question | None:
        """One of this assignment's; None for any other name."""
        return next((one for one in self.questions() if (one.notebook, one.cell) == (notebook, cell)), None)

    def answers(self, question: book.Question) -> list[book.Answer]:
        """Everybody's, by name if the page shows names."""
        with self.engine.connect() as connection:
            found = book.answers(connection, question)
        return sorted(found, key=lambda one: (one.name, one.learner)) if self.names else found

    def asked(self, question: book.Question) -> dict:
        """Title of a question, and HTML of what was asked and of the mark scheme."""
        key = question.notebook, question.cell
        if key not in self._asked:
            try:
                source = notebooks.load(
                    notebooks.folder(self.course, self.course.source_directory, ".", self.assignment)
                    / f"{question.notebook}.ipynb"
                )
            except ValueError:  # graders may have a class without its sources
                source = []
            asked, scheme = answers.question_and_scheme(
                question, self.released.get(question.notebook, []), source, self._scheme_marks
            )
            texts = {
                name: [{"cell_type": "markdown", "metadata": {}, "source": text}]
                for name, text in (("asked", asked), ("scheme", scheme))
                if text
            }
            self._asked[key] = {
                "title": answers.title(question, asked),
                "asked": "",
                "scheme": "",
                **self._made.html(texts),
            }
        return self._asked[key]

    def html(self, question: book.Question, wanted: list[book.Answer]) -> dict[str, dict]:
        """HTML of answers by key, and what to say about each."""
        found, said = {}, {}
        for answer in wanted:
            folder = notebooks.folder(self.course, self.course.autograded_directory, answer.learner, self.assignment)
            try:
                content = notebooks.load(folder / f"{question.notebook}.ipynb")
                here = answers.of_notebook(content, self.released.get(question.notebook, []), question)
            except (ValueError, AttributeError):
                said[answer.key] = (
                    "The graded notebook cannot be read here: run nbgrader autograde, or copy autograded/."
                )
                continue
            found[answer.key] = here.cells
            if here.elsewhere:
                said[answer.key] = (
                    "Nothing stands below the question; this is what was written elsewhere in the notebook."
                )
            elif not here.cells:
                said[answer.key] = "Nothing is written below the question."
            if question.task and (files := answers.other_files(folder, self._released_folder())):
                said[answer.key] = f"{said.get(answer.key, '')} Handed in, too: {', '.join(files)}.".strip()
        made = self._made.html({key: content for key, content in found.items() if content})
        return {one.key: {"html": made.get(one.key, ""), "said": said.get(one.key, "")} for one in wanted}

    def _released_folder(self) -> Path:
        return notebooks.folder(self.course, self.course.release_directory, ".", self.assignment)


class Refused(web.HTTPError):
    """An answer with a status and a sentence."""

    def __init__(self, status: int, said: str, **more: Any):
        super().__init__(status)
        self.said, self.more = said, more


class Handler(web.RequestHandler):
    """What every request must be: asked for at this machine's own name, by somebody who has opened the link, and, where
    it writes, by the page itself.
    """

    session: Session
    keys: Keys

    def initialize(self, session: Session, keys: Keys) -> None:
        """Take what the application gives to all."""
        self.session, self.keys = session, keys

    def set_default_headers(self) -> None:
        """Nothing is loaded from elsewhere, kept, or shown inside another page; only the page's own script runs."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse everybody else."""
        if urlsplit(f"//{self.request.host}").hostname not in LOCAL:
            raise Refused(403, "This server answers at 127.0.0.1 only.")
        if not same(self.get_argument("token", ""), self.keys.link) and not same(
            self.get_cookie(self.keys.cookie, ""), self.keys.visitor
        ):
            raise Refused(403, "Open the link that `classroom mark` has printed: it holds the key.")
        if self.request.method not in ("GET", "HEAD"):
            origin = self.request.headers.get("Origin", "")
            if origin != f"{self.request.protocol}://{self.request.host}" or not same(
                self.request.headers.get("X-Page", ""), self.keys.page
            ):
                raise Refused(403, "Only the page itself may write. Load it again.")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """One sentence, as JSON."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, sqlalchemy.exc.SQLAlchemyError):
            self.set_status(503)
            said = access.sentence(error, self.session.course.db_url)
        else:
            said = error.said if isinstance(error, Refused) else "This request is not understood. Load the page again."
        self.finish(json.dumps({"said": said, **getattr(error, "more", {})}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Nothing of what was refused: the page says it."""
        if not isinstance(value, (web.HTTPError, sqlalchemy.exc.SQLAlchemyError)):
            super().log_exception(typ, value, tb)

    def asked_for(self, given: Any) -> book.Question:
        """The question that a request names; one of another assignment does not exist here."""
        found = self.session.question(str(given.get("notebook")), str(given.get("cell")))
        if found is None:
            raise Refused(404, f"{self.session.assignment} has no such question.")
        return found

    def named(self) -> dict:
        """The question that the address names."""
        return {name: self.get_query_argument(name, "") for name in ("notebook", "cell")}


class Keys(NamedTuple):
    """What must not be guessed. A cookie goes to every port of a machine, and on a hub other ports are other people's:
    it is bound to a path that only this server has.
    """

    link: str
    visitor: str
    page: str
    path: str
    cookie: str = "mark"


def same(given: str | None, wanted: str) -> bool:
    """Whether a secret is right, in a time that tells nothing."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), wanted.encode())


class Page(Handler):
    """The page. With the token of the link it first leaves a cookie."""

    def get(self) -> None:
        """Where the link was opened from elsewhere, only a step made by a page of this server's sends the cookie."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if self.get_query_argument("token", None) is not None:
            self.set_cookie(self.keys.cookie, self.keys.visitor, path=self.keys.path, httponly=True, samesite="Strict")
            named = {name: value for name, value in self.named().items() if value}
            place = f"{self.keys.path}?{urlencode(named)}" if named else self.keys.path
            self.finish(
                '<!DOCTYPE html><html lang="en"><title>mark</title>'
                f'<meta http-equiv="refresh" content="0; url={web.escape.xhtml_escape(place)}">'
                f'<a href="{web.escape.xhtml_escape(place)}">On to the page</a></html>'
            )
            return
        page = (HERE / "page.html").read_text(encoding="utf-8")
        self.finish(
            page.replace("{{ page }}", self.keys.page).replace(
                "{{ assignment }}", web.escape.xhtml_escape(self.session.assignment)
            )
        )


class Static(Handler):
    """The page's script and style."""

    def get(self, name: str) -> None:
        """One of the two."""
        self.set_header("Content-Type", f"{STATIC[name]}; charset=utf-8")
        self.finish((HERE / name).read_bytes())


class State(Handler):
    """A question with all that was given for it."""

    async def get(self) -> None:
        """Without the question's text where only what has changed is asked for."""
        questions = self.session.questions()
        named = self.named()
        question = self.asked_for(named) if named["cell"] else _first(questions)
        found = {
            "questions": [
                {"notebook": one.notebook, "cell": one.cell, "answers": one.answers, "waits": one.waits}
                for one in questions
            ],
            "notebook": question.notebook,
            "cell": question.cell,
            "maximum": question.maximum,
            "names": self.session.names,
            "answers": [self._about(number, one) for number, one in enumerate(self.session.answers(question), 1)],
        }
        if self.get_query_argument("given", "") != "only":
            found |= await self.application.settings["aside"](self.session.asked, question)
        self.finish(found)

    def _about(self, number: int, answer: book.Answer) -> dict:
        named = f"{answer.name or answer.learner} ({answer.learner})" if self.session.names else f"Answer {number}"
        return {
            "key": answer.key,
            "name": named,
            "auto": answer.auto,
            "said": answer.said,
            "extra": answer.extra,
            "blank": answer.blank,
            **answer.given._asdict(),
        }


class Texts(Handler):
    """What learners wrote, some answers at a time."""

    async def get(self) -> None:
        """HTML by key; keys of other questions have none."""
        question = self.asked_for(self.named())
        keys = set(self.get_query_argument("keys", "").split(",")[:MOST_AT_ONCE])
        wanted = [one for one in self.session.answers(question) if one.key in keys]
        self.finish(await self.application.settings["aside"](self.session.html, question, wanted))


class Give(Handler):
    """What a person gives: points, a comment, or that an answer waits again."""

    def post(self) -> None:
        """Written only if the answer still has what the page showed; else what it has now is told."""
        try:
            given = json.loads(self.request.body)
            key, was, now = str(given["key"]), book.Given(**given["was"]), book.Given(**given["now"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Refused(400, "This request is not understood. Load the page again.") from None
        question = self.asked_for(given)
        answer = self._answer(question, key)
        now = allowed(now, question, answer)
        if answer.given != was or not book.give(self.session.engine, question, answer, now):
            there = self._answer(question, key).given
            if there != now:  # else somebody gave the very same
                raise Refused(
                    409, f"Somebody else has meanwhile given {told(there)}. Yours is not saved.", **there._asdict()
                )
        self.finish(now._asdict())

    def _answer(self, question: book.Question, key: str) -> book.Answer:
        found = next((one for one in self.session.answers(question) if one.key == key), None)
        if found is None:
            raise Refused(404, f"{question.cell} has no such answer. Load the page again.")
        return found


def allowed(given: book.Given, question: book.Question, answer: book.Answer) -> book.Given:
    """What may be written, in the form in which nbgrader keeps it; Refused if it may not."""
    number, text = given.points, given.comment
    if isinstance(number, bool) or not isinstance(number, (int, float, type(None))):
        raise Refused(422, "Points are a number.")
    if number is not None and not 0 <= number <= question.maximum:  # also what is no number at all
        most = f"this question has at most {question.maximum:g}"
        shown = points(number) if -1e9 < number < 1e9 else "That"
        raise Refused(422, f"{shown}: {'points below 0 are not given' if number < 0 else most}. Nothing was changed.")
    if not isinstance(text, (str, type(None))) or not isinstance(given.waits, bool):
        raise Refused(400, "This request is not understood. Load the page again.")
    text = (text or "").replace("\0", "").encode("utf-8", "replace").decode().strip() or None
    if text and len(text) > LONGEST_COMMENT:
        raise Refused(
            422, f"The comment has {len(text):,} characters; {LONGEST_COMMENT:,} can be kept. It is not saved."
        )
    nothing = number is None and answer.auto is None
    return book.Given(None if number is None else float(number), text, given.waits or nothing)


def told(given: book.Given) -> str:
    """What an answer has, in words."""
    parts = ["no points" if given.points is None else points(given.points)]
    parts += [f"the comment “{given.comment}”"] if given.comment else []
    return " and ".join(parts)


def _first(questions: list[book.Question]) -> book.Question:
    return next((one for one in questions if one.waits), questions[0])


class Listening:
    """A server that runs; `port` is where."""

    def __init__(self, session: Session, port: int):
        self._thread = ThreadPoolExecutor(1)  # laying answers out takes long, and must not hold up what is given
        link, visitor, page, place = (secrets.token_urlsafe(24) for _ in range(4))
        self.keys = Keys(link, visitor, page, f"/{place}/")
        shared = {"session": session, "keys": self.keys}
        at = self.keys.path
        application = web.Application(
            [
                (at, Page, shared),
                (f"{at}({'|'.join(STATIC)})", Static, shared),
                (f"{at}state", State, shared),
                (f"{at}texts", Texts, shared),
                (f"{at}give", Give, shared),
            ],
            default_handler_class=Nowhere,
            default_handler_args=shared,
            log_function=lambda handler: None,
            aside=self.aside,
        )
        sockets = netutil.bind_sockets(port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self._server = httpserver.HTTPServer(application, max_body_size=200_000)
        self._server.add_sockets(sockets)

    def aside(self, function: Callable, *arguments: Any) -> asyncio.Future:
        """Call a function in the one thread that lays out."""
        return asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def link(self, question: book.Question) -> str:
        """What a grader opens; whoever has it may mark."""
        named = {"token": self.keys.link, "notebook": question.notebook, "cell": question.cell}
        return f"http://127.0.0.1:{self.port}{self.keys.path}?{urlencode(named)}"

    async def stop(self) -> None:
        """Close the port."""
        self._server.stop()
        await self._server.close_all_connections()
        self._thread.shutdown()


class Nowhere(Handler):
    """Any other address."""

    def prepare(self) -> None:
        """As everywhere, then nothing."""
        super().prepare()
        raise Refused(404, "There is nothing here.")


async def serve(session: Session, question: book.Question, port: int, browser: bool) -> None:
    """Until it is stopped."""
    try:
        listening = Listening(session, port)
    except OSError as error:
        why = error.strerror or error
        raise ClassroomError(f"Port {port} cannot be used ({why}): give another with --port, or none.") from None
    print(f"{session.assignment}: {amount(sum(one.waits for one in session.questions()), 'answer')} to read.")
    print(f"Open {listening.link(question)}\nStop with Control + C: everything is saved at once.", flush=True)
    stopped = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows has no signals of this kind
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    early = listening.aside(session.asked, question)  # the process that lays out starts before it is asked for
    with tempfile.TemporaryDirectory(prefix="mark") as folder:
        if browser:
            _open(Path(folder), listening.link(question))
        await stopped.wait()
    await asyncio.gather(early, return_exceptions=True)
    await listening.stop()


def _open(folder: Path, link: str) -> None:
    """Through a file that only its owner can read: everybody on the machine sees the arguments of a browser."""
    file = folder / "mark.html"
    address = link.replace("&", "&amp;")
    file.write_text(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}"><title>mark</title>')
    webbrowser.open(file.as_uri())
