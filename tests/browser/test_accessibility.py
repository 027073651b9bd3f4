"""WCAG 2.2 AA, as axe sees it: every address and every state, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Page

from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.services import invitations, joining
from community.models import BreakGlassGrant, Charter, JoinRequest, Membership, SubCommunity
from core.models import ActionLog, Term
from forums.models import Poll, Post, Synthesis, Thread
from library.models import Collection, Document
from moderation.models import Report
from notifications.links import stop_url
from search.links import stop_url as stop_searches
from search.models import SynonymSet
from tests import access
from tests.browser import practice_pages, scenes
from tests.browser.axe import check
from tests.browser.conftest import Opens
from tests.browser.house import House, path_of
from tests.browser.scenes import person

pytestmark = pytest.mark.browser

# Addresses that answer no page of their own to a GET, and why.
NO_PAGE = {
    "core:file": "the bytes of a file",
    "core:favicon": "leads to a picture",
    "core:health": "JSON",
    "core:robots": "a text file",
    "accounts:request_challenge": "JSON",
    "accounts:team_invite": "takes a POST; its errors are below",
    "accounts:team_invitation": "takes a POST",
    "forums:post": "leads to the message in its thread",
    "forums:reach": "a part of a page",
    "forums:reply": "leads to the thread; its errors are below",
    "forums:identity": "takes a POST; below",
    "forums:mentions": "JSON",
    "notifications:original": "a file",
    "notifications:sent": "the demo's: test_accessible_states.py",
    "notifications:sent_one": "the demo's: test_accessible_states.py",
    "mfa_login_webauthn": "JSON",
    "mfa_list_webauthn": "leads to the security page",
    "accounts:security": "is mfa_index, under its own name",
    "mfa_download_recovery_codes": "a text file",
    "mfa_edit_webauthn": "needs a device: test_people.py",
    "mfa_remove_webauthn": "needs a device: test_people.py",
    "mfa_reauthenticate_webauthn": "needs a device: test_people.py",
    "usersessions_list": "leads to the security page",
    "account_confirm_login_code": "below, once a code is asked for",
    "mfa_authenticate": "below, once the password is given",
    "library:citation": "a file",
    "library:download": "a file",
    "library:page_image": "a picture",
    "library:news": "a part of a page",
    "library:oai": "XML",
    "library:feed_rss": "XML",
    "library:feed_atom": "XML",
    "library:table": "a CSV file",
    "library:collection_zip": "an archive",
    "practices:news": "a part of a page",
    "practices:pdf": "a file",
    "practices:json": "JSON",
    "practices:picture": "a picture",
    "practices:showcase_picture": "a picture",
    "practices:table": "a CSV file",
    "practices:json_list": "JSON",
    "practices:booklet_pdf": "a file",
    "home:sitemap": "XML",
    "forums:aftermath": "needs a question of hers: test_practices_trials.py",
    "search:suggestions": "JSON",
    "search:feed": "XML",
    "search:feed_rss": "XML",
    "admin:login": "leads to our own",
    "admin:logout": "leads to our own",
    "admin:password_change": "leads to our own",
    "admin:password_change_done": "leads to our own",
    "admin:autocomplete": "JSON",
    "admin:jsi18n": "a script",
    "admin:view_on_site": "leads to the object",
    "admin:accounts_invitation_model": "a CSV file",
}


@pytest.fixture
def house(open_house: Opens) -> Iterator[House]:
    with open_house("staged") as house:
        yield house


# ------------------------------------------------------------------------------- the addresses


def to(name: str, *args: Any, **query: str) -> str:
    found = reverse(name, args=args)
    return found + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) * bool(query))


def visitor_pages() -> list[str]:
    names = (
        "home:landing", "home:privacy", "home:terms", "home:accessibility", "home:help",
        "account_login", "account_request_login_code", "account_inactive", "account_signup",
        "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key_done", "accounts:request", "accounts:request_received",
        "accounts:follow_again",
    )  # fmt: skip
    return [to(name) for name in names]


def token_pages() -> list[str]:
    """Follow-up pages in each state, links of invitations in each state, and false ones."""
    requests = MembershipRequest.objects.filter(email__endswith="@passerelle.example")
    thread = Thread.objects.get(title=scenes.LONG)
    member = person(scenes.MEMBER)
    return [
        *(to("accounts:follow", joining.link_token(one)) for one in requests),
        *(to("accounts:invitation", invitations.link_token(one)) for one in invited()),
        path_of(stop_url(member, "thread", thread.pk)),
        path_of(stop_searches(member)),
        to("accounts:follow", "faux"),
        to("accounts:invitation", "faux"),
        to("notifications:stop", "faux"),
        to("search:stop", "faux"),
        to("account_reset_password_from_key", "1", "faux-jeton"),
        "/nulle-part/",
    ]


def invited() -> list[Invitation]:
    return list(Invitation.objects.filter(first_name__in=("sent", "expired", "guest")))


def own_pages() -> list[str]:
    """What Tristan opens of his own: he is the référente of his organisation."""
    member = person(scenes.MEMBER)
    team = (member.organisation.pk, member.organisation.slug)
    colleague = User.objects.filter(organisation=member.organisation).exclude(pk=member.pk).first()
    names = (
        "home:landing", "home:conduct", "accounts:profile", "accounts:security",
        "notifications:centre", "notifications:preferences", "account_logout",
        "account_change_password",
        "account_reauthenticate", "mfa_reauthenticate", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn",
    )  # fmt: skip
    return [
        *(to(name) for name in names),
        to("accounts:team", *team),
        to("accounts:team_hand_over", *team),
        to("accounts:team_leaving", *team, member.pk),
        *([to("accounts:team_leaving", *team, colleague.pk)] if colleague else []),
        to("accounts:organisation", *team),
        to("accounts:organisation_edit", *team),
    ]


def shared_pages() -> list[str]:
    """Directories and spaces, as Tristan reads them."""
    other = Organisation.objects.exclude(pk=person(scenes.MEMBER).organisation_id)
    return [
        to("accounts:members"),
        to("accounts:members", q="personne-de-ce-nom"),
        person(scenes.MEMBER).get_absolute_url(),
        person(scenes.COLLEAGUE).get_absolute_url(),
        to("accounts:organisations"),
        other.filter(category=Organisation.Category.MEMBER)[0].get_absolute_url(),
        to("community:index"),
        *(to("community:space", one.slug) for one in SubCommunity.objects.all()),
        *(to("community:join", slug) for slug in ("direction-administration", scenes.EMPTY)),
        to("community:charter", "intervention"),
        to("community:members", "intervention"),
    ]


def discussion_pages() -> list[str]:
    """Threads, messages and reports, as Tristan reads them."""
    long = Thread.objects.get(title=scenes.LONG)
    locked = Thread.objects.get(title="Un fil verrouillé")
    mine = Post.objects.filter(thread=long, author=person(scenes.MEMBER))
    report = Report.objects.filter(reporter=person(scenes.MEMBER), closed_at=None).first()
    closed = Report.objects.exclude(closed_at=None).get()
    polled, summed = Poll.objects.get(unnamed=False), Synthesis.objects.get()
    return [
        to("forums:threads"),
        to("forums:threads", mot="introuvable", filtre="nonlus"),
        to("forums:new"),
        long.get_absolute_url(),
        long.get_absolute_url() + "?page=3",
        long.get_absolute_url() + "?page=1&citer=" + str(long.posts.get(position=3).pk),
        locked.get_absolute_url(),
        Thread.objects.get(title=scenes.STRAYED).get_absolute_url(),
        to("forums:edit", mine.get(position=1).pk),
        to("forums:edit", mine.get(position=4).pk),
        to("forums:versions", long.posts.get(position=60).pk),
        to("forums:bookmarks"),
        to("forums:bookmark", long.posts.get(position=7).pk),
        to("forums:scheduled"),
        to("forums:new_poll", long.pk),
        to("forums:ask", long.pk),
        to("forums:synthesis", long.pk),
        to("forums:synthesis_versions", long.pk),
        summed.thread.get_absolute_url(),
        polled.thread.get_absolute_url(),
        to("forums:poll", polled.thread_id),
        to("moderation:file_report", genre="post", objet=str(long.posts.get(position=7).pk)),
        to("moderation:report", report.pk),
        to("moderation:report", closed.pk),
    ]


def document_pages() -> list[str]:
    """The list, full and empty; a document in each state, its versions, its reading; what its
    depositor does with it."""
    public, text, broken, gone = (
        Document.objects.get(title=title)
        for title in (scenes.PUBLIC, scenes.TEXT, scenes.BROKEN, scenes.GONE)
    )
    scenes.put_back_files()
    return [
        to("library:index"),
        to("library:index", type="guide", mot="familles", tri="titre", de="2020"),
        to("library:index", q="introuvable"),
        public.get_absolute_url(),
        broken.get_absolute_url(),
        to("library:similar", public.pk),
        to("library:versions", public.pk),
        to("library:version", public.pk, 1),
        to("library:version", public.pk, 2),
        to("library:read", public.pk, page="2"),
        to("library:read", public.pk, page="2") + "#texte",
        to("library:read", public.pk, version="1"),
        to("library:read", text.pk, page="2"),
        to("library:deposit"),
        to("library:deposits"),
        to("library:edit", public.pk),
        to("library:new_version", public.pk),
        to("library:withdraw", public.pk),
        to("library:merge", public.pk),
        gone.get_absolute_url(),
        to("forums:new", **{"a-propos": f"document-{public.pk}"}),
    ]


def visited_documents() -> list[str]:
    """The library of a visitor."""
    scenes.put_back_files()
    public = Document.objects.get(title=scenes.PUBLIC)
    return [
        to("library:index"),
        to("library:index", q="introuvable"),
        public.get_absolute_url(),
        to("library:read", public.pk),
        to("library:versions", public.pk),
        Document.objects.get(title=scenes.GONE).get_absolute_url(),
    ]


def collection_pages() -> list[str]:
    """Reading lists, as Tristan makes them."""
    shared = Collection.objects.get(title=scenes.LIST)
    empty = Collection.objects.get(title=scenes.EMPTY_LIST)
    document = shared.items.all()[0].document_id
    return [
        to("library:collections"),
        shared.get_absolute_url(),
        shared.get_absolute_url() + "?impression=1",
        empty.get_absolute_url(),
        to("library:new_collection"),
        to("library:collection_edit", shared.pk),
        to("library:collect", document),
    ]


def visited_collections() -> list[str]:
    """The same lists, where they are public."""
    shared = Collection.objects.get(title=scenes.LIST)
    return [to("library:collections"), shared.get_absolute_url()]


def search_pages() -> list[str]:
    """Nothing asked, much found, narrowed, nothing found; what Tristan saved."""
    return [
        to("search:page"),
        to("search:page", q="perroquet"),
        to("search:page", q="perroquet", tri="date", communaute="intervention", apres="2020-01-05"),
        to("search:page", q="introuvable"),
        to("search:saved"),
    ]


def newcomer_pages() -> list[str]:
    """Nadia has just come: nothing in her space, nothing to read, no factor, no password."""
    return [
        to("home:landing"),
        to("forums:threads"),
        to("community:space", scenes.EMPTY),
        to("community:index"),
        to("community:join", "direction-administration"),
        to("community:join", "suivis-psychosociaux"),
        to("community:space", "suivis-psychosociaux"),
        to("community:space", "intervention"),
        to("accounts:profile"),
        to("accounts:security"),
        to("account_set_password"),
        to("mfa_activate_totp"),
        to("notifications:preferences"),
        to("accounts:members"),
        to("search:saved"),
    ]


def guest_pages() -> list[str]:
    thread = Thread.objects.get(title=scenes.LONG)
    return [to("home:landing"), to("forums:new"), to("forums:threads"), thread.get_absolute_url()]


def animator_pages() -> list[str]:
    """What Odile opens in the rooms, besides what members do."""
    long = Thread.objects.get(title=scenes.LONG)
    unnamed = Thread.objects.filter(unnamed=True, title__contains="Sans mon nom").get()
    away = Thread.objects.get(title="Un fil écarté")
    return [
        to("home:landing"),
        long.get_absolute_url(),
        long.get_absolute_url() + "?page=3",
        unnamed.get_absolute_url(),
        away.get_absolute_url(),
        to("forums:new", communaute="suivis-psychosociaux"),
        to("forums:edit", long.posts.get(position=4).pk),
        to("forums:hide", long.pk),
        to("forums:hide_post", long.posts.get(position=4).pk),
        to("forums:move", long.pk),
        to("forums:merge", long.pk),
        to("forums:move_post", long.posts.get(position=4).pk),
        to("forums:synthesis_withdraw", Synthesis.objects.get().thread_id),
        to("community:space", "intervention"),
        to("library:index", etat="attente"),
        Document.objects.get(title=scenes.WAITING).get_absolute_url(),
        to("library:decide", Document.objects.get(title=scenes.WAITING).pk),
        to("search:page", q="nom", communaute="suivis-psychosociaux"),
        to("accounts:organisations"),
        person(scenes.MEMBER).get_absolute_url(),
    ]


def console_pages() -> list[str]:
    unanswered = Thread.objects.filter(reply_count=0, space__is_common=False).order_by("pk")
    requests = {one.state: one for one in MembershipRequest.objects.order_by("pk")}
    first, second = Report.objects.order_by("closed_at")[:2]
    return [
        to("admin:index"),
        to("admin:search"),
        to("admin:search", q="la"),
        to("admin:ask", unanswered[0].pk),
        to("admin:greet", person(scenes.NEWCOMER).pk),
        to("admin:thank", Post.objects.filter(unnamed=False)[0].pk),
        to("admin:accounts_invitation_import"),
        to("admin:accounts_invitation_add"),
        to("admin:moderation_report_change", first.pk),
        to("admin:moderation_report_change", second.pk),
        *(
            to("admin:accounts_membershiprequest_change", requests[state].pk)
            for state in ("submitted", "more", "approved", "refused")
        ),
        *(to("admin:accounts_invitation_change", one.pk) for one in invited()),
        *(to("admin:community_joinrequest_change", one.pk) for one in JoinRequest.objects.all()),
    ]


ONE_OF: dict[str, Callable[[], Any]] = {
    "accounts_user": lambda: person(scenes.MEMBER).pk,
    "accounts_organisation": lambda: person(scenes.MEMBER).organisation_id,
    "accounts_membershiprequest": lambda: MembershipRequest.objects.filter(state="more")[0].pk,
    "accounts_invitation": lambda: invited()[0].pk,
    "community_charter": lambda: Charter.objects.order_by("pk")[0].pk,
    "community_breakglassgrant": lambda: BreakGlassGrant.objects.all()[0].pk,
    "community_joinrequest": lambda: JoinRequest.objects.all()[0].pk,
    "community_subcommunity": lambda: SubCommunity.objects.get(slug=scenes.EMPTY).pk,
    "community_membership": lambda: Membership.objects.order_by("pk")[0].pk,
    "core_term": lambda: Term.objects.order_by("pk")[0].pk,
    "core_actionlog": lambda: ActionLog.objects.order_by("pk")[0].pk,
    "forums_thread": lambda: Thread.objects.get(title=scenes.LONG).pk,
    "forums_post": lambda: Post.objects.get(thread__title=scenes.LONG, position=3).pk,
    "forums_poll": lambda: Poll.objects.order_by("pk")[0].pk,
    "library_document": lambda: Document.objects.get(title=scenes.PUBLIC).pk,
    "library_collection": lambda: Collection.objects.get(title=scenes.LIST).pk,
    "search_synonymset": lambda: SynonymSet.objects.order_by("pk")[0].pk,
    "moderation_report": lambda: Report.objects.order_by("pk")[0].pk,
    **practice_pages.ONE_OF,
}


def admin_lists() -> list[str]:
    names = [f"admin:{key}_changelist" for key in ONE_OF]
    adds = ("community_charter", "community_joinrequest", "community_subcommunity",
            "accounts_organisation", "core_term", "search_synonymset")  # fmt: skip
    return [
        *(to(name) for name in names),
        *(to(f"admin:{key}_add") for key in adds),
        to("admin:app_list", "community"),
    ]


def admin_forms() -> list[str]:
    """One object of each kind, and its history."""
    found = []
    for key, pk in ONE_OF.items():
        found += [to(f"admin:{key}_change", pk()), to(f"admin:{key}_history", pk())]
    return [*found, to("admin:search_synonymset_delete", ONE_OF["search_synonymset"]())]


def administrator_pages() -> list[str]:
    member = person(scenes.MEMBER).pk
    return [
        to("admin:index"),
        to("admin:accounts_user_change", member),
        to("admin:community_breakglassgrant_add"),
        to("admin:community_breakglassgrant_changelist"),
        to("admin:core_term_change", Term.objects.order_by("pk")[0].pk),
    ]


GROUPS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "visitor": ("", visitor_pages),
    "links": ("", token_pages),
    "own": (scenes.MEMBER, own_pages),
    "shared": (scenes.MEMBER, shared_pages),
    "discussions": (scenes.MEMBER, discussion_pages),
    "documents": (scenes.MEMBER, document_pages),
    "public documents": ("", visited_documents),
    "collections": (scenes.MEMBER, collection_pages),
    "visited": ("", visited_collections),
    "search": (scenes.MEMBER, search_pages),
    **practice_pages.GROUPS,
    "newcomer": (scenes.NEWCOMER, newcomer_pages),
    "guest": (scenes.GUEST, guest_pages),
    "animator": (scenes.ANIMATOR, animator_pages),
    "console": (scenes.ANIMATOR, console_pages),
    "lists": (scenes.ANIMATOR, admin_lists),
    "forms": (scenes.ANIMATOR, admin_forms),
    "administrator": (scenes.ADMINISTRATOR, administrator_pages),
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_is_accessible(
    house: House, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fifty lines are as accessible as eight, and eight have a second page.
    for model_admin in admin.site._registry.values():
        monkeypatch.setattr(model_admin, "list_per_page", 8)
    email, paths = GROUPS[group]
    page = house.visit(person(email) if email else None)
    found = []
    for path in paths():
        page.goto(path)
        found += look(page, path)
    assert found == []


def look(page: Page, path: str) -> list[str]:
    """What is wrong with the page, which must be the one that was asked for."""
    heads = page.locator("h1").count()
    wrong = [] if heads == 1 else [f"{path}: {heads} h1"]
    return wrong + check(page)


def test_every_address_is_in_a_group(house: House) -> None:
    """A new address is examined, or it is said why not."""
    examined = set()
    for _email, paths in GROUPS.values():
        for path in paths():
            try:
                examined.add(resolve(path.partition("?")[0]).view_name)
            except Resolver404:
                continue
    expected = set()
    for address in access.addresses():
        row = access.row_of(address.name)
        if row and not row.post_only and address.name not in NO_PAGE:
            expected.add(address.name)
    missing = {name for name in expected - examined if not refuses_all(name)}
    assert missing == set()


def refuses_all(name: str) -> bool:
    """Nothing is added or deleted in the admin but what says so."""
    added = ("_charter_add", "_joinrequest_add", "_subcommunity_add", "_organisation_add")
    return name.startswith("admin:") and (
        name.endswith("_delete") or (name.endswith("_add") and not name.endswith(added))
    )
