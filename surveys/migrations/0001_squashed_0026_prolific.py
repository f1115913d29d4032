"""The tables as the first 26 migrations leave them: a new database needs no step between.

A database that has one of those goes on with them.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from study.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("surveys", "0001_initial"),
        ("surveys", "0002_around_the_trials"),
        ("surveys", "0003_fill_ledger"),
        ("surveys", "0004_people"),
        ("surveys", "0005_owners_of_earlier_studies"),
        ("surveys", "0006_monitoring"),
        ("surveys", "0007_protocol_versions"),
        ("surveys", "0008_first_versions"),
        ("surveys", "0009_pilots"),
        ("surveys", "0010_bot_and_preflight_runs"),
        ("surveys", "0011_item_drops"),
        ("surveys", "0012_jobs"),
        ("surveys", "0013_runs"),
        ("surveys", "0014_fill_runs"),
        ("surveys", "0015_runs_alone"),
        ("surveys", "0016_participant_progress"),
        ("surveys", "0017_measures"),
        ("surveys", "0018_stopped_participants"),
        ("surveys", "0019_protocol_json"),
        ("surveys", "0020_exclusions"),
        ("surveys", "0021_designs"),
        ("surveys", "0022_answers"),
        ("surveys", "0023_draws_and_devices"),
        ("surveys", "0024_console"),
        ("surveys", "0025_power_runs"),
        ("surveys", "0026_prolific"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("pv_engine", "0007_several_pictures"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Condition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=250)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("ratio", models.PositiveSmallIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["survey", "position"],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("token", models.CharField(max_length=64, unique=True)),
                        ("number", models.PositiveIntegerField(blank=True, null=True)),
                        ("place", models.PositiveIntegerField(blank=True, null=True)),
                        ("simulated", models.BooleanField(default=False, editable=False)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("consent_version", models.CharField(blank=True, max_length=60)),
                        (
                            "turned_away",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("screened_out", "did not pass the comprehension check"),
                                    ("full", "came when all places were taken"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("comprehension_tries", models.PositiveSmallIntegerField(default=0)),
                        ("n_practised", models.PositiveSmallIntegerField(default=0)),
                        ("n_trials", models.PositiveSmallIntegerField(default=0)),
                        ("n_answered", models.PositiveSmallIntegerField(default=0)),
                        ("n_failed_checks", models.PositiveSmallIntegerField(default=0)),
                        ("n_pages", models.PositiveSmallIntegerField(default=0)),
                        ("questionnaire", models.JSONField(blank=True, default=dict)),
                        ("progress", models.JSONField(blank=True, default=dict)),
                        ("device", models.JSONField(blank=True, default=dict)),
                        ("arrived_at", models.DateTimeField()),
                        ("consented_at", models.DateTimeField()),
                        ("understood_at", models.DateTimeField(blank=True, null=True)),
                        ("assigned_at", models.DateTimeField(blank=True, null=True)),
                        ("introduced_at", models.DateTimeField(blank=True, null=True)),
                        ("last_active_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("debriefed_at", models.DateTimeField(blank=True, null=True)),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "condition",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="participants",
                                to="surveys.condition",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey", "number"],
                    },
                ),
                migrations.CreateModel(
                    name="Exclusion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("while_blind", models.BooleanField()),
                        ("by_name", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "participant",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exclusion",
                                to="surveys.participant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["participant"],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("arrival", "opened the first page"),
                                    ("consent", "agreed to take part"),
                                    ("assignment", "was assigned to a condition"),
                                    ("page", "went on from a page"),
                                    ("finish", "answered the last trial"),
                                    ("turned_away", "could not go on"),
                                    ("stop", "stopped before the end"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("detail", models.CharField(blank=True, max_length=200)),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="surveys.participant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ProtocolVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("protocol_json", models.JSONField(db_column="protocol")),
                        ("toml", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("by", models.CharField(max_length=150)),
                        (
                            "stimulus_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="pv_engine.stimulusset",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "version of a protocol",
                        "verbose_name_plural": "versions of a protocol",
                        "ordering": ["survey", "number"],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="participant",
            name="version",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participants",
                to="surveys.protocolversion",
            ),
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("protocol_json", models.JSONField(db_column="protocol")),
                        ("protocol_toml", models.TextField()),
                        ("protocol_sha256", models.CharField(max_length=64)),
                        ("seed", models.PositiveBigIntegerField()),
                        (
                            "pilot_number",
                            models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("open", "Open"),
                                    ("closed", "Closed"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "unblinded_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        (
                            "archived_at",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        ("closed_by_rule", models.BooleanField(default=False)),
                        ("arrivals", models.PositiveIntegerField(default=0)),
                        ("declined", models.PositiveIntegerField(default=0)),
                        ("assigned", models.PositiveIntegerField(default=0)),
                        (
                            "pilot_of",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pilots",
                                to="surveys.survey",
                            ),
                        ),
                        (
                            "stimulus_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="pv_engine.stimulusset",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="surveys.protocolversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("secret_sha256", models.CharField(max_length=64, unique=True)),
                        ("label", models.CharField(max_length=100)),
                        ("made_by", models.CharField(max_length=150)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="review_links",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at", "-pk"],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="protocolversion",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="surveys.survey",
            ),
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="ProtocolRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("protocol_json", models.JSONField(db_column="protocol")),
                        ("toml", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("by", models.CharField(max_length=150)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "number"), name="revision_number_once_a_survey"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProtocolDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("text", models.TextField()),
                        ("seen", models.CharField(max_length=64)),
                        ("at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "person"), name="draft_once_a_person_and_survey"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProlificStudy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("study_id", models.CharField(blank=True, max_length=64)),
                        ("status", models.CharField(blank=True, max_length=40)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "survey",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="on_prolific",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "studies on Prolific",
                        "ordering": ["survey"],
                    },
                ),
                migrations.CreateModel(
                    name="PreflightRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("worker", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting for a worker"),
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("permille", models.PositiveSmallIntegerField(default=0)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("protocol_sha256", models.CharField(max_length=64)),
                        ("leaks", models.JSONField(blank=True, default=list)),
                        ("n_pages", models.PositiveIntegerField(default=0)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="preflight_runs",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="PowerRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("worker", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting for a worker"),
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("permille", models.PositiveSmallIntegerField(default=0)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("assumptions", models.JSONField()),
                        ("curve", models.JSONField(blank=True, default=list)),
                        ("n_finished", models.PositiveIntegerField(blank=True, null=True)),
                        ("n_recruited", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="power_runs",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="participant",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participants",
                to="surveys.survey",
            ),
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="PanelIdentity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("panel_id", models.CharField(max_length=100)),
                        ("study_id", models.CharField(blank=True, max_length=100)),
                        ("session_id", models.CharField(blank=True, max_length=100)),
                        (
                            "participant",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="panel_identity",
                                to="surveys.participant",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="panel_identities",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "panel identities",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "panel_id"), name="panel_id_once_a_survey"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PageError",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("page", models.CharField(max_length=50)),
                        ("kind", models.CharField(max_length=100)),
                        ("place", models.CharField(max_length=200)),
                        ("count", models.PositiveIntegerField(default=1)),
                        ("first_at", models.DateTimeField()),
                        ("last_at", models.DateTimeField()),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="page_errors",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-last_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "page", "kind", "place"),
                                name="page_error_once_a_place",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("viewer", "Viewer"),
                                    ("editor", "Editor"),
                                    ("owner", "Owner"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("since", models.DateTimeField(auto_now_add=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey", "user__username"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "user"), name="one_role_a_survey"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("worker", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting for a worker"),
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("permille", models.PositiveSmallIntegerField(default=0)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("export", "Export"), ("report", "Report")], max_length=10
                            ),
                        ),
                        ("with_images", models.BooleanField(default=False)),
                        ("started_by_name", models.CharField(max_length=300)),
                        ("file_name", models.CharField(blank=True, max_length=120)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="jobs",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["queued", "running"])),
                                fields=("survey", "kind"),
                                name="one_active_job_of_a_kind",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ItemDrop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("by_name", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="drops",
                                to="pv_engine.item",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="item_drops",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey", "item__position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "item"), name="item_dropped_once_a_survey"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("viewer", "Viewer"),
                                    ("editor", "Editor"),
                                    ("owner", "Owner"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("secret_sha256", models.CharField(max_length=64, unique=True)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "used_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at"],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="condition",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conditions",
                to="surveys.survey",
            ),
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="BotRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("claim", models.PositiveIntegerField(default=0)),
                        ("claimed_at", models.DateTimeField(blank=True, null=True)),
                        ("worker", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting for a worker"),
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("permille", models.PositiveSmallIntegerField(default=0)),
                        ("message", models.CharField(blank=True, max_length=300)),
                        ("error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("participants", models.PositiveIntegerField()),
                        ("seed", models.PositiveBigIntegerField()),
                        ("policy", models.CharField(max_length=20)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("by", models.CharField(max_length=150)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bot_runs",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("place", models.PositiveIntegerField()),
                        ("taken", models.JSONField(blank=True, default=list)),
                        ("followed", models.PositiveIntegerField(blank=True, null=True)),
                        ("drawn", models.JSONField(blank=True, default=list)),
                        ("exposure", models.JSONField(blank=True, default=dict)),
                        ("at", models.DateTimeField()),
                        (
                            "condition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger",
                                to="surveys.condition",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "line of the ledger",
                        "verbose_name_plural": "lines of the ledger",
                        "ordering": ["survey", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "number"), name="assigned_once_a_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Trial",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("options", models.JSONField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("main", "question of the study"),
                                    ("attention", "attention check"),
                                    ("repeat", "question asked again"),
                                    ("example", "question about an example"),
                                ],
                                default="main",
                                max_length=10,
                            ),
                        ),
                        ("expected", models.CharField(blank=True, max_length=100)),
                        (
                            "condition",
                            models.CharField(blank=True, db_default="", default="", max_length=50),
                        ),
                        (
                            "block",
                            models.CharField(blank=True, db_default="", default="", max_length=50),
                        ),
                        ("shown_at", models.DateTimeField(blank=True, null=True)),
                        ("missed_at", models.DateTimeField(blank=True, null=True)),
                        ("times_shown", models.PositiveIntegerField(blank=True, null=True)),
                        ("first_option", models.CharField(blank=True, max_length=100)),
                        ("first_answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "first_response_time_ms",
                            models.PositiveIntegerField(blank=True, null=True),
                        ),
                        (
                            "first_hidden_time_ms",
                            models.PositiveIntegerField(blank=True, null=True),
                        ),
                        ("first_chosen_ms", models.PositiveIntegerField(blank=True, null=True)),
                        ("first_n_changes", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "first_timed_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("element", "the browser said when it painted each image"),
                                    ("frames", "the second frame after the images were decoded"),
                                    (
                                        "impossible",
                                        "times were sent that cannot be true, and were left out",
                                    ),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        (
                            "first_images_failed",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("first_times_shown", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trials",
                                to="pv_engine.item",
                            ),
                        ),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="trials",
                                to="surveys.participant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["participant", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("participant", "position"),
                                name="position_once_a_participant",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Response",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("option", models.CharField(max_length=100)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("answered_at", models.DateTimeField()),
                        ("response_time_ms", models.PositiveIntegerField(blank=True, null=True)),
                        ("hidden_time_ms", models.PositiveIntegerField(blank=True, null=True)),
                        ("chosen_ms", models.PositiveIntegerField(blank=True, null=True)),
                        ("n_changes", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "timed_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("element", "the browser said when it painted each image"),
                                    ("frames", "the second frame after the images were decoded"),
                                    (
                                        "impossible",
                                        "times were sent that cannot be true, and were left out",
                                    ),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("images_failed", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("confidence", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "trial",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="response",
                                to="surveys.trial",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=50)),
                        ("value", models.JSONField()),
                        (
                            "trial",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="surveys.trial",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["trial", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("trial", "name"), name="answer_once_a_question"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Unblinding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("by_name", models.CharField(max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="unblinding",
                                to="surveys.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at"],
                    },
                ),
            ]
        ),
        migrations.AddConstraint(
            model_name="protocolversion",
            constraint=models.UniqueConstraint(
                fields=("survey", "number"), name="version_number_once_a_survey"
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["survey", "simulated"], name="participant_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("survey", "number"), name="number_once_a_survey"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_answered__lte", models.F("n_trials"))),
                name="no_more_answers_than_trials",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.UniqueConstraint(
                fields=("survey", "name"), name="condition_once_a_survey"
            ),
        ),
    ]
