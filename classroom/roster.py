"""Who is in the class: a CSV of one's own, or Moodle's or Canvas's export, recognised by its header."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from classroom import tables
from classroom.book import Learner
from classroom.errors import ClassroomError

SHOWN = 20  # problems in one message
UNSAFE_ON_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

# What a column of an export is called, in lower case. Moodle says "Surname" in British English, Canvas splits names
# if one asks it to.
OWN = {"id", "first_name", "last_name", "email"}
MOODLE_LAST = ("last name", "surname")
MOODLE_IDS = ("id number", "username", "email address")
SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|PhD|MD|Dr)\.?", re.IGNORECASE)  # not a first name
CANVAS_IDS = ("sis login id", "sis user id", "id")
# Of the tables for due dates and times, too.
KNOWN = OWN | {
    *MOODLE_LAST,
    *MOODLE_IDS,
    *CANVAS_IDS,
    "first name",
    "student",
    "section",
    "firstname",
    "lastname",
    "assignment",
    "due",
    "duedate",
    "due date",
    "time",
    "timestamp",
    "submitted",
    "learner",
    "identifier",
    "full name",
    "status",
    "last modified (submission)",
}
# What Moodle calls these columns in other languages.
HEADINGS = {
    name: english
    for english, names in {
        "first name": "vorname prénom nombre nome voornaam imię förnamn fornavn",
        "last name": "nachname;familienname;nom;nom de "
        "famille;apellido(s);apellidos;cognome;sobrenome;apelido;achternaam;nazwisko;efternamn;etternavn",
        "id number": "id-nummer;matrikelnummer;numéro d’identification;numéro d'identification;número de id;número de "
        "identificación;numero id;codice identificativo;"
        "número de identificação;identificatienummer;numer id;id-nummer",
        "username": "anmeldename;benutzername;nom d’utilisateur;nom d'utilisateur;nombre de usuario;nome utente;nome "
        "de usuário;nome de utilizador;gebruikersnaam;"
        "nazwa użytkownika;användarnamn;brukernavn",
        "email address": "e-mail-adresse;e-mail;adresse de courriel;courriel;dirección de correo;dirección "
        "email;correo electrónico;indirizzo email;endereço de email;"
        "e-mailadres;adres e-mail;e-postadress;e-postadresse",
    }.items()
    for name in (names.split(";") if ";" in names else names.split())
}


def _names(fields: list[str]) -> list[str]:
    """The names of columns in lower case, those of Moodle's other languages in English."""
    names = [" ".join(field.split()).lower() for field in fields]
    translated = [HEADINGS.get(unicodedata.normalize("NFC", name).rstrip("*:"), name) for name in names]
    return translated if not OWN & set(names) and {"first name"} < set(translated) else names


class Table:
    """A file with a header: its rows by the names of the columns, and what is wrong with them."""

    def __init__(self, path: Path):
        self.path = path
        read = tables.read(path, strict=True)
        found = [(line, fields) for line, fields in read.rows if any(field.strip() for field in fields)]
        if not found:
            raise ClassroomError(f"{path}: the file is empty.")
        self.delimiter = read.delimiter
        # Some programs write a title above the header.
        at = next(
            (
                at
                for at, (_, fields) in enumerate(found[: tables.SEARCHED])
                if len(KNOWN.intersection(_names(fields))) > 1
            ),
            0,
        )
        self.header, rows = _names(found[at][1]), found[at + 1 :]
        twice = sorted(
            {name for name in self.header if name and self.header.count(name) > 1}
            & (OWN | {*MOODLE_LAST, *MOODLE_IDS, *CANVAS_IDS, "student"})
        )
        if twice:
            raise ClassroomError(f"{path}, line 1: the column '{twice[0]}' appears twice; keep one.")
        self.rows: list[tuple[int, dict[str, str]]] = []
        self.problems: list[str] = []
        for line, fields in rows:
            if len(fields) > len(self.header) and any(field.strip() for field in fields[len(self.header) :]):
                self.problem(
                    line,
                    f"{len(fields)} fields where the header has {len(self.header)}: put quotes around a field with "
                    f"'{self.delimiter}' in it.",
                )
            self.rows.append((line, {name: field.strip() for name, field in zip(self.header, fields)}))

    def problem(self, line: int, what: str) -> None:
        self.problems.append(f"{self.path}, line {line}: {what}")

    def check(self) -> None:
        """Raise what was reported to `problem`, if anything."""
        if self.problems:
            more = len(self.problems) - SHOWN
            raise ClassroomError("\n".join(self.problems[:SHOWN] + ([f"... and {more} more."] if more > 0 else [])))


def read(path: Path | str, id_column: str = "") -> tuple[list[Learner], list[str]]:
    """Read a roster.

    Parameters
    ----------
    path : path
        A CSV file: ``id, first_name, last_name, email`` in any order, Moodle's participants or grades, or Canvas's
        gradebook.
    id_column : str, optional
        The column of an export that becomes the learner's id, instead of the usual one.

    Returns
    -------
    learners : list of Learner
        `lms_user_id` is what the other system knows them by.
    remarks : list of str
        What was recognised and left out.

    Raises
    ------
    ClassroomError
        With one line for each bad row of the file.
    """
    table = Table(Path(path))
    kind = _kind(table)
    if not table.rows:
        raise ClassroomError(f"{path}: there is a header, but nobody below it.")
    learners, remarks = {"own": _own, "moodle": _moodle, "canvas": _canvas}[kind](table, id_column.strip().lower())
    _check_ids(table, learners)
    table.check()
    if not learners:
        raise ClassroomError(f"{path}: there is a header, but nobody below it.")
    remarks += _twice(learners)
    what = {"own": "a roster", "moodle": "Moodle's export", "canvas": "Canvas's gradebook export"}[kind]
    return [_harmless(learner) for _, learner in learners], [
        f"{table.path.name}: {what}, {len(learners)} learners.",
        *remarks,
    ]


def is_export(path: Path | str) -> bool:
    """Whether a roster is what Moodle or Canvas wrote, not a list of one's own."""
    return _kind(Table(Path(path))) != "own"


def _twice(learners: list[tuple[int, Learner]]) -> list[str]:
    """One address or number of an LMS under two ids: one person with two accounts, perhaps."""
    seen: dict[str, str] = {}
    found = []
    for _, learner in learners:
        for value in {learner.email.casefold(), learner.lms_user_id} - {""}:
            other = seen.setdefault(value, learner.id)
            if other != learner.id:
                found.append(
                    f"{other} and {learner.id} share {value}: if they are one person, `classroom drop` the id that is "
                    "not used."
                )
    return found


def _harmless(learner: Learner) -> Learner:
    """People may choose their name in an LMS, and formgrader writes it into its page as it is."""
    return learner._replace(
        **{
            field: re.sub(r"[<>\x00-\x1f\x7f]", "", getattr(learner, field)).strip()
            for field in ("first_name", "last_name", "email")
        }
    )


def _kind(table: Table) -> str:
    names = set(table.header)
    if "id" in names and ("student" in names or {"lastname", "firstname"} <= names):
        return "canvas"
    if "first name" in names and names & set(MOODLE_LAST):
        return "moodle"
    if "id" in names:
        return "own"
    missing = sorted(OWN - names)
    raise ClassroomError(
        f"{table.path}, line 1: no columns of a roster. Needed: id, first_name, last_name, email (here: "
        f"{', '.join(table.header)[:200]}; "
        f"missing: {', '.join(missing)}), or an export of Moodle (First name, Last name, ID number, Email address) "
        "or Canvas (Student, ID, SIS Login ID). An export in another language: set the language of your account to "
        "English and export again, or rename the columns."
    )


def _own(table: Table, id_column: str) -> tuple[list[tuple[int, Learner]], list[str]]:
    missing = [name for name in ("first_name", "last_name", "email") if name not in table.header]
    if missing:
        raise ClassroomError(
            f"{table.path}, line 1: the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} missing; empty fields are fine, missing columns are not."
        )
    column = _id_column(table, (id_column or "id",), id_column)
    return [
        (
            line,
            Learner(
                row.get(column, ""),
                row.get("first_name", ""),
                row.get("last_name", ""),
                row.get("email", ""),
                row.get("lms_user_id", ""),
            ),
        )
        for line, row in table.rows
    ], []


def _moodle(table: Table, id_column: str) -> tuple[list[tuple[int, Learner]], list[str]]:
    last = next(name for name in MOODLE_LAST if name in table.header)
    column = _id_column(table, MOODLE_IDS, id_column)
    own = next(
        (name for name in MOODLE_IDS if any(row.get(name) for _, row in table.rows)), column
    )  # what Moodle finds a person by again
    found = []
    for line, row in table.rows:
        id = row.get(column, "")
        if column == "email address":
            id = id.partition("@")[0]
        email = row.get("email address") or row.get("email", "")
        found.append((line, Learner(id, row.get("first name", ""), row.get(last, ""), email, row.get(own, ""))))
    return found, [f"Learner ids are from the column '{column}' (--id-column takes another)."]


def _canvas(table: Table, id_column: str) -> tuple[list[tuple[int, Learner]], list[str]]:
    column = _id_column(table, CANVAS_IDS, id_column)
    found, left_out = [], 0
    for line, row in table.rows:
        student = row.get("student", "")
        last, first = last_and_first(student) if student else (row.get("lastname", ""), row.get("firstname", ""))
        if last.lower().startswith("points possible") or not (last or first or row.get("id")):
            continue  # the second row, and the one above it that says which assignments are posted by hand
        if (last.lower(), first.lower()) == ("student", "test"):
            left_out += 1
            continue
        login = row.get("sis login id", "")
        email = row.get("email", "") or (login if "@" in login else "")
        found.append((line, Learner(row.get(column, ""), first, last, email, row.get("id", ""))))
    remarks = [f"Learner ids are from the column '{column}' (--id-column takes another)."]
    return found, remarks + (["Canvas's test student is left out."] if left_out else [])


def last_and_first(name: str) -> tuple[str, str]:
    """Canvas's "Last, First" in two, also of "Smith, Jr., Chloé" and "Smith, Chloé, PhD"."""
    parts = [part.strip() for part in name.split(",")]
    behind = [part for part in parts[1:] if SUFFIX.fullmatch(part)]
    rest = [part for part in parts[1:] if part not in behind]
    return ", ".join([parts[0], *rest[:-1], *behind]), rest[-1] if rest else ""


def better(old: Learner, new: Learner) -> Learner:
    """A learner as an LMS has them, with the name that the class had where the new one is the same and worse: cut
    elsewhere, without accents, in capitals, or shorter.
    """
    before, after = (f"{one.first_name} {one.last_name}" for one in (old, new))
    words, fewer = set(_letters(before).split()), set(_letters(after).split())
    worse = fewer < words if before not in (before.upper(), before.lower()) else False
    worse |= fewer == words and _care(after) <= _care(before)
    return new._replace(first_name=old.first_name, last_name=old.last_name) if worse and fewer else new


def _care(name: str) -> tuple[bool, int]:
    """With how much care a name was written: capitals and small letters, accents."""
    return name not in (name.upper(), name.lower()), sum(not letter.isascii() for letter in name)


def _letters(name: str) -> str:
    """A name in lower case, without accents and signs; words stay words."""
    plain = "".join(
        letter if letter.isalnum() else " "
        for letter in unicodedata.normalize("NFKD", name.casefold().replace("'", "").replace("’", ""))
        if not unicodedata.combining(letter)
    )
    return " ".join(plain.split())


def _id_column(table: Table, usual: tuple[str, ...], wanted: str) -> str:
    if wanted and wanted not in table.header:
        raise ClassroomError(f"{table.path}, line 1: no column '{wanted}'; there are: {', '.join(table.header)[:300]}.")
    column = wanted or next((name for name in usual if any(row.get(name) for _, row in table.rows)), "")
    if not column:
        fits = [name for name in table.header if name and _can_be_ids([row.get(name, "") for _, row in table.rows])]
        near = next((name for name in fits if re.search(r"\bid\b|number", name)), fits[0] if fits else "")
        raise ClassroomError(
            f"{table.path}: no column can be the learner's id: {', '.join(usual)} are missing or empty."
            + (f" Is it '{near}'? Then: --id-column \"{near}\"." if near else "")
        )
    return column


def _check_ids(table: Table, learners: list[tuple[int, Learner]]) -> None:
    seen: dict[str, int] = {}
    for line, learner in learners:
        if not learner.id:
            table.problem(
                line,
                f"{learner.first_name} {learner.last_name}".strip()
                + " has no id; fill it in, or choose another column with --id-column.",
            )
            continue
        why = unsafe(learner.id)
        if why:
            table.problem(line, f"the id '{learner.id}' cannot be the name of a folder: {why}.")
        # Folders "Anna" and "anna" are one on macOS and Windows.
        before = seen.setdefault(learner.id.casefold(), line)
        if before != line:
            table.problem(
                line, f"the id '{learner.id}' is in line {before} already; each learner needs an id of their own."
            )


def same_people(before: dict[str, Learner], learners: list[Learner], source: str) -> None:
    """Refuse a roster that would enrol somebody a second time under another id."""
    by_lms = {learner.lms_user_id: learner for learner in before.values() if learner.lms_user_id}
    by_email = {learner.email.lower(): learner for learner in before.values() if learner.email}
    wrong = []
    for learner in learners:
        old = by_lms.get(learner.lms_user_id) or by_email.get(learner.email.lower())
        if old is not None and old.id != learner.id and learner.id not in before:
            wrong.append(
                f"{source}: {learner.first_name} {learner.last_name} is '{learner.id}' here and '{old.id}' in the "
                "gradebook."
            )
    if wrong:
        raise ClassroomError(
            "\n".join(wrong[:SHOWN])
            + "\nNobody was added: the same person would be listed twice. Use the column that the ids came from "
            "(--id-column), or give the roster the id of the gradebook."
        )


def _can_be_ids(values: list[str]) -> bool:
    return all(value and not unsafe(value) for value in values) and len(set(values)) == len(values)


def unsafe(id: str) -> str:
    """Why an id cannot be the name of a learner's folder; "" if it can."""
    if re.fullmatch(r"[\d.,]+[eE]\+?\d+", id):
        return "a spreadsheet has rounded the number; format the column as text and export it again"
    if re.fullmatch(r"\d+[.,]0+", id):
        return "a spreadsheet has made a decimal number of it; format the column as text and export it again"
    bad = sorted({character for character in id if not (character.isalnum() or character in "._-@")})
    if bad:
        return f"it has {' '.join(repr(character) for character in bad)}; letters, digits and . _ - @ are safe"
    if not id[0].isalnum() and id[0] != "_" or id.endswith("."):
        return "it begins or ends with a sign"
    if UNSAFE_ON_WINDOWS.fullmatch(id):
        return "Windows keeps this name for itself"
    if len(id.encode()) > 100:
        return "it is too long"
    return ""
