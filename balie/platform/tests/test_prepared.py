"""What is prepared gives what the queryset itself would give, with the values of each asking."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, IntegerField, JSONField, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length
from pytest_django import DjangoAssertNumQueries

from balie.platform.prepared import Prepared

pytestmark = pytest.mark.django_db


def of_kind(kind: int) -> QuerySet[Permission]:
    return Permission.objects.filter(content_type=kind).select_related("content_type").order_by("-codename")


def facts(permission: Permission) -> tuple[object, ...]:
    return permission.pk, permission.name, permission.codename, permission.content_type.model


def test_the_same_question_with_other_values(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    prepared = Prepared(of_kind, "kind")
    kinds = list(ContentType.objects.filter(permission__isnull=False).distinct()[:3])
    assert len(kinds) == 3
    for kind in kinds:
        plain = [facts(one) for one in of_kind(kind.pk)]
        with django_assert_num_queries(1):
            assert [facts(one) for one in prepared(kind=kind.pk)] == plain
        assert plain


def test_columns_that_were_left_out_are_asked_for_when_somebody_needs_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    prepared = Prepared(lambda pk: Permission.objects.filter(pk=pk).only("name"), "pk")
    known = Permission.objects.earliest("pk")
    found = prepared.first(pk=known.pk)
    assert found is not None
    assert found.get_deferred_fields() == {"codename", "content_type_id"}
    with django_assert_num_queries(1):
        assert found.codename == known.codename


def test_what_is_computed_comes_along_in_its_type() -> None:
    def question(kinds: int, more: int) -> QuerySet[Permission]:
        among = RawSQL("content_type_id = ANY(%s)", [kinds], output_field=BooleanField())
        return Permission.objects.filter(among).annotate(
            longer=Length("codename") + Value(more, IntegerField()),
            told=RawSQL("jsonb_build_object('n', %s::bigint)", [more], output_field=JSONField()),
        ).order_by("pk")  # fmt: skip

    kinds = list(Permission.objects.values_list("content_type", flat=True).distinct()[:2])
    found = Prepared(question, "kinds", "more")(kinds=kinds, more=7)
    assert {one.content_type_id for one in found} == set(kinds)
    assert [(one.longer, one.told) for one in found] == [(len(one.codename) + 7, {"n": 7}) for one in found]  # type: ignore[attr-defined]


def test_rows_that_lead_to_the_same_one_share_it() -> None:
    kind = ContentType.objects.get_for_model(Permission)
    found = Prepared(of_kind, "kind")(kind=kind.pk)
    assert len(found) > 1
    assert {one.content_type for one in found} == {kind}
    assert len({id(one.content_type) for one in found}) == 1


def test_nothing_is_there() -> None:
    prepared = Prepared(of_kind, "kind")
    assert prepared(kind=0) == []
    assert prepared.first(kind=0) is None


def test_a_question_without_values_and_one_that_forgot_a_value() -> None:
    assert len(Prepared(ContentType.objects.all)()) == ContentType.objects.count()
    with pytest.raises(ValueError, match="kind"):
        Prepared(lambda kind: Permission.objects.all(), "kind")(kind=1)


def test_a_name_that_is_missing_is_not_asked_without_it() -> None:
    with pytest.raises(KeyError):
        Prepared(of_kind, "kind")()
