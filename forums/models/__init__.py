from forums.models.draft import Draft
from forums.models.place import FormerPlace
from forums.models.post import Post, PostVersion
from forums.models.reading import ReadPosition
from forums.models.thread import Thread

__all__ = ["Draft", "FormerPlace", "Post", "PostVersion", "ReadPosition", "Thread"]
