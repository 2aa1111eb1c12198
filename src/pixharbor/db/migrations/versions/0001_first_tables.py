"""The first tables: jobs and their work, images and their variants, governors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From an empty database."""
    _create_work()
    _create_imports()
    _create_images()
    _create_governors()


def downgrade() -> None:
    """To an empty database: what refers to a table goes before it."""
    op.drop_table("variants")
    op.drop_table("provider_files")
    op.drop_table("image_counts")
    op.drop_table("images")
    op.drop_table("governors")
    op.drop_table("folders")
    op.drop_table("idempotency_keys")
    op.drop_table("tasks")
    op.drop_table("items")
    op.drop_table("jobs")


def _create_work() -> None:
    """Jobs, their items, the tasks that workers claim, and requests that made them."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("resource_key", sa.String()),
        sa.Column("name", sa.String()),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("paused_from", sa.String(16)),
        sa.Column("pause_reason", sa.String(32)),
        sa.Column("pause_message", sa.String()),
        sa.Column("pause_until", sa.DateTime(timezone=True)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.String()),
        sa.Column("error_cure", sa.String()),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_owner_created", "jobs", ["owner", "created_at", "id"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "items",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("also_at", sa.JSON()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("checksum", sa.String()),
        sa.Column("modified_at", sa.DateTime(timezone=True)),
        sa.Column("resource_key", sa.String()),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("message", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_items_job_id"),
        sa.PrimaryKeyConstraint("job_id", "seq", name="pk_items"),
        sa.UniqueConstraint("job_id", "provider_id", name="uq_items_job_id_provider_id"),
    )
    op.create_index("ix_items_job_state", "items", ["job_id", "state", "reason", "seq"])
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("lease_holder", sa.String()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("bytes_stored", sa.BigInteger(), nullable=False),
        sa.Column("folders_listed", sa.BigInteger(), nullable=False),
        sa.Column("folders_failed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_tasks_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_job_state", "tasks", ["job_id", "state", "lo"])
    op.create_index("ix_tasks_state", "tasks", ["state", "published_at"])
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "route", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _create_imports() -> None:
    """The frontier of each import's listing."""
    op.create_table(
        "folders",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("resource_key", sa.String()),
        sa.Column("cursor", sa.String()),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("message", sa.String()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_folders_job_id"),
        sa.PrimaryKeyConstraint("job_id", "provider_id", name="pk_folders"),
    )
    op.create_index("ix_folders_job_state", "folders", ["job_id", "state"])


def _create_images() -> None:
    """Images, what of a provider became one, and what recipes made of them."""
    op.create_table(
        "images",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.String(64), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("frames", sa.Integer()),
        sa.Column("orientation", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.String(32)),
        sa.Column("camera", sa.String()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("provider_hash", sa.String()),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("source_path", sa.String(), nullable=False),
        sa.Column("job_id", sa.Uuid()),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("damaged", sa.String()),
        sa.Column("source_checksum_mismatch", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("number", name="pk_images"),
        sa.UniqueConstraint("id", name="uq_images_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_images_job", "images", ["job_id", "created_at", "number"])
    op.create_index("ix_images_name", "images", ["owner", "name_folded", "number"])
    op.create_index("ix_images_newest", "images", ["owner", "created_at", "number"])
    op.create_index("ix_images_source", "images", ["owner", "source", "created_at", "number"])
    op.create_index(
        "uq_images_content",
        "images",
        ["owner", "sha256"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "image_counts",
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("images", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "source", "job_id", name="pk_image_counts"),
    )
    op.create_table(
        "provider_files",
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("image_id", sa.Uuid()),
        sa.Column("reason", sa.String(32)),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("checksum", sa.String()),
        sa.Column("modified_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_provider_files_image_id"),
        sa.PrimaryKeyConstraint("owner", "source", "provider_id", name="pk_provider_files"),
    )
    op.create_index("ix_provider_files_image_id", "provider_files", ["image_id"])
    op.create_table(
        "variants",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("recipe", sa.String(255), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("mime_type", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_variants_image_id"),
        sa.PrimaryKeyConstraint("image_id", "recipe", name="pk_variants"),
    )


def _create_governors() -> None:
    """The sources' shared rate limiters."""
    op.create_table(
        "governors",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.Column("metered_since", sa.BigInteger(), nullable=False),
        sa.Column("metered", sa.BigInteger(), nullable=False),
        sa.Column("metered_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_governors"),
    )
