"""The first page: a visitor's, or a member's own."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "home/visit.html")


def read_all(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def welcome(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
