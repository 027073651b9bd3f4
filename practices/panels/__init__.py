"""What each part of the room adds to the page of a sheet. The names that a panel answers are its
partials' inputs; what it costs counts in the budget of the page."""

from practices.panels import births, finding, improving, life, taking, trials

PANELS = (
    life.panel, improving.panel, trials.panel, finding.panel, taking.panel, births.panel,
)  # fmt: skip
