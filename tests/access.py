"""The access table: every address of the product, who may ask for it, with which objects.

`tests/test_urls.py` fails for an address without a row; `tests/test_visibility.py` asks all of
them, as everybody, for every object there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Invitation, Organisation, User
from community.models import SubCommunity
from core.models import ResumableUpload, StoredFile
from forums.models import Post, Thread
from library.models import Collection, Document
from moderation.models import Report
from notifications.models import IncomingMail
from practices.models import Booklet, Passage, Proposal, Sheet, Trial
from search.models import SavedSearch

# Who an address is for.
PUBLIC = "public"  # anybody
MEMBER = "member"  # whoever is signed in; what she sees is the audience rule's business
STAFF = "staff"  # animators, administrators, co-animators when so set
TOKEN = "token"  # whoever holds the signed link


@dataclass(frozen=True)
class Row:
    """One address: for whom, and whether it only takes a POST."""

    who: str
    post_only: bool = False


def member(*names: str, post_only: bool = False) -> dict[str, Row]:
    return {name: Row(MEMBER, post_only) for name in names}


TABLE: dict[str, Row] = {
    # home and core
    **{
        name: Row(PUBLIC)
        for name in (
            "home:landing", "home:privacy", "home:terms", "home:accessibility", "home:help",
            "core:health", "core:robots", "core:favicon", "home:sitemap",
        )
    },
    "set_language": Row(PUBLIC, post_only=True),
    **member("home:conduct", "core:file"),
    **member(
        "home:read_all", "home:welcome", "core:upload", "core:uploads", "core:resumable",
        post_only=True,
    ),
    # sign-in and security: allauth's names, our addresses
    **{
        name: Row(PUBLIC)
        for name in (
            "account_login", "account_request_login_code", "account_confirm_login_code",
            "mfa_authenticate", "mfa_login_webauthn", "account_inactive", "account_signup",
            "account_reset_password", "account_reset_password_done", "account_logout",
            "account_reset_password_from_key", "account_reset_password_from_key_done",
        )
    },
    **member(
        "account_change_password", "account_set_password", "account_reauthenticate", "mfa_index",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp",
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
        "mfa_remove_webauthn", "mfa_edit_webauthn", "usersessions_list",
    ),
    # joining
    **{
        name: Row(PUBLIC)
        for name in (
            "accounts:request", "accounts:request_challenge", "accounts:request_received",
            "accounts:follow_again",
        )
    },
    "accounts:follow": Row(TOKEN),
    "accounts:invitation": Row(TOKEN),
    **member(
        "accounts:team", "accounts:team_invite", "accounts:team_invitation",
        "accounts:team_hand_over", "accounts:team_leaving",
    ),
    # people
    **member(
        "accounts:profile", "accounts:security", "accounts:members", "accounts:member",
        "accounts:organisations", "accounts:organisation", "accounts:organisation_edit",
    ),
    # spaces
    **member(
        "community:index", "community:space", "community:join", "community:charter",
        "community:members",
    ),
    **member("community:react", "community:withdraw", "community:leave", post_only=True),
    # threads
    **member(
        "forums:threads", "forums:new", "forums:reach", "forums:mentions", "forums:post",
        "forums:edit",
        "forums:versions", "forums:identity", "forums:thread", "forums:reply", "forums:move",
        "forums:hide", "forums:hide_post", "forums:move_post", "forums:merge",
    ),
    **member(
        "forums:read_all", "forums:resembling", "forums:keep", "forums:react", "forums:retain",
        "forums:follow", "forums:state",
        post_only=True,
    ),
    **member(
        "forums:poll", "forums:new_poll", "forums:bookmark", "forums:bookmarks", "forums:scheduled",
        "forums:synthesis", "forums:synthesis_versions", "forums:synthesis_withdraw", "forums:ask",
        "forums:aftermath",
    ),
    **member("forums:vote", "forums:poll_state", "forums:unschedule", post_only=True),
    # the library: a visitor reads what is public, and is led to sign in for the rest
    **{
        name: Row(PUBLIC)
        for name in (
            "library:index", "library:oai", "library:feed_rss", "library:feed_atom",
            "library:collections",
        )
    },
    **member(
        "library:document", "library:download", "library:read", "library:page_image",
        "library:citation", "library:table", "library:new_collection", "library:collection",
        "library:collection_edit", "library:collection_zip", "library:collect",
        "library:versions", "library:version", "library:similar", "library:news", "library:decide",
        "library:withdraw", "library:merge",
    ),
    **member("library:collection_item", "library:from_attachment", post_only=True),
    **member("library:deposit", "library:deposits", "library:edit", "library:new_version"),
    # practices: a visitor reads the showcase, and is led to sign in for the rest
    "practices:index": Row(PUBLIC),
    **member("practices:sheet", "practices:news"),
    # practices: writing a sheet and its life
    **member(
        "practices:new", "practices:mine", "practices:due", "practices:write",
        "practices:write_section", "practices:life", "practices:act",
    ),
    **member(
        "practices:keep_section", "practices:present", "practices:drop_section", post_only=True
    ),
    # practices: improvements and adaptations
    **member(
        "practices:improve", "practices:propose", "practices:proposals", "practices:proposal",
        "practices:settle", "practices:versions", "practices:version", "practices:adapt",
        "practices:differs", "practices:tree",
    ),
    # practices: trials, what one keeps, evidence
    **member(
        "practices:try", "practices:trials", "practices:trial_change", "practices:trial_aside",
        "practices:kept", "practices:asked", "practices:evidence",
    ),
    **member("practices:keep", post_only=True),
    # practices: comparing, matching, what is missing
    **{name: Row(PUBLIC) for name in (
        "practices:map", "practices:compare", "practices:showcase_picture",
    )},
    **member(
        "practices:gaps", "practices:for_call", "practices:match", "practices:similar",
    ),
    # practices: what leaves the directory
    **member(
        "practices:print", "practices:pdf", "practices:json", "practices:picture",
        "practices:table", "practices:json_list", "practices:new_booklet", "practices:booklet",
        "practices:booklet_pdf",
    ),
    # practices: born of a thread
    **member(
        "practices:from_thread", "practices:consents", "practices:consent", "practices:related",
        "practices:tie",
    ),
    **member("practices:drop_passage", post_only=True),
    # notices
    **member("notifications:centre", "notifications:preferences"),
    **member("notifications:stop_one", "notifications:resume", post_only=True),
    "notifications:stop": Row(TOKEN),
    "notifications:webhook": Row(TOKEN, post_only=True),
    **member("notifications:original", "notifications:sent", "notifications:sent_one"),
    # search
    **member("search:page", "search:suggestions", "search:saved"),
    **member(
        "search:rename", "search:mail", "search:own_feed", "search:forget", post_only=True
    ),
    **{name: Row(TOKEN) for name in ("search:feed", "search:feed_rss", "search:stop")},
    # moderation
    **member("moderation:file_report", "moderation:report"),
    "admin:moderation_report_restore": Row(STAFF, post_only=True),
    "admin:put_off": Row(STAFF, post_only=True),
    "admin:bring_back": Row(STAFF, post_only=True),
}  # fmt: skip
# Addresses of the forums below a thread; the others are below a message.
OF_A_THREAD = {
    "forums:thread", "forums:reply", "forums:follow", "forums:state", "forums:hide", "forums:move",
    "forums:merge", "forums:poll", "forums:new_poll", "forums:vote", "forums:poll_state",
    "forums:synthesis", "forums:synthesis_versions", "forums:synthesis_withdraw", "forums:ask",
    "forums:aftermath",
}  # fmt: skip
# The composer's addresses meet a visitor whose session has just ended: they answer themselves.
KEEPS_WHAT_WAS_TYPED = {
    "forums:new", "forums:reply", "forums:edit", "forums:synthesis", "library:deposit",
    "library:edit", "library:new_version", "practices:write_section", "practices:propose",
    "practices:settle", "practices:adapt", "practices:differs", "practices:try",
    "practices:trial_change", "forums:aftermath",
}  # fmt: skip


def row_of(name: str) -> Row | None:
    """The row of an address; all of the admin is for staff."""
    if name in TABLE:
        return TABLE[name]
    return Row(STAFF) if name.startswith("admin:") else None


@dataclass(frozen=True)
class Address:
    """One named pattern of the URLconf and the parameters that it takes."""

    name: str
    parameters: tuple[str, ...]


def addresses() -> list[Address]:
    """Every named address, once for each set of parameters."""

    def walk(resolver: Any, namespace: str, above: tuple[str, ...]) -> Iterator[Address]:
        for pattern in resolver.url_patterns:
            taken = (*above, *pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern, namespace + inner, taken)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield Address(namespace + pattern.name, taken)

    return list(dict.fromkeys(walk(get_resolver(), "", ())))


def _admin_models() -> dict[str, Any]:
    return {
        f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry
    }


def arguments(address: Address) -> list[dict[str, Any]]:
    """The parameters of an address, for every object in the database that it could be about."""
    names = set(address.parameters)
    if not names:
        return [{}]
    if address.name.startswith("admin:"):
        return _admin_arguments(address, names)
    if names == {"token"}:
        return [{"token": "faux"}]
    if names == {"name"}:
        return [{"name": "20261125-090000-000000-abcdef"}]
    if names == {"uidb36", "key"}:
        return [{"uidb36": "1", "key": "faux-jeton"}]
    if names == {"key"}:
        return [{"key": "faux"}]
    if names == {"upload_id"}:
        return [{"upload_id": pk} for pk in ResumableUpload.objects.values_list("pk", flat=True)]
    if names == {"file_id"}:
        return [{"file_id": pk} for pk in StoredFile.objects.values_list("pk", flat=True)]
    if names == {"slug"} and address.name.startswith("community:"):
        return [{"slug": slug} for slug in SubCommunity.objects.values_list("slug", flat=True)]
    if address.name.startswith("library:"):
        return _library_arguments(address, names)
    if address.name.startswith("practices:"):
        return _practices_arguments(address, names)
    model: Any = {
        "accounts:member": User, "moderation:report": Report, "search:rename": SavedSearch,
        "search:mail": SavedSearch, "search:own_feed": SavedSearch, "search:forget": SavedSearch,
        "notifications:original": IncomingMail,
    }.get(address.name)  # fmt: skip
    if address.name in OF_A_THREAD:
        model = Thread
    if model is None:
        model = Post if address.name.startswith("forums:") else Organisation
    if address.name.startswith("mfa_"):
        return [{"pk": 1}]
    people = list(User.objects.values_list("pk", flat=True))[:3]
    invitations = list(Invitation.objects.values_list("pk", flat=True)) or [1]
    found = []
    for obj in model.objects.all():
        given = {"pk": obj.pk}
        if "slug" in names:
            given["slug"] = "nimporte"
        if "person" in names:
            found += [given | {"person": pk} for pk in people]
        elif "invitation" in names:
            found += [given | {"invitation": pk} for pk in invitations]
        else:
            found.append(given)
    return found


def _library_arguments(address: Address, names: set[str]) -> list[dict[str, Any]]:
    model: Any = Collection if address.name.startswith("library:collection") else Document
    others = {"slug": "nimporte", "number": 1, "format": "bib"}
    rest = {name: value for name, value in others.items() if name in names}
    return [{"pk": pk} | rest for pk in model.objects.values_list("pk", flat=True)]


def _practices_arguments(address: Address, names: set[str]) -> list[dict[str, Any]]:
    if names == {"booklet"}:
        return [{"booklet": pk} for pk in Booklet.objects.values_list("pk", flat=True)]
    others = {"slug": "nimporte", "number": 1, "section": "besoin", "act": "archiver"}
    rest = {name: value for name, value in others.items() if name in names}
    if "proposal" in names:
        found = Proposal.objects.values_list("sheet_id", "pk")
        return [{"pk": sheet, "proposal": pk} | rest for sheet, pk in found]
    if address.name in ("practices:trial_change", "practices:trial_aside"):
        told = Trial.objects.values_list("sheet_id", "pk")
        return [{"pk": sheet, "number": trial} for sheet, trial in told]
    if address.name == "practices:consent":
        return [{"pk": pk} for pk in Passage.objects.values_list("pk", flat=True)]
    return [{"pk": pk} | rest for pk in Sheet.objects.values_list("pk", flat=True)]


def _admin_arguments(address: Address, names: set[str]) -> list[dict[str, Any]]:
    if names == {"object_id"}:
        key, _, act = address.name.removeprefix("admin:").rpartition("_")
        # Nothing is deleted in the admin: one refusal a model is enough.
        most = 1 if act == "delete" else 20
        found = _admin_models()[key]._base_manager.values_list("pk", flat=True)
        return [{"object_id": pk} for pk in found[:most]]
    if names == {"app_label"}:
        return [
            {"app_label": label}
            for label in sorted({m._meta.app_label for m in admin.site._registry})
        ]
    if names == {"pk"}:
        models = {"ask": Thread, "thank": Post, "greet": User}
        name = address.name.removeprefix("admin:")
        model = models.get(name) or _admin_models().get(name.rpartition("_")[0], Report)
        return [{"pk": pk} for pk in model._base_manager.values_list("pk", flat=True)[:40]]
    return []


def paths(address: Address) -> list[str]:
    return [reverse(address.name, kwargs=given) for given in arguments(address)]
