from forums.models.ask import Ask
from forums.models.bookmark import Bookmark
from forums.models.draft import Draft
from forums.models.place import FormerPlace
from forums.models.poll import Ballot, Choice, Poll, PollOption
from forums.models.post import Post, PostVersion
from forums.models.reading import ReadPosition
from forums.models.scheduled import ScheduledPost
from forums.models.synthesis import Synthesis, SynthesisVersion
from forums.models.thread import Thread

__all__ = [
    "Ask",
    "Ballot",
    "Bookmark",
    "Choice",
    "Draft",
    "FormerPlace",
    "Poll",
    "PollOption",
    "Post",
    "PostVersion",
    "ReadPosition",
    "ScheduledPost",
    "Synthesis",
    "SynthesisVersion",
    "Thread",
]
