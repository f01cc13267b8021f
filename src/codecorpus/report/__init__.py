"""What people see of a run: the funnel, the HTML report, the dataset card and Croissant. All made from a run's files alone."""

from codecorpus.report.attribution import attribution as attribution
from codecorpus.report.attribution import render_notice as render_notice
from codecorpus.report.card import render_card as render_card
from codecorpus.report.croissant import render_croissant as render_croissant
from codecorpus.report.data import ReportData as ReportData
from codecorpus.report.data import collect as collect
from codecorpus.report.funnel import funnel_html as funnel_html
from codecorpus.report.funnel import funnel_text as funnel_text
from codecorpus.report.html import render_html as render_html
from codecorpus.report.stored import stored_sample as stored_sample
from codecorpus.report.times import stage_times as stage_times

__all__ = [
    "ReportData",
    "collect",
    "funnel_html",
    "funnel_text",
    "render_card",
    "render_croissant",
    "render_html",
    "stage_times",
    "stored_sample",
]
