"""“I tried it”, keeping a sheet, levels of evidence."""

from django.urls import URLPattern, path

from practices.views import evidence, interest, trial_form, trials

urlpatterns: list[URLPattern] = [
    path("gardees/", interest.page, name="kept"),
    path("<int:pk>/garder/", interest.keep, name="keep"),
    path("<int:pk>/essayee/", interest.asked, name="asked"),
    path("<int:pk>/essai/", trial_form.new, name="try"),
    path("<int:pk>/essais/", trials.page, name="trials"),
    path("<int:pk>/essais/<int:number>/modifier/", trial_form.change, name="trial_change"),
    path("<int:pk>/essais/<int:number>/ecarter/", trials.set_aside, name="trial_aside"),
    path("<int:pk>/preuve/", evidence.page, name="evidence"),
]
