from django.urls import path

from forums.views import (
    acts,
    asking,
    bookmarks,
    compose,
    editing,
    lists,
    polls,
    scheduled,
    synthesis,
    thread,
)

app_name = "forums"

urlpatterns = [
    path("", lists.threads, name="threads"),
    path("lu/", lists.read_all, name="read_all"),
    path("nouveau/", compose.new, name="new"),
    path("nouveau/portee/", compose.reach, name="reach"),
    path("messages/<int:pk>/", thread.post, name="post"),
    path("messages/<int:pk>/reaction/", acts.react, name="react"),
    path("messages/<int:pk>/modifier/", editing.edit, name="edit"),
    path("messages/<int:pk>/versions/", editing.versions, name="versions"),
    path("messages/<int:pk>/identite/", acts.identity, name="identity"),
    path("messages/<int:pk>/retenir/", acts.retain, name="retain"),
    path("messages/<int:pk>/ecarter/", acts.hide_post, name="hide_post"),
    path("messages/<int:pk>/garder/", bookmarks.keep, name="bookmark"),
    path("a-venir/", scheduled.page, name="scheduled"),
    path("a-venir/<int:pk>/brouillon/", scheduled.take_back, name="unschedule"),
    path("gardes/", bookmarks.page, name="bookmarks"),
    path("<int:pk>/", thread.page, name="thread"),
    path("<int:pk>-<slug:slug>/", thread.page, name="thread"),
    path("<int:pk>/repondre/", compose.reply, name="reply"),
    path("<int:pk>/suivre/", acts.follow, name="follow"),
    path("<int:pk>/etat/", acts.state, name="state"),
    path("<int:pk>/ecarter/", acts.hide_thread, name="hide"),
    path("<int:pk>/deplacer/", acts.move, name="move"),
    path("<int:pk>/demander/", asking.ask, name="ask"),
    path("<int:pk>/synthese/", synthesis.write, name="synthesis"),
    path("<int:pk>/synthese/versions/", synthesis.versions, name="synthesis_versions"),
    path("<int:pk>/synthese/retirer/", synthesis.withdraw, name="synthesis_withdraw"),
    path("<int:pk>/sondage/", polls.page, name="poll"),
    path("<int:pk>/sondage/nouveau/", polls.new, name="new_poll"),
    path("<int:pk>/sondage/repondre/", polls.vote, name="vote"),
    path("<int:pk>/sondage/etat/", polls.state, name="poll_state"),
]
