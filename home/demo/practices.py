"""The practice sheets of the file: written by their people, reviewed, published, tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Organisation, User
from core import links
from home.demo import clock, practices_births, practices_improving, practices_trials
from home.demo.threads import Loaded
from home.founding import source
from library.models import Document
from practices.models import Bearer, Credit, Evidence, Sheet, Step, Trial, Version
from practices.services import life, writing

# What each sheet acts on: the file does not say it.
DETERMINANTS = {
    "fp-01": ["fi-comportement", "fs-discipline", "fs-relation"],
    "fp-02": ["fi-anxiete", "fs-transitions", "fc-pairs"],
    "fp-03": ["fi-anxiete", "ff-encadrement", "fs-absenteisme"],
    "fp-04": ["fi-motivation", "fs-absenteisme"],
    "fp-05": ["fi-lecture", "ff-valorisation", "ff-migration"],
    "fp-06": ["fi-motivation", "fi-aspirations", "fc-emploi"],
    "fp-07": ["fi-rendement", "fi-estime", "fc-modeles"],
    "fp-08": ["fi-motivation", "fc-discrimination", "fc-modeles"],
}
# What is kept whatever happens and what each place changes; if we, then, because.
COMPONENTS = {
    "fp-01": (
        [
            "La rencontre de retour à l’école",
            "L’accord du parent",
            "Les suivis à deux et six semaines",
        ],
        ["Le nombre de jours", "L’heure d’arrivée", "Le lieu, hors de l’école"],
        (
            "on accueille le jeune le jour même et qu’on prépare son retour avec lui,",
            "la suspension ne devient pas une pause de l’école,",
            "quelqu’un l’attend à la porte quand il revient.",
        ),
    ),
    "fp-03": (
        [
            "Une seule personne pilote le plan",
            "Un scénario de recul écrit",
            "Tout se décide la veille",
        ],
        ["Le nombre de marches", "La durée du soutien du matin"],
        (
            "on écrit avec le jeune des marches qu’il peut monter,",
            "il revient un peu, puis un peu plus,",
            "chaque réussite est assez petite pour ne pas faire peur.",
        ),
    ),
}
BANDS = {
    "fp-01": "500-2000", "fp-02": "500-2000", "fp-03": "2000-5000", "fp-04": "100-500",
    "fp-05": "500-2000", "fp-06": "plus-5000", "fp-07": "100-500", "fp-08": "500-2000",
}  # fmt: skip
YEARLY = {
    "fp-01": 92, "fp-02": 48, "fp-03": 17, "fp-05": 260, "fp-06": 31, "fp-07": 48, "fp-08": 40,
}  # fmt: skip
# From 2 on, a level of evidence names its source.
SOURCES = {
    "fp-01": "Données internes, 92 séjours en 2025-2026",
    "fp-02": "Évaluation interne sur trois cohortes, comparées à l’école voisine",
    "fp-03": "Données internes, 17 jeunes, comparés à l’année d’avant",
    "fp-05": "Évaluation externe, 2024",
    "fp-06": "Relance de 31 jeunes à six mois",
    "fp-08": "Registre de présence de l’école partenaire",
}
ENGLISH = {
    "fp-01": (
        "Three-day alternative to suspension",
        "We welcome the suspended pupil for three days, keep schoolwork going, understand what "
        "happened and prepare a return to class that holds.",
    ),
}
CONSENT = "La direction de l’organisme, le jour de la publication, par courriel."
ANIMATOR = "mem-01"


def add_sheets(
    people: dict[str, User],
    organisations: dict[str, Organisation],
    threads: dict[str, Loaded],
) -> dict[str, Sheet]:
    """The eight sheets with their versions, credits, evidence and trials, by the file's id."""
    found = {}
    for entry in source()["fiches_pratiques"]:
        sheet = _sheet(entry, people, organisations[entry["organisme_id"]])
        _tie(sheet, entry, people, threads)
        for trial in entry.get("essais", []):
            _trial(sheet, trial, people, organisations)
        found[entry["id"]] = sheet
    practices_improving.add_improvements(found, people)
    practices_births.add_births(found, threads, people)
    practices_trials.add_around(people, found)
    return found


def content_of(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the file says of a practice, in the sections of a sheet."""
    id, means = entry["id"], entry["ressources"]
    essential, adaptable, logic = COMPONENTS.get(id, ([], [], ("", "", "")))
    title_en, summary_en = ENGLISH.get(id, ("", ""))
    return {
        "identite": {
            "title": entry["titre"],
            "summary": entry["resume"],
            "running": "en-cours",
        },
        "besoin": {"context": entry["contexte"], "objectives": entry["objectifs"]},
        "public": {
            "levels": entry["ordres_enseignement"],
            "ages": entry["groupes_age"],
            "publics": entry["publics"],
            "criteria": entry["public_vise"],
            "yearly": YEARLY.get(id),
        },
        "visees": {
            "determinants": DETERMINANTS[id],
            "types": entry["types_intervention"],
            "prevention": [entry["niveau_prevention"]],
            "regions": [entry["region"]],
            "settings": [entry["milieu"]],
        },
        "logique": dict(zip(("if_we", "then", "because"), logic, strict=True)),
        "composantes": {"essential": essential, "adaptable": adaptable},
        "deroulement": {
            "steps": [
                {"title": step["titre"], "text": step["description"]} for step in entry["etapes"]
            ],
            "duration": means["duree"],
            "staff": means["humaines"],
            "material": means["materielles"],
            "partners": entry["partenaires"],
        },
        "cout": {"band": BANDS[id], "detail": means["financieres"]},
        "resultats": {"observed": entry["resultats"], "indicators": entry["indicateurs"]},
        "lecons": {"success": entry["conditions_succes"], "mistakes": entry["ecueils"]},
        "perennite": {"adapting": "mention", "ownership": entry.get("mention_propriete", "")},
        "ethique": {"nobody": True},
        "anglais": {"title_en": title_en, "summary_en": summary_en},
    }


def _sheet(entry: dict[str, Any], people: dict[str, User], bearer: Organisation) -> Sheet:
    authors = [people[one] for one in entry["auteurs_ids"]]
    # An author of another organisation is credited; who bears it is of the bearing one.
    first = next(one for one in authors if one.organisation_id == bearer.pk)
    animator = people[ANIMATOR]
    sheet = writing.begin_sheet(by=first, bearer=bearer, title=entry["titre"])
    content = content_of(entry)
    later = entry["version"] > 1
    for name, values in content.items():
        begun = values
        if later and name == "lecons":
            # The last mistake was added by the second version.
            begun = values | {"mistakes": values["mistakes"][:-1]}
        _save(sheet, name, begun, first)
    life.submit(sheet, by=first)
    life.claim(sheet, by=animator)
    version = life.publish(sheet, by=animator)
    _date(sheet, version, clock.morning(entry["publie_le"], hour=10))
    outside = practices_improving.outside_author(entry, people, sheet)
    if later and outside is not None:
        moment = clock.morning(entry["maj_le"], hour=14)
        said = content["lecons"]
        version = practices_improving.improve(sheet, said, author=outside, by=first, at=moment)
        _date(sheet, version, moment)
        authors.remove(outside)
    elif later:
        _save(sheet, "lecons", content["lecons"], first)
        last = entry["ecueils"][-1].removesuffix(".")
        version = writing.publish_changes(sheet, by=first, note=f"Un écueil de plus : {last}"[:200])
        _date(sheet, version, clock.morning(entry["maj_le"], hour=14))
    for author in authors:
        Credit.objects.get_or_create(
            sheet=sheet,
            person=author,
            organisation=author.organisation,
            role=Credit.Role.AUTHOR,
            defaults={"version": version},
        )
        if author.organisation_id == bearer.pk:
            Bearer.objects.get_or_create(sheet=sheet, user=author)
    _weigh(sheet, entry, animator, first)
    if entry["publique"] and entry["consentement_organisme"]:
        life.give_consent(sheet, by=animator, words=CONSENT)
        life.open_to_public(sheet, by=animator)
        noted = Step.objects.filter(sheet=sheet, act=Step.Act.NOTED)
        noted.update(at=clock.morning(entry["publie_le"], hour=12))
    sheet.refresh_from_db()
    return sheet


def _save(sheet: Sheet, name: str, values: dict[str, Any], by: User) -> None:
    row = sheet.working_sections.filter(name=name).first()
    writing.save_section(sheet, name, values, by=by, revision=row.revision if row else 0)


def _date(sheet: Sheet, version: Version, moment: datetime) -> None:
    """Bring a version back to its day."""
    Version.objects.filter(pk=version.pk).update(created_at=moment)
    dates: dict[str, Any] = {"improved_at": moment, "updated_at": moment}
    if version.number == 1:
        review = life.next_review(moment.date())
        dates |= {"published_at": moment, "created_at": moment, "review_on": review}
        Step.objects.filter(sheet=sheet).update(at=moment)
        Credit.objects.filter(sheet=sheet).update(created_at=moment)
    Sheet.objects.filter(pk=sheet.pk).update(**dates)


def _weigh(sheet: Sheet, entry: dict[str, Any], animator: User, first: User) -> None:
    level = entry["niveau_preuve"]
    moment = clock.morning(entry["publie_le"], hour=11)
    Evidence.objects.create(
        sheet=sheet,
        level=level,
        source=SOURCES.get(entry["id"], ""),
        by=animator if level >= "3" else first,
        decided_at=moment,
        review_on=life.next_review(moment.date()),
    )
    Sheet.objects.filter(pk=sheet.pk).update(evidence=level)


def _tie(
    sheet: Sheet, entry: dict[str, Any], people: dict[str, User], threads: dict[str, Loaded]
) -> None:
    """The documents and the thread that go with it, tied by somebody who reads both."""
    titles = {one["id"]: one["titre"] for one in source()["documents"]}
    by = people[entry["auteurs_ids"][0]]
    for id in entry["documents_lies"]:
        document = Document.objects.readable_by(by).filter(title=titles[id]).first()
        if document is not None:
            links.link(sheet, document, by=by)
    if entry["fil_lie"]:
        links.link(sheet, threads[entry["fil_lie"]].thread, by=by)


def _trial(
    sheet: Sheet,
    entry: dict[str, Any],
    people: dict[str, User],
    organisations: dict[str, Organisation],
) -> None:
    organisation = organisations[entry["organisation_id"]]
    moment = clock.moment(entry["cree_le"])
    Trial.objects.create(
        sheet=sheet,
        version=sheet.versions.order_by("number").first(),
        owner=people[entry["auteur_id"]],
        organisation=organisation,
        setting=organisation.setting,
        region=organisation.region,
        period=entry["periode"],
        changed=entry["modifie"],
        planned=Trial.Planned.PLANNED if entry["prevu"] else Trial.Planned.REACTIVE,
        faithful=Trial.Faithful.YES if entry["fidele"] else Trial.Faithful.NO,
        young_people=entry["jeunes"],
        outcome=entry["resultat"],
        lesson=entry["lecon"],
        created_at=moment,
        updated_at=moment,
    )
    trials = sheet.trials.all()
    Sheet.objects.filter(pk=sheet.pk).update(
        trial_count=trials.count(), abandoned_count=trials.filter(outcome="abandonnee").count()
    )
