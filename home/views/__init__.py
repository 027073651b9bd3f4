from home.views.conduct import code_of_conduct
from home.views.language import set_language
from home.views.member import landing, read_all, welcome
from home.views.pages import accessibility, help_page, privacy, terms
from home.views.sitemap import sitemap

__all__ = [
    "accessibility",
    "code_of_conduct",
    "help_page",
    "landing",
    "privacy",
    "read_all",
    "set_language",
    "sitemap",
    "terms",
    "welcome",
]
