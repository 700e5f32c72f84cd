"""Whoever was expert or administrator has the role of that name; somebody stays administrator, and the log only grows."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NAMES = {"administrator": "Administrator", "everybody": "All employees", "expert": "Conversations expert"}
_VIEW, _EDIT = 1, 3
_OF_COLLEAGUES = {("everybody", "work"): _VIEW, ("everybody", "contact"): _VIEW}
_BEGINNINGS = {
    "administrator": {},
    "everybody": {
        **_OF_COLLEAGUES, ("own", "work"): _VIEW, ("own", "contact"): _EDIT, ("own", "pay"): _VIEW, ("own", "health"): _VIEW,
    },
    "expert": _OF_COLLEAGUES,
}  # fmt: skip


def _assign_present_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An organisation that is still to be founded gets its roles then."""
    people, roles = apps.get_model("people", "Person"), apps.get_model("people", "Role")
    assignments, rights = apps.get_model("people", "RoleAssignment"), apps.get_model("people", "Right")
    if not people.objects.exists():
        return
    sections = {section.key: section for section in apps.get_model("people", "Section").objects.all()}
    for preset, name in _NAMES.items():
        holders = people.objects.filter(role=preset)
        if preset == "expert" and not holders.exists():
            continue
        role = roles.objects.create(name=name, preset=preset, works_on_requests=preset == "expert")
        rights.objects.bulk_create(
            rights(role=role, section=sections[key], scope=scope, level=level)
            for (scope, key), level in _BEGINNINGS[preset].items()
            if key in sections
        )
        numbers = holders.values_list("pk", flat=True).iterator(chunk_size=1000)
        assignments.objects.bulk_create((assignments(role=role, person_id=pk) for pk in numbers), batch_size=1000)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# Asked when a transaction commits. The lock lets one such transaction ask after the other, so that two administrators who remove
# each other at one moment do not both find the other still there.
_KEEP_ADMINISTRATOR = """
CREATE FUNCTION balie_keep_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('balie_keep_administrator'));
    IF NOT EXISTS (
        SELECT FROM people_person WHERE role = 'administrator' AND kind = 'employee' AND status <> 'inactive'
    ) THEN
        RAISE EXCEPTION 'nobody would be administrator any more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'somebody_stays_administrator', TABLE = 'people_person';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER somebody_stays_administrator AFTER UPDATE ON people_person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'administrator' AND OLD.kind = 'employee' AND OLD.status <> 'inactive'
        AND NOT (NEW.role = 'administrator' AND NEW.kind = 'employee' AND NEW.status <> 'inactive'))
    EXECUTE FUNCTION balie_keep_administrator();
CREATE CONSTRAINT TRIGGER somebody_stays_administrator_when_deleted AFTER DELETE ON people_person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'administrator' AND OLD.kind = 'employee' AND OLD.status <> 'inactive')
    EXECUTE FUNCTION balie_keep_administrator();
"""
_FORGET_ADMINISTRATOR = """
DROP TRIGGER somebody_stays_administrator_when_deleted ON people_person;
DROP TRIGGER somebody_stays_administrator ON people_person;
DROP FUNCTION balie_keep_administrator();
"""
_ONLY_ADD = """
CREATE FUNCTION balie_only_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION balie_only_add();
"""
_FORGET_ONLY_ADD = "DROP TRIGGER audit_log_only_grows ON people_auditentry; DROP FUNCTION balie_only_add();"


class Migration(migrations.Migration):
    dependencies = [("people", "0006_roles_and_rights")]

    operations = [
        migrations.RunPython(_assign_present_roles, migrations.RunPython.noop),
        migrations.RunSQL(_KEEP_ADMINISTRATOR, _FORGET_ADMINISTRATOR),
        migrations.RunSQL(_ONLY_ADD, _FORGET_ONLY_ADD),
    ]
