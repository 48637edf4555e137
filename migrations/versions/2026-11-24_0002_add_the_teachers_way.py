"""Add the teacher's way: sharing, rosters, rules of assignments, practice, the audit log"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ2345679"
GUARDS = {
    'sqlite': [
        f"""CREATE TRIGGER audit_entries_no_{verb} BEFORE {verb.upper()} ON audit_entries
            BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"""
        for verb in ('update', 'delete')
    ],
    'postgresql': [
        """CREATE FUNCTION audit_entries_refuse() RETURNS trigger AS $$
           BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
           FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()""",
    ],
}


def moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table('teachers') as table:
        table.add_column(moment('disabled_at'))
    with op.batch_alter_table('setup_links') as table:
        table.add_column(sa.Column('invited_by_id', sa.Integer(), nullable=True))
        table.add_column(moment('expires_at'))
        table.create_foreign_key(op.f('fk_setup_links_invited_by_id_teachers'), 'teachers', ['invited_by_id'], ['id'], ondelete='CASCADE')
    with op.batch_alter_table('classrooms') as table:
        table.add_column(sa.Column('naming', sa.String(length=10), nullable=False, server_default='free'))
        table.add_column(sa.Column('joining_open', sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(moment('archived_at'))
        table.add_column(moment('keep_until'))
        table.create_check_constraint(op.f('ck_classrooms_naming'), "naming IN ('free', 'roster', 'pseudonyms')")
    with op.batch_alter_table('students') as table:
        table.add_column(sa.Column('level', sa.String(length=40), nullable=True))
        table.add_column(sa.Column('is_walk_in', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(moment('joined_at'))
        table.add_column(moment('removed_at'))
    op.execute("UPDATE students SET joined_at = created_at")
    _change_assignments()
    with op.batch_alter_table('attempts') as table:
        table.add_column(sa.Column('levels', sa.Text(), nullable=False, server_default=''))
        table.add_column(sa.Column('shuffled', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('submissions', sa.Column('answers', sa.Text(), nullable=True))
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _create_tables() -> None:
    op.create_table('audit_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('classroom', sa.String(length=22), nullable=True),
    sa.Column('subject', sa.String(length=22), nullable=True),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['teacher_id'], ['teachers.id'], name=op.f('fk_audit_entries_teacher_id_teachers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    sa.UniqueConstraint('digest', name=op.f('uq_audit_entries_digest'))
    )
    op.create_index(op.f('ix_audit_entries_classroom'), 'audit_entries', ['classroom'])
    op.create_table('failures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('door', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failures'))
    )
    op.create_index('ix_failures_door_subject_failed_at', 'failures', ['door', 'subject', 'failed_at'])
    op.create_table('classroom_shares',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('classroom_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['classroom_id'], ['classrooms.id'], name=op.f('fk_classroom_shares_classroom_id_classrooms'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teachers.id'], name=op.f('fk_classroom_shares_teacher_id_teachers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classroom_shares')),
    sa.UniqueConstraint('classroom_id', 'teacher_id', name=op.f('uq_classroom_shares_classroom_id_teacher_id'))
    )
    op.create_index(op.f('ix_classroom_shares_teacher_id'), 'classroom_shares', ['teacher_id'])
    op.create_table('allowances',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('student_id', sa.Integer(), nullable=False),
    moment('closes_at'),
    sa.Column('extra_attempts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_allowances_assignment_id_assignments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['student_id'], ['students.id'], name=op.f('fk_allowances_student_id_students'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allowances')),
    sa.UniqueConstraint('assignment_id', 'student_id', name=op.f('uq_allowances_assignment_id_student_id'))
    )
    op.create_index(op.f('ix_allowances_student_id'), 'allowances', ['student_id'])
    op.create_table('practice_tries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('given', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['attempt_id'], ['attempts.id'], name=op.f('fk_practice_tries_attempt_id_attempts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_tries')),
    sa.UniqueConstraint('attempt_id', 'item_id', 'number', name=op.f('uq_practice_tries_attempt_id_item_id_number'))
    )


def _change_assignments() -> None:
    with op.batch_alter_table('assignments') as table:
        table.add_column(sa.Column('code', sa.String(length=8), nullable=True))
    _give_codes()
    # One rebuild: a second one would lose the checks that the first has made.
    with op.batch_alter_table('assignments') as table:
        table.add_column(sa.Column('counts', sa.String(length=5), nullable=False, server_default='first'))
        table.add_column(sa.Column('level_mode', sa.String(length=6), nullable=False, server_default='choice'))
        table.add_column(sa.Column('level', sa.String(length=40), nullable=True))
        table.add_column(sa.Column('shuffle', sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column('review', sa.String(length=7), nullable=False, server_default='submit'))
        table.add_column(sa.Column('is_practice', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column('walk_in', sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ('opens_at', 'closes_at', 'deleted_at'):
            table.add_column(moment(name))
        table.create_check_constraint(op.f('ck_assignments_counts'), "counts IN ('first', 'last', 'best')")
        table.create_check_constraint(op.f('ck_assignments_level_mode'), "level_mode IN ('choice', 'fixed', 'each')")
        table.create_check_constraint(op.f('ck_assignments_review'), "review IN ('never', 'submit', 'closing')")
        table.alter_column('code', existing_type=sa.String(length=8), nullable=False)
        table.create_unique_constraint(op.f('uq_assignments_code'), ['code'])


def _give_codes() -> None:
    connection = op.get_bind()
    for (key,) in connection.execute(sa.text("SELECT id FROM assignments")).fetchall():
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        connection.execute(sa.text("UPDATE assignments SET code = :code WHERE id = :id"), {"code": code, "id": key})


def downgrade() -> None:
    for name in ('practice_tries', 'allowances', 'classroom_shares', 'failures', 'audit_entries'):
        op.drop_table(name)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION audit_entries_refuse()")
    how = sa.CheckConstraint("how IN ('student', 'deadline', 'teacher')", name=op.f('ck_submissions_how'))
    with op.batch_alter_table('submissions', table_args=[how]) as table:
        table.drop_column('answers')
    state = sa.CheckConstraint("state IN ('open', 'submitted')", name=op.f('ck_attempts_state'))
    with op.batch_alter_table('attempts', table_args=[state]) as table:
        table.drop_column('shuffled')
        table.drop_column('levels')
    with op.batch_alter_table('assignments') as table:
        table.drop_constraint(op.f('uq_assignments_code'), type_='unique')
        for name in ('counts', 'level_mode', 'review'):
            table.drop_constraint(op.f(f'ck_assignments_{name}'), type_='check')
        for name in ('code', 'counts', 'level_mode', 'level', 'shuffle', 'review', 'is_practice', 'walk_in', 'opens_at', 'closes_at', 'deleted_at'):
            table.drop_column(name)
    with op.batch_alter_table('students') as table:
        for name in ('level', 'is_walk_in', 'joined_at', 'removed_at'):
            table.drop_column(name)
    with op.batch_alter_table('classrooms') as table:
        table.drop_constraint(op.f('ck_classrooms_naming'), type_='check')
        for name in ('naming', 'joining_open', 'archived_at', 'keep_until'):
            table.drop_column(name)
    with op.batch_alter_table('setup_links') as table:
        table.drop_constraint(op.f('fk_setup_links_invited_by_id_teachers'), type_='foreignkey')
        table.drop_column('expires_at')
        table.drop_column('invited_by_id')
    with op.batch_alter_table('teachers') as table:
        table.drop_column('disabled_at')
