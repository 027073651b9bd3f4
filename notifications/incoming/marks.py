"""How mail programs announce what they add below a text: each pattern, in French and in English.

Patterns read a line without its leading ">" and its edges, or a few lines joined by a blank. A
no-break space counts as a blank (`\\s`).
"""

from __future__ import annotations

import re

# Several lines at most make an attribution: “Le mar. 3 nov. 2026, à 14 h 05,⏎ Maude <…> a écrit :”
ATTRIBUTION_LINES = 4
WROTE = r"(?:a\s+écrit|a\s+ecrit|ont\s+écrit|à\s+écrit|wrote|écrit|schrieb|escribió)"
ATTRIBUTIONS = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"^[-*_\s]*(?:le|on|in|dans)\s.{{3,300}}?{WROTE}\s*:?[\s*_-]*$",
        rf"^.{{0,200}}[<(\[][^<>()\s]+@[^<>()\s]+[>)\]].{{0,120}}?{WROTE}\b.{{0,80}}:\s*$",
        rf"^.{{2,120}}\s{WROTE}\s+(?:le|on)\s.{{6,120}}:\s*$",
        r"^(?:quoting|citation de|citando|zitat von)\s.{2,200}:\s*$",
        r"^.{0,120}\d{4}[-/]\d{1,2}[-/]\d{1,2}\s.{0,40}<[^<>\s]+@[^<>\s]+>\s*:\s*$",
        r"^>{2,3}\s?.{2,160}\d{1,2}:\d{2}.{0,40}>{2,3}$",
    )
]
BEGINS = re.compile(r"^[-*_\s]*(?:le|on|in|dans)\s", re.I)
# A day, an hour or an address: without one, “Le ministère a écrit :” is the author's own sentence.
EVIDENCE = re.compile(
    r"\d{1,2}\s*[:h]\s*\d{0,2}|\b(?:19|20)\d{2}\b|@|\d{1,2}/\d{1,2}/\d{2,4}", re.I
)

RULE = re.compile(r"^[_=]{20,}$|^-{30,}$")
ORIGINAL = re.compile(
    r"^[-_*\s]{0,12}(?:message\s+d[’']origine|message\s+original|message\s+initial|"
    r"mail\s+original|courriel\s+original|original\s+message|original\s+appointment|"
    r"message\s+précédent|reply\s+message|reply\s+separator)\s*[-_*:\s]{0,40}$",
    re.I,
)
FORWARDED = re.compile(
    r"^[-_*>\s]{0,12}(?:forwarded\s+message|message\s+transféré|message\s+réexpédié|"
    r"message\s+transmis|mail\s+transféré|courriel\s+transféré|"
    r"begin\s+forwarded\s+message|début\s+du\s+message\s+(?:réexpédié|transféré)|"
    r"forwarded\s+by\s.{2,80})\s*[-_*:\s]{0,40}(?:from\s.{2,80})?$",
    re.I,
)
FROM = re.compile(r"^[*_\s]*(?:de|from|von|expéditeur)\s*[*_]*\s*:[*_]*\s*\S", re.I)
FIELD = re.compile(
    r"^[*_\s]*(?:envoyé(?:\s+le|e)?|sent|date|à|a|to|pour|destinataire|cc|copie(?:\s+à)?|objet|subject|"
    r"sujet|importance|répondre\s+à|reply-to)\s*[*_]*\s*:",
    re.I,
)
FIELDS_WITHIN = 7
# “À :” and “Objet :” alone are not enough: a list of things to do has them too.
FIELDS_NEEDED = 2

SIGNATURE = re.compile(r"^(?:--|—|––|- -)\s?$|^_{2,8}$")
DEVICES = re.compile(
    r"^[\s*_<(]*(?:envoyé\s+(?:de|depuis|à\s+partir\s+de|par|via|avec)\s+(?:mon|ma|la|l[’']|un|une|"
    r"outlook|yahoo|gmail|proton|courriel|courrier|mail|blackberry|samsung)\b[^:,?!]{0,60}(?:<.*)?|"
    r"sent\s+(?:from|via|with|using)\s+(?:my|outlook|yahoo|gmail|proton|mail|an?\s|samsung|the)\b[^:,?!]{0,60}(?:<.*)?|"
    r"(?:obtenez|obtenir|télécharge[rz]?|get)\s+outlook\s+(?:pour|for)\s.{2,40}|"
    r"téléchargé\s+depuis\s+.{2,60}|provenance\s*:\s*courrier\s+pour\s+windows.{0,20})[\s*_>)]*$",
    re.I,
)
DISCLAIMERS = re.compile(
    r"^[\s*_!-]*(?:avis\s+(?:de|relatif\s+à\s+la)\s+confidentialité|"
    r"mise\s+en\s+garde\b|note\s+de\s+confidentialité|confidentialité\s*:|"
    r"confidentiality\s+(?:notice|note|warning)|disclaimer\b|"
    r"(?:ce|le\s+présent)\s+(?:message|courriel|courrier)\s.{0,120}"
    r"(?:confidentiel|privilégi|destinataire|exclusi)|"
    r"this\s+(?:e-?mail|message|communication)\s.{0,120}"
    r"(?:confidential|privileged|intended|recipient)|"
    r"(?:devez-vous|est-il|pensez|songez|avant\s+d[’']imprimer|veuillez\s+considérer).{0,60}"
    r"(?:imprimer|environnement)|please\s+consider\s+the\s+environment|"
    r"l[’']information\s+(?:contenue|transmise|apparaissant).{0,120}(?:confidentiel|destinataire))",
    re.I,
)
# What the rest of such a notice says: a question about a notice does not.
NOTICE_WORDS = re.compile(
    r"destinataire|recipient|intended|privilégi|privileged|détrui|supprim|delete|destroy|"
    r"imprim|print|erreur|error",
    re.I,
)

# The line that our own mails begin with, in each language of the house.
ABOVE = re.compile(r"répondez\s+au-dessus\s+de\s+cette\s+ligne|reply\s+above\s+this\s+line", re.I)
# Lines of our own mails that hold a key: never published, even quoted or forwarded.
KEYS = re.compile(
    r"/courriel/(?:arret|recu)/|/recherche/(?:arret|flux)/|/adhesion/suivi/|/invitation/|"
    r"/compte/mot-de-passe/nouveau/|\b[a-z2-7]{40,64}@",
    re.I,
)

CONTACT = re.compile(
    r"\d{3}[\s.\-]?\d{3}[\s.\-]?\d{4}|\b\d{3}[\s.\-]\d{4}\b|@|\bwww\.|https?://|\s\|\s|"
    r"\b(?:poste|ext\.?|tél\.?|tel\.?|cell\.?)\s*:?\s*\d",
    re.I,
)


def is_attribution(said: str) -> bool:
    """Whether a line, or a few joined, says who wrote what follows."""
    if len(said) > 400 or not any(pattern.match(said) for pattern in ATTRIBUTIONS):
        return False
    return bool(EVIDENCE.search(said)) or said.lower().startswith(("quoting ", "citation de "))
