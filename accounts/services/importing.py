"""The federation's existing organisations and their people, from a CSV file.

`plan` reads and judges each line and writes nothing; `carry_out` writes the valid ones. The same
file twice changes nothing the second time: an organisation is known by its NEQ, or by its name,
and a person by her address. Why the csv module and forms:
docs/decisions/0007-import-by-the-csv-module.md.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import indexed, permissions
from accounts.forms.fields import AddressField, CharityNumberField, NeqField
from accounts.models import Invitation, Organisation, User
from accounts.services import invitations
from core import log, terms
from core.audience import Level
from core.errors import Invalid, NotAllowed
from core.tables import FORMULA_SIGNS, neutralise
from core.text import fold

MAX_LINES = 2000


# Column of the file → field of `LineForm`. Case, accents and spaces do not matter.
COLUMNS = {
    "organisme": "name",
    "sigle": "acronym",
    "neq": "neq",
    "numero_bienfaisance": "charity_number",
    "region": "region",
    "municipalite": "municipality",
    "milieu": "setting",
    "mission": "mission",
    "courriel_organisme": "organisation_email",
    "telephone": "phone",
    "site_web": "website",
    "membre_depuis": "member_since",
    "prenom": "first_name",
    "nom": "last_name",
    "fonction": "job_title",
    "courriel": "email",
    "referente": "contact",
}
ALSO = {
    "nom_de_l_organisme": "organisme",
    "nom_organisme": "organisme",
    "numero_d_entreprise_du_quebec": "neq",
    "numero_de_bienfaisance": "numero_bienfaisance",
    "courriel_de_l_organisme": "courriel_organisme",
    "adhesion_le": "membre_depuis",
    "titre": "fonction",
    "personne_referente": "referente",
}
MODEL_ROWS = (
    (
        "Le Phare des Battures", "PDB", "1100000001", "000000001 RR0001", "01", "Anse-aux-Herbes",
        "rural", "Accompagner les jeunes de 10 à 18 ans.", "info@phare.example", "418 555-0101",
        "https://phare.example", "2005-03-14", "Mireille", "Brumelac", "Direction",
        "mireille@phare.example", "oui",
    ),
    (
        "Le Phare des Battures", "", "1100000001", "", "", "", "", "", "", "", "", "", "Josée",
        "Gagné", "Intervention", "josee@phare.example", "non",
    ),
)  # fmt: skip


class Unreadable(Invalid):
    """The file as a whole cannot be read; the sentence says why."""


@dataclass
class Line:
    """One line of the file and what would become of it."""

    number: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    organisation_is_new: bool = False
    person_is_new: bool = False
    remark: str = ""


@dataclass
class Plan:
    header: list[str]
    lines: list[Line]
    unknown_columns: list[str]

    @cached_property
    def valid(self) -> list[Line]:
        return [line for line in self.lines if not line.errors]

    @cached_property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.errors]

    @cached_property
    def new_organisations(self) -> int:
        return sum(line.organisation_is_new for line in self.valid)

    @cached_property
    def new_people(self) -> int:
        return sum(line.person_is_new for line in self.valid)


@dataclass(frozen=True)
class Outcome:
    organisations: int
    people: int
    sent: bool


class TermField(forms.CharField):
    """A code or a label of a taxonomy, written in any way; answers the code."""

    def __init__(self, scheme: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.scheme = scheme

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        known = terms.scheme(self.scheme)
        # A spreadsheet eats the zero of “01”.
        for code, label in known.items():
            if fold(text) in (fold(code), fold(label), fold(code).lstrip("0")):
                return code
        raise forms.ValidationError(_("“%(text)s” is not in the list.") % {"text": text})


class YesField(forms.CharField):
    """oui, non, x, 1, or nothing."""

    YES, NO = (
        frozenset({"oui", "o", "x", "1", "yes", "vrai"}),
        frozenset({"", "non", "n", "0", "no", "faux"}),
    )

    def clean(self, value: Any) -> Any:
        text = fold(super().clean(value))
        if text not in self.YES | self.NO:
            raise forms.ValidationError(_("Write oui or non."))
        return text in self.YES


class LineForm(forms.Form):
    """One line, judged with the same rules and the same sentences as the pages."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=200)
    acronym = forms.CharField(label=gettext_lazy("Acronym"), max_length=30, required=False)
    neq = NeqField(label="NEQ", required=False)
    charity_number = CharityNumberField(
        label=gettext_lazy("Charity registration number"), required=False
    )
    region = TermField("regions", label=gettext_lazy("Administrative region"))
    municipality = forms.CharField(
        label=gettext_lazy("Municipality"), max_length=120, required=False
    )
    setting = TermField("milieux", label=gettext_lazy("Setting"))
    mission = forms.CharField(label=gettext_lazy("Mission"), max_length=2000, required=False)
    organisation_email = AddressField(
        label=gettext_lazy("E-mail of the organisation"), required=False
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    website = forms.URLField(
        label=gettext_lazy("Website"), required=False, max_length=200, assume_scheme="https"
    )
    member_since = forms.DateField(
        label=gettext_lazy("Member since"),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%Y"],
        error_messages={"invalid": gettext_lazy("Write the date as 2005-03-14.")},
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=120, required=False)
    email = AddressField(label=gettext_lazy("E-mail of the person"), required=False)
    contact = YesField(label=gettext_lazy("Contact person"), required=False)

    ORGANISATION = (
        "name", "acronym", "neq", "charity_number", "region", "municipality", "setting", "mission",
        "phone", "website", "member_since",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        somebody = any(cleaned.get(name) for name in ("first_name", "last_name", "contact"))
        if somebody and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("There is a person on this line, but no address for her."))
        return cleaned

    @property
    def sentences(self) -> list[str]:
        """Each error with the name of its column, as it stands in the file."""
        names = {target: column for column, target in COLUMNS.items()}
        return [
            f"{names[name]} : {error}" for name, errors in self.errors.items() for error in errors
        ]


def plan(raw: bytes | str) -> Plan:
    """Read a file and judge its lines. Writes nothing. Raises `Unreadable`."""
    text = raw if isinstance(raw, str) else decode(raw)
    rows = read_rows(text)
    if not rows:
        raise Unreadable(_("This file is empty."))
    header = [_column(cell) for cell in rows[0][1]]
    if "organisme" not in header:
        raise Unreadable(
            _("The first line must name the columns, and one of them must be “organisme”.")
        )
    if len(rows) - 1 > MAX_LINES:
        raise Unreadable(_("This file has more than 2,000 lines: cut it in two."))
    lines = [_judge(number, header, cells) for number, cells in rows[1:]]
    _compare(lines)
    unknown = [cell for cell in header if cell and cell not in COLUMNS]
    return Plan(header, lines, unknown)


def decode(raw: bytes) -> str:
    """Text of a CSV file: UTF-8, with or without a mark, or windows-1252 as old Excel writes.

    Raises `Unreadable` for what is no text.
    """
    if b"\0" in raw:
        raise Unreadable(_("This file is not CSV. In the spreadsheet, choose Save as, then CSV."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The letters of this file cannot be read: save it as CSV UTF-8."))


def read_rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file that say something, with the number of the line on which each ends;
    cells are stripped, their separator is found out. Raises `Unreadable`."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            clean = [_cell(cell) for cell in cells]
            if any(clean):
                rows.append((reader.line_num, clean))
    except csv.Error:
        raise Unreadable(
            _("Line %(number)s is broken: a quotation mark is missing.")
            % {"number": reader.line_num}
        ) from None
    return rows


def _cell(text: str) -> str:
    """A cell without control signs, in one Unicode form."""
    text = unicodedata.normalize("NFC", text)
    kept = (char if char == "\n" or unicodedata.category(char) != "Cc" else " " for char in text)
    return "".join(kept).strip()


def _column(cell: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", fold(cell)).strip("_")
    return ALSO.get(name, name)


def _judge(number: int, header: list[str], cells: list[str]) -> Line:
    line = Line(number, cells)
    if len(cells) > len(header):
        line.errors.append(_("This line has more cells than there are columns."))
        return line
    named = dict(zip(header, cells, strict=False))
    data = {target: _harmless(target, named.get(column, "")) for column, target in COLUMNS.items()}
    form = LineForm(data)
    if form.is_valid():
        line.values = form.cleaned_data
    else:
        line.errors = form.sentences
    return line


def _harmless(target: str, text: str) -> str:
    """A cell that no spreadsheet will take for a formula when it is exported one day."""
    if target == "phone":
        return re.sub(r"[^\d+() .x#-]", "", text) if text.startswith(tuple("=@")) else text
    return text.lstrip("'" + FORMULA_SIGNS).strip() if text[:1] in "'" + FORMULA_SIGNS else text


class Known:
    """What the database holds already, read once for a whole file."""

    def __init__(self) -> None:
        rows = list(Organisation.objects.all())
        self.by_neq = {row.neq: row for row in rows if row.neq}
        self.by_name = {fold(row.name): row for row in rows}
        self.accounts = dict(User.objects.values_list("email", "organisation__name"))
        self.invited = set(
            Invitation.objects.filter(state__in=Invitation.OPEN).values_list("email", flat=True)
        )

    def organisation(self, values: dict[str, Any]) -> Organisation | None:
        """By NEQ; by name when one of the two has none."""
        neq = values["neq"]
        if neq and neq in self.by_neq:
            return self.by_neq[neq]
        same_name = self.by_name.get(fold(values["name"]))
        if same_name is not None and not (neq and same_name.neq):
            return same_name
        return None


def _compare(lines: list[Line]) -> None:
    """Hold each line against the database and against the lines before it."""
    known = Known()
    in_file: dict[str, Line] = {}
    people: dict[str, int] = {}
    contacts: dict[str, int] = {}
    for line in lines:
        if line.errors:
            continue
        values = line.values
        key = values["neq"] or fold(values["name"])
        first = in_file.get(key)
        if first is not None and fold(first.values["name"]) != fold(values["name"]):
            line.errors.append(
                _("This NEQ is that of %(name)s, on line %(number)s.")
                % {"name": first.values["name"], "number": first.number}
            )
            continue
        email = values["email"]
        if email and email in people:
            line.errors.append(
                _("This address is already on line %(number)s.") % {"number": people[email]}
            )
            continue
        if values["contact"] and key in contacts:
            line.errors.append(
                _("The contact person of this organisation is already on line %(number)s.")
                % {"number": contacts[key]}
            )
            continue
        if email:
            people[email] = line.number
        if values["contact"]:
            contacts[key] = line.number
        in_file.setdefault(key, line)
        line.organisation_is_new = first is None and known.organisation(values) is None
        _compare_person(line, known)


def _compare_person(line: Line, known: Known) -> None:
    email = line.values["email"]
    if not email:
        return
    if email in known.accounts:
        where = known.accounts[email] or _("no organisation")
        line.remark = _("Has an account already (%(where)s).") % {"where": where}
    elif email in known.invited:
        line.remark = _("Invited already.")
    else:
        line.person_is_new = True


@transaction.atomic
def carry_out(plan: Plan, *, by: User, send: bool) -> Outcome:
    """Write the valid lines: organisations that are new, and an invitation for each new person,
    sent now or left to be sent. What exists is not changed. Raises `NotAllowed`.
    """
    if not permissions.can_decide_requests(by):
        raise NotAllowed
    known = Known()
    made, invited = 0, 0
    for line in plan.valid:
        organisation = known.organisation(line.values)
        if organisation is None:
            organisation = _make_organisation(line.values)
            known.by_name[fold(organisation.name)] = organisation
            if organisation.neq:
                known.by_neq[organisation.neq] = organisation
            made += 1
        email = line.values["email"]
        if email and email not in known.accounts and email not in known.invited:
            _invite(organisation, line.values, by=by, send=send)
            known.invited.add(email)
            invited += 1
    log.record("import.carried_out", by=by, organisations=made, people=invited, sent=send)
    return Outcome(made, invited, send)


def _make_organisation(values: dict[str, Any]) -> Organisation:
    own = {name: values[name] for name in LineForm.ORGANISATION}
    organisation = Organisation.objects.create(
        level=Level.COMMUNITY, email=values["organisation_email"], **own
    )
    indexed.organisation_changed(organisation)
    return organisation


def _invite(organisation: Organisation, values: dict[str, Any], *, by: User, send: bool) -> None:
    invitation = invitations.prepare(
        organisation,
        by=by,
        email=values["email"],
        first_name=values["first_name"],
        last_name=values["last_name"],
        job_title=values["job_title"],
        makes_contact=bool(values["contact"]) and organisation.contact_id is None,
    )
    if send:
        invitations.send(invitation)


def model_csv() -> str:
    """A file to fill in, with two lines as an example."""
    return written_csv([tuple(COLUMNS), *MODEL_ROWS])


def wrong_csv(plan: Plan) -> str:
    """The lines to mend, as they came, each with its errors in a last column."""
    rows = [(*line.cells, " ".join(line.errors)) for line in plan.wrong]
    return written_csv([(*plan.header, "erreurs"), *rows])


def written_csv(rows: Iterable[Iterable[str]]) -> str:
    """CSV as Excel opens it in Québec: a mark for UTF-8, semicolons, nothing that runs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
