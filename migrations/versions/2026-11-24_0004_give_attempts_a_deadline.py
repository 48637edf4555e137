"""Give assignments a time limit, attempts a deadline, and machines one clock and one housekeeper"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

# Not by batch_alter_table: the rebuilt table would lose the checks that it has.
CHECKED = (
    """ALTER TABLE assignments ADD COLUMN time_limit INTEGER
       CONSTRAINT ck_assignments_time_limit CHECK (time_limit BETWEEN 1 AND 600)""",
    """ALTER TABLE students ADD COLUMN time_factor INTEGER DEFAULT '100' NOT NULL
       CONSTRAINT ck_students_time_factor CHECK (time_factor IN (0, 100, 125, 150, 200))""",
)
# The closing of the student, as the application computed it before each attempt had its own.
CLOSINGS = """
UPDATE attempts SET deadline_at = (
    SELECT CASE
        WHEN c.archived_at IS NOT NULL AND (x.closes_at IS NULL OR c.archived_at < x.closes_at)
        THEN c.archived_at ELSE x.closes_at END
    FROM (
        SELECT a.id AS assignment_id, a.classroom_id AS classroom_id, CASE
            WHEN l.closes_at IS NOT NULL AND l.closes_at > a.closes_at
            THEN l.closes_at ELSE a.closes_at END AS closes_at
        FROM assignments a LEFT JOIN allowances l
            ON l.assignment_id = a.id AND l.student_id = attempts.student_id
        WHERE a.id = attempts.assignment_id
    ) x JOIN classrooms c ON c.id = x.classroom_id
) WHERE state = 'open'
"""


def moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def number(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=default)


def upgrade() -> None:
    op.create_table('clock_anchors',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('boot', sa.String(length=36), nullable=False),
    moment('wall_at'),
    sa.Column('elapsed', sa.BigInteger(), nullable=False),
    sa.Column('noticed', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_anchors')),
    sa.UniqueConstraint('boot', name=op.f('uq_clock_anchors_boot'))
    )
    op.create_table('leases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('holder', sa.String(length=22), nullable=False),
    moment('until'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leases')),
    sa.UniqueConstraint('name', name=op.f('uq_leases_name'))
    )
    for statement in CHECKED:
        op.execute(statement)
    op.add_column('allowances', number('extra_minutes', '0'))
    op.add_column('attempts', sa.Column('time_limit', sa.Integer(), nullable=True))
    op.add_column('attempts', moment('deadline_at', nullable=True))
    op.execute(CLOSINGS)
    running = sa.text("state = 'open'")
    op.create_index(op.f('ix_attempts_deadline_at'), 'attempts', ['deadline_at'], sqlite_where=running, postgresql_where=running)


def downgrade() -> None:
    op.drop_index(op.f('ix_attempts_deadline_at'), table_name='attempts')
    op.drop_column('attempts', 'deadline_at')
    op.drop_column('attempts', 'time_limit')
    op.drop_column('allowances', 'extra_minutes')
    op.drop_column('students', 'time_factor')
    op.drop_column('assignments', 'time_limit')
    op.drop_table('leases')
    op.drop_table('clock_anchors')
