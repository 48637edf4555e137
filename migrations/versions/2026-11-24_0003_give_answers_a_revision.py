"""Give answers a revision, and say of an answer that was not taken why"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def counter() -> sa.Column:
    return sa.Column('revision', sa.Integer(), nullable=False, server_default='0')


def upgrade() -> None:
    op.add_column('responses', counter())
    op.add_column('practice_tries', counter())
    with op.batch_alter_table('stray_responses') as table:
        table.add_column(sa.Column('why', sa.String(length=5), nullable=False, server_default='late'))
        table.add_column(sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f('ck_stray_responses_why'), "why IN ('late', 'older')")


def downgrade() -> None:
    # In the tables of before, everything that was not taken had come too late.
    op.execute("DELETE FROM stray_responses WHERE why = 'older'")
    with op.batch_alter_table('stray_responses') as table:
        table.drop_constraint(op.f('ck_stray_responses_why'), type_='check')
        table.drop_column('settled_at')
        table.drop_column('why')
    for name in ('practice_tries', 'responses'):
        with op.batch_alter_table(name) as table:
            table.drop_column('revision')
