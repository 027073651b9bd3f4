"""What a contributor did: codes of the MARC relators, which refine Dublin Core's “contributor”."""

from django.utils.translation import gettext_lazy as _

ROLES = {
    "aut": _("Author"),
    "ctb": _("Contribution"),
    "edt": _("Editing"),
    "rev": _("Review"),
    "res": _("Research"),
    "trl": _("Translation"),
    "ill": _("Illustration"),
    "pht": _("Photography"),
    "bkd": _("Layout"),
    "spk": _("Speaker"),
    "fnd": _("Funding"),
}
