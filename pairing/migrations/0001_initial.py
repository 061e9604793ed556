import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import pairing.clock
import pairing.fields
import pairing.models.areas
import pairing.models.ranges
import pairing.numbers.contact
import pghistory.utils
import pgtrigger.compiler
from pairing.migrations._triggers import AddTrigger
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', pairing.models.areas.CodeField(db_collation='C', max_length=12, primary_key=True, serialize=False, verbose_name='area code')),
                ('level', models.CharField(choices=[('province', 'province'), ('prefecture', 'prefecture'), ('county', 'county'), ('township', 'township'), ('village', 'village')], max_length=10, verbose_name='level')),
                ('name', models.CharField(max_length=80, verbose_name='official name')),
                ('display_name', models.CharField(max_length=80, verbose_name='name')),
                ('pinyin', models.CharField(blank=True, db_collation='C', max_length=200)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^([0-9]{2}){1,3}([0-9]{3}){0,2}$')), name='area_code_is_digits')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('username', models.CharField(db_collation='C', error_messages={'unique': 'This user name is taken.'}, max_length=60, unique=True, verbose_name='user name')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_key', models.CharField(blank=True, db_collation='C', editable=False, max_length=200)),
                ('duty', models.CharField(blank=True, max_length=60, verbose_name='duty')),
                ('phone', pairing.fields.SealedField(blank=True, label='user.phone', verbose_name='phone')),
                ('phone_hmac', pairing.fields.BlindIndex(blank=True, editable=False, max_length=64, normal=pairing.numbers.contact.phone_key, null=True, source='phone')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('must_change_password', models.BooleanField(default=False)),
                ('session_epoch', models.PositiveIntegerField(default=0)),
                ('second_factor_on', models.BooleanField(default=False)),
                ('password_changed_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=pairing.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='pairing.area', verbose_name='area')),
            ],
            options={
                'ordering': ['name_key', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('phone_hmac',), name='user_phone_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=pairing.clock.now)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_role', models.CharField(blank=True, max_length=20)),
                ('actor_area', pairing.models.areas.CodeField(blank=True, db_collation='C', max_length=12)),
                ('action', models.CharField(max_length=60)),
                ('object_type', models.CharField(blank=True, max_length=40)),
                ('object_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('object_area', pairing.models.areas.CodeField(blank=True, db_collation='C', max_length=12)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('result', models.CharField(choices=[('ok', 'done'), ('refused', 'refused')], default='ok', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('detail', models.JSONField(default=dict)),
                ('address', models.GenericIPAddressField(null=True)),
                ('request_id', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['actor_id', '-id'], name='audit_by_actor'), models.Index(fields=['object_area', '-id'], name='audit_by_area'), django.contrib.postgres.indexes.GinIndex(fields=['object_ids'], name='audit_by_object')],
            },
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=40)),
                ('code', models.CharField(db_collation='C', max_length=40)),
                ('label_zh', models.CharField(max_length=80)),
                ('label_en', models.CharField(max_length=120)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('list_name', 'code'), name='code_once_per_list')],
            },
        ),
        migrations.CreateModel(
            name='FormerCode',
            fields=[
                ('code', pairing.models.areas.CodeField(db_collation='C', max_length=12, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('until', models.DateField(blank=True, null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_codes', to='pairing.area')),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('role', models.CharField(choices=[('cadre', 'cadre'), ('clerk', 'village clerk'), ('staff', 'township staff'), ('reader', 'reader of restricted parts'), ('administrator', 'administrator'), ('leader', 'leader'), ('auditor', 'auditor'), ('system', 'system administrator')], max_length=20, verbose_name='role')),
                ('started_on', models.DateField(default=pairing.clock.today, verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='pairing.area', verbose_name='area')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_on__isnull', True)), fields=['user'], name='grant_open_by_user'), models.Index(fields=['area', 'role'], name='grant_by_area_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='grant_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('user', '='), ('role', '='), ('area', '='), (pairing.models.ranges.DateRange('started_on', 'ended_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='grant_once_at_a_time'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'reader')), expressions=[('area', '='), (pairing.models.ranges.DateRange('started_on', 'ended_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='grant_one_reader_per_township')],
            },
        ),
        migrations.CreateModel(
            name='GrantEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('role', models.CharField(choices=[('cadre', 'cadre'), ('clerk', 'village clerk'), ('staff', 'township staff'), ('reader', 'reader of restricted parts'), ('administrator', 'administrator'), ('leader', 'leader'), ('auditor', 'auditor'), ('system', 'system administrator')], max_length=20, verbose_name='role')),
                ('started_on', models.DateField(default=pairing.clock.today, verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('area', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='pairing.area', verbose_name='area')),
                ('ended_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='pairing.grant')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('invite', 'first sign-in'), ('reset', 'new password')], max_length=10)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=pairing.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=pairing.clock.now)),
                ('last_used_at', models.DateTimeField(default=pairing.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='known_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'token_hash'), name='known_device_once_per_user')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('county_code', pairing.models.areas.CodeField(blank=True, db_collation='C', max_length=6)),
                ('name', models.CharField(max_length=120, verbose_name='unit')),
                ('kind', models.CharField(blank=True, max_length=40, verbose_name='kind of unit')),
                ('level', models.CharField(blank=True, max_length=40, verbose_name='subordinate to')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='contact person')),
                ('contact_phone', pairing.fields.SealedField(blank=True, label='unit.contact_phone', verbose_name='phone')),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='pairing.area', verbose_name='area')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('area', 'name'), name='unit_name_once_per_area')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='pairing.unit', verbose_name='unit'),
        ),
        migrations.CreateModel(
            name='UnitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('county_code', pairing.models.areas.CodeField(blank=True, db_collation='C', max_length=6)),
                ('name', models.CharField(max_length=120, verbose_name='unit')),
                ('kind', models.CharField(blank=True, max_length=40, verbose_name='kind of unit')),
                ('level', models.CharField(blank=True, max_length=40, verbose_name='subordinate to')),
                ('contact', models.CharField(blank=True, max_length=60, verbose_name='contact person')),
                ('contact_phone', pairing.fields.SealedField(blank=True, label='unit.contact_phone', verbose_name='phone')),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='pairing.area', verbose_name='area')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='pairing.unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('username', models.CharField(db_collation='C', error_messages={'unique': 'This user name is taken.'}, max_length=60, verbose_name='user name')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_key', models.CharField(blank=True, db_collation='C', editable=False, max_length=200)),
                ('duty', models.CharField(blank=True, max_length=60, verbose_name='duty')),
                ('phone', pairing.fields.SealedField(blank=True, label='user.phone', verbose_name='phone')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('must_change_password', models.BooleanField(default=False)),
                ('second_factor_on', models.BooleanField(default=False)),
                ('password_changed_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=pairing.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('area', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='pairing.area', verbose_name='area')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='pairing.unit', verbose_name='unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VillageLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_on', models.DateField(verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='village_links', to='pairing.unit')),
                ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unit_links', to='pairing.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('unit', 'village'), name='unit_linked_once_to_village'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='village_link_ends_after_start')],
            },
        ),
        AddTrigger(
            model_name='grant',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_grantevent" ("area_id", "ended_by_id", "ended_on", "granted_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "started_on", "user_id") VALUES (NEW."area_id", NEW."ended_by_id", NEW."ended_on", NEW."granted_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."public_id", NEW."role", NEW."started_on", NEW."user_id"); RETURN NULL;', hash='0b1a78b3307a690e89319199f1b82062b6738d2e', operation='INSERT', pgid='pgtrigger_insert_insert_5c533', table='pairing_grant', when='AFTER')),
        ),
        AddTrigger(
            model_name='grant',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "pairing_grantevent" ("area_id", "ended_by_id", "ended_on", "granted_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "started_on", "user_id") VALUES (NEW."area_id", NEW."ended_by_id", NEW."ended_on", NEW."granted_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."public_id", NEW."role", NEW."started_on", NEW."user_id"); RETURN NULL;', hash='c0618afb65bcd8c0ba770f011537a2935777a4d5', operation='UPDATE', pgid='pgtrigger_update_update_f3269', table='pairing_grant', when='AFTER')),
        ),
        AddTrigger(
            model_name='grant',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_grantevent" ("area_id", "ended_by_id", "ended_on", "granted_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "role", "started_on", "user_id") VALUES (OLD."area_id", OLD."ended_by_id", OLD."ended_on", OLD."granted_by_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."public_id", OLD."role", OLD."started_on", OLD."user_id"); RETURN NULL;', hash='3d5f3a04293dbc0ff95d46f811abd8961d45e609', operation='DELETE', pgid='pgtrigger_delete_delete_be34f', table='pairing_grant', when='AFTER')),
        ),
        AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_unitevent" ("active", "area_id", "contact", "contact_phone", "county_code", "id", "kind", "level", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "version") VALUES (NEW."active", NEW."area_id", NEW."contact", NEW."contact_phone", NEW."county_code", NEW."id", NEW."kind", NEW."level", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."public_id", NEW."version"); RETURN NULL;', hash='0ca0d7b72074202e88339293c5cb93cc4c87cf3a', operation='INSERT', pgid='pgtrigger_insert_insert_9571c', table='pairing_unit', when='AFTER')),
        ),
        AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "pairing_unitevent" ("active", "area_id", "contact", "contact_phone", "county_code", "id", "kind", "level", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "version") VALUES (NEW."active", NEW."area_id", NEW."contact", NEW."contact_phone", NEW."county_code", NEW."id", NEW."kind", NEW."level", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."public_id", NEW."version"); RETURN NULL;', hash='c3fe4ab2b16114290d344d950e4a52e33d99fbe1', operation='UPDATE', pgid='pgtrigger_update_update_c38ed', table='pairing_unit', when='AFTER')),
        ),
        AddTrigger(
            model_name='unit',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_unitevent" ("active", "area_id", "contact", "contact_phone", "county_code", "id", "kind", "level", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "version") VALUES (OLD."active", OLD."area_id", OLD."contact", OLD."contact_phone", OLD."county_code", OLD."id", OLD."kind", OLD."level", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."public_id", OLD."version"); RETURN NULL;', hash='3814d80f071c7aad1f04d7795422f6fc0ab880eb', operation='DELETE', pgid='pgtrigger_delete_delete_3aa2a', table='pairing_unit', when='AFTER')),
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_userevent" ("area_id", "created_at", "duty", "id", "is_active", "language", "must_change_password", "name", "name_key", "password_changed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "public_id", "second_factor_on", "unit_id", "username", "version") VALUES (NEW."area_id", NEW."created_at", NEW."duty", NEW."id", NEW."is_active", NEW."language", NEW."must_change_password", NEW."name", NEW."name_key", NEW."password_changed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."phone", NEW."public_id", NEW."second_factor_on", NEW."unit_id", NEW."username", NEW."version"); RETURN NULL;', hash='ca9ec5a241f5aba953769b1789031d9270e2911b', operation='INSERT', pgid='pgtrigger_insert_insert_91618', table='pairing_user', when='AFTER')),
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."area_id" IS DISTINCT FROM (NEW."area_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."duty" IS DISTINCT FROM (NEW."duty") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."must_change_password" IS DISTINCT FROM (NEW."must_change_password") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."name_key" IS DISTINCT FROM (NEW."name_key") OR OLD."password_changed_at" IS DISTINCT FROM (NEW."password_changed_at") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."second_factor_on" IS DISTINCT FROM (NEW."second_factor_on") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."username" IS DISTINCT FROM (NEW."username") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "pairing_userevent" ("area_id", "created_at", "duty", "id", "is_active", "language", "must_change_password", "name", "name_key", "password_changed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "public_id", "second_factor_on", "unit_id", "username", "version") VALUES (NEW."area_id", NEW."created_at", NEW."duty", NEW."id", NEW."is_active", NEW."language", NEW."must_change_password", NEW."name", NEW."name_key", NEW."password_changed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."phone", NEW."public_id", NEW."second_factor_on", NEW."unit_id", NEW."username", NEW."version"); RETURN NULL;', hash='0a964aef69bb24887f8478305824e60ac38cc2a0', operation='UPDATE', pgid='pgtrigger_update_update_0171a', table='pairing_user', when='AFTER')),
        ),
        AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "pairing_userevent" ("area_id", "created_at", "duty", "id", "is_active", "language", "must_change_password", "name", "name_key", "password_changed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "public_id", "second_factor_on", "unit_id", "username", "version") VALUES (OLD."area_id", OLD."created_at", OLD."duty", OLD."id", OLD."is_active", OLD."language", OLD."must_change_password", OLD."name", OLD."name_key", OLD."password_changed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'delete\', OLD."id", OLD."phone", OLD."public_id", OLD."second_factor_on", OLD."unit_id", OLD."username", OLD."version"); RETURN NULL;', hash='8fabb2eb190c20af8264e84c9b80846184ef9579', operation='DELETE', pgid='pgtrigger_delete_delete_d25df', table='pairing_user', when='AFTER')),
        ),
    ]
