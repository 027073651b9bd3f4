"""What awaits the animators and the members when the demonstration opens."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import MembershipRequest, User
from community.models import Charter, CharterAcceptance, JoinRequest, SubCommunity
from core import content
from home.demo.threads import Loaded
from home.founding import source
from home.models import WelcomeStep
from moderation.models import Greeting, Report

# Out of a path of six: these people came long ago, and the path is put away.
ALL_STEPS = range(1, 7)


def add_waiting(
    people: dict[str, User], spaces: dict[str, SubCommunity], loaded: dict[str, Loaded]
) -> None:
    _request_to_join_the_community()
    _request_to_join_a_space(people["mem-39"], spaces["sc-psychosocial"])
    _report(people["mem-47"], loaded["fil-12"])
    _welcome(people)


def _request_to_join_the_community() -> None:
    """An organisation at the door since the day before yesterday."""
    asked = timezone.now() - timedelta(days=2, hours=3)
    MembershipRequest.objects.create(
        state=MembershipRequest.State.SUBMITTED,
        organisation_name="La Remise à flot",
        neq="1100000099",
        mission="Accompagner vers un diplôme les jeunes de 16 à 25 ans qui ont quitté l’école.",
        region="12",
        municipality="Saint-Ancre",
        non_profit=True,
        against_dropout=(
            "Un atelier de remise en mouvement trois jours par semaine, et le suivi de chaque "
            "jeune pendant sa première année de retour en formation."
        ),
        federated=MembershipRequest.Federated.UNSURE,
        first_name="Jocelyne",
        last_name="Estuairet",
        job_title="Directrice",
        email="jocelyne.estuairet@courriel.example",
        hopes="D’autres équipes qui accompagnent des retours en formation des adultes.",
        consented_at=asked,
        submitted_at=asked,
    )


def _request_to_join_a_space(user: User, space: SubCommunity) -> None:
    charter = Charter.objects.filter(space=space).order_by("-version").first()
    if charter is not None:
        CharterAcceptance.objects.create(user=user, charter=charter)
    request = JoinRequest.objects.create(
        user=user,
        space=space,
        message=(
            "Nous commençons à porter des suivis et je suis seule à les encadrer. "
            "J’aimerais apprendre de vos façons de faire."
        ),
    )
    JoinRequest.objects.filter(pk=request.pk).update(
        created_at=timezone.now() - timedelta(days=1, hours=4)
    )


def _report(user: User, one: Loaded) -> None:
    """A careful reader asks for a second look at a message."""
    post = one.posts[2]
    report = Report.objects.create(
        kind=content.kind_of(post).name,
        object_id=post.pk,
        space=one.thread.space,
        reporter=user,
        author=post.author,
        reason=Report.Reason.OTHER,
        details="Je ne suis pas certaine que cette façon de faire convienne à tous les milieux.",
        snapshot=content.kind_of(post).snapshot(post),
    )
    Report.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(hours=20))


def _welcome(people: dict[str, User]) -> None:
    """Newcomers are on their path and wait to be greeted; the others have walked it."""
    levels = {entry["id"]: entry["niveau_participation"] for entry in source()["membres"]}
    steps, greetings = [], []
    for key, user in people.items():
        if levels.get(key) == "nouveau":
            continue
        greetings.append(Greeting(user=user, by=people["mem-01"]))
        # Tristan, whom the visitor of the demonstration borrows, has his twin left to meet.
        left = {6} if key == "mem-05" else set()
        steps += [WelcomeStep(user=user, step=step) for step in ALL_STEPS if step not in left]
    WelcomeStep.objects.bulk_create(steps)
    Greeting.objects.bulk_create(greetings)
