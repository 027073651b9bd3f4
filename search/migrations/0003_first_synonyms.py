"""The synonyms that a community begins with: the acronyms and the double words of its field.

They are the animators' from then on. A line that they already wrote is not written twice.
"""

from django.db import migrations

FIRST = (
    "plan d’intervention, PI, PEI",
    "TDAH, TDA, déficit d’attention, trouble déficitaire de l’attention",
    "CSS, centre de services scolaire, commission scolaire",
    "DPJ, protection de la jeunesse",
    "décrochage, décrocher, décrocheur, abandon scolaire",
    "raccrochage, raccrocher, retour aux études",
    "réussite, réussir",
    "travail, travaux",
    "FGA, formation générale des adultes, éducation des adultes",
    "FP, formation professionnelle",
    "EHDAA, élèves en difficulté",
    "TSA, autisme, trouble du spectre de l’autisme",
    "OCLD, organisme communautaire de lutte au décrochage",
    "absentéisme, absences",
    "anxiété, anxieux, angoisse",
    "refus scolaire, phobie scolaire",
    "aide aux devoirs, soutien aux devoirs, accompagnement aux devoirs",
    "bénévole, bénévolat",
    "financement, subvention",
    "nouveaux arrivants, immigrants, personnes immigrantes",
    "autochtones, Premières Nations, Inuit",
    "CLSC, CISSS, CIUSSS",
)


def add(apps, schema_editor):
    synonyms = apps.get_model("search", "SynonymSet")
    known = set(synonyms.objects.values_list("words", flat=True))
    synonyms.objects.bulk_create(synonyms(words=line) for line in FIRST if line not in known)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
