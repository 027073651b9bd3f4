from forums.models.draft import Draft
from forums.models.post import Post, PostVersion
from forums.models.reading import ReadPosition
from forums.models.thread import Thread

__all__ = ["Draft", "Post", "PostVersion", "ReadPosition", "Thread"]
