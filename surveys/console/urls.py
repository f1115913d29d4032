"""Addresses of the researcher's console."""

from django.urls import include, path

from surveys.console import archiving, studies
from surveys.console.design import (
    editor,
    item_drops,
    power,
    preflight,
    preview,
    protocols,
    stimuli,
)
from surveys.console.results import blinding, exports, results, review_links
from surveys.console.run import bots, monitoring, participants, pilots, prolific, recruit
from surveys.console.team import joining, people, study_log

app_name = "console"
urlpatterns = [
    path("", studies.home, name="home"),
    path("surveys/<slug:slug>/", studies.survey, name="survey"),
    path("surveys/<slug:slug>/status/", studies.change_status, name="status"),
    path("surveys/<slug:slug>/put-away/", archiving.put_away, name="put_away"),
    path("surveys/<slug:slug>/people/", people.people, name="people"),
    path("surveys/<slug:slug>/people/<int:user_id>/", people.change_member, name="change_member"),
    path(
        "surveys/<slug:slug>/invitations/<int:invitation_id>/revoke/",
        people.revoke_invitation,
        name="revoke_invitation",
    ),
    path("surveys/<slug:slug>/log/", study_log.study_log, name="log"),
    path("surveys/<slug:slug>/log/export/", study_log.export, name="export_log"),
    path("invitations/<str:secret>/", joining.invitation, name="invitation"),
    path("surveys/<slug:slug>/live/", monitoring.live, name="live"),
    path("surveys/<slug:slug>/recruit/", recruit.recruit, name="recruit"),
    path("surveys/<slug:slug>/recruit/payments/", recruit.payments, name="payments"),
    path("surveys/<slug:slug>/recruit/prolific/create/", prolific.create, name="prolific_create"),
    path(
        "surveys/<slug:slug>/recruit/prolific/compare/", prolific.compare, name="prolific_compare"
    ),
    *(
        path(
            f"surveys/<slug:slug>/recruit/prolific/{action}/",
            prolific.change,
            {"action": action},
            name=f"prolific_{action}",
        )
        for action in prolific.ACTIONS
    ),
    path("surveys/<slug:slug>/participants/", participants.participants, name="participants"),
    path(
        "surveys/<slug:slug>/participants/<int:participant_id>/",
        participants.participant,
        name="participant",
    ),
    path("surveys/<slug:slug>/stimuli/", stimuli.stimuli, name="stimuli"),
    path("surveys/<slug:slug>/stimuli/<str:item_name>/drop/", item_drops.drop, name="drop_item"),
    path(
        "surveys/<slug:slug>/stimuli/<str:item_name>/take-back/",
        item_drops.take_back,
        name="take_item_back",
    ),
    path("surveys/<slug:slug>/exports/", exports.exports, name="exports"),
    path("surveys/<slug:slug>/exports/<int:job_id>/", exports.download, name="download"),
    path("surveys/<slug:slug>/exports/<int:job_id>/report/", exports.report, name="report"),
    path("surveys/<slug:slug>/exports/<int:job_id>/retry/", exports.retry, name="retry_job"),
    path("surveys/<slug:slug>/exports/<int:job_id>/delete/", exports.delete, name="delete_job"),
    path("surveys/<slug:slug>/reviewers/", review_links.review_links, name="review_links"),
    path(
        "surveys/<slug:slug>/reviewers/<int:link_id>/revoke/",
        review_links.revoke,
        name="revoke_review",
    ),
    path("review/<str:review_secret>/", review_links.review, name="review"),
    path("review/<str:review_secret>/report/", review_links.review_report, name="review_report"),
    path("review/<str:review_secret>/data/", review_links.review_data, name="review_data"),
    path("surveys/<slug:slug>/results/", results.results, name="results"),
    path("surveys/<slug:slug>/results/unblind/", blinding.unblinding, name="unblind"),
    path("studies/new/", protocols.load, name="load"),
    path("studies/starter-<str:content_sha256>.toml", protocols.starter, name="starter"),
    path("surveys/<slug:slug>/protocol/edit/", editor.edit, name="edit"),
    path("surveys/<slug:slug>/protocol/draft/", editor.autosave, name="autosave"),
    path(
        "surveys/<slug:slug>/protocol/saved/<int:revision_number>/",
        protocols.revision,
        name="revision",
    ),
    path("surveys/<slug:slug>/protocol/", protocols.versions, name="protocol"),
    path("surveys/<slug:slug>/protocol/<int:number>/", protocols.version, name="version"),
    path("surveys/<slug:slug>/protocol.toml", protocols.download, name="protocol_file"),
    path("surveys/<slug:slug>/protocol-<int:number>.toml", protocols.download, name="version_file"),
    path("surveys/<slug:slug>/sample-size/", power.power, name="power"),
    path("surveys/<slug:slug>/checks/", preflight.checks, name="preflight"),
    path("surveys/<slug:slug>/pilots/", pilots.pilots, name="pilots"),
    path("surveys/<slug:slug>/bots/", bots.bots, name="bots"),
    path("surveys/<slug:slug>/bots/<int:run_id>/", bots.change, name="bot_run"),
    path("surveys/<slug:slug>/preview/jump/", preview.jump, name="preview_jump"),
    path("surveys/<slug:slug>/preview/choose/", preview.choose, name="preview_choice"),
    path("surveys/<slug:slug>/preview/", include("surveys.console.design.preview_urls")),
]
