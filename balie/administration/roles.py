"""Employee roles: the list, one role with its access rights, and who has it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import A_PAGE, cursor_of, reader_of, split
from balie.administration.role_forms import MemberForm, RoleForm
from balie.people import roles
from balie.people.audience import Audience, for_, for_area
from balie.people.models import Area, Person, Role, RoleAssignment
from balie.people.rights import Rights
from balie.people.roles import OpensSensitiveData, RoleRefused

_MEMBERS = "members of a role"


@for_area(Area.ROLES)
@require_safe
def roles_list(request: HttpRequest) -> HttpResponse:
    """All roles, with how many people have them."""
    counted = Q(assignments__person__kind=Person.Kind.EMPLOYEE) & ~Q(assignments__person__status=Person.Status.INACTIVE)
    listed = list(Role.objects.annotate(members=Count("assignments", filter=counted)))
    context = {
        "roles": listed, "has_experts": any(role.preset == Role.Preset.EXPERT for role in listed),
        "may_change": reader_of(request).is_administrator,
    }  # fmt: skip
    return render(request, "administration/roles.html", context)


@for_(Audience.ADMINISTRATORS)
@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: HttpRequest) -> HttpResponse:
    form = RoleForm(request.POST if request.method == "POST" else None, role=None)
    if request.method == "POST" and form.is_valid():
        made: list[Role] = []
        if _tried(
            form, lambda: made.append(roles.make(form.outline(), by=reader_of(request), confirmed=form.confirmed))
        ):
            messages.success(request, _("The role is there. Say who has it."))
            return redirect("administration:role", made[0].pk)
    return render(request, "administration/role_new.html", {"form": form}, status=422 if form.is_refused else 200)


@for_(Audience.ADMINISTRATORS)
@require_POST
def expert_role(request: HttpRequest) -> HttpResponse:
    """“Conversations expert”, in one click."""
    role = roles.make_expert_role(by=reader_of(request))
    messages.success(request, _("The role is there. Say who has it."))
    return redirect("administration:role", role.pk)


@for_area(Area.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """Its access rights, and who has it."""
    found = get_object_or_404(Role, pk=pk)
    form = RoleForm(request.POST if request.method == "POST" else None, role=found)
    if request.method == "POST" and form.is_valid():
        changed = _tried(
            form, lambda: roles.change(found, form.outline(), by=reader_of(request), confirmed=form.confirmed)
        )
        if changed:
            messages.success(request, _("Saved."))
            return redirect("administration:role", pk)
    return _shown(request, found, form=form)


@for_(Audience.ADMINISTRATORS)
@require_POST
def role_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Role, pk=pk)
    name = str(found)
    try:
        roles.delete(found, by=reader_of(request))
    except RoleRefused as refused:
        messages.error(request, str(refused))
        return redirect("administration:role", pk)
    messages.success(request, _("The role “%(role)s” is gone; nobody has its rights any more.") % {"role": name})
    return redirect("administration:roles")


@for_(Audience.ADMINISTRATORS)
@require_POST
def role_members(request: HttpRequest, pk: int) -> HttpResponse:
    """One more person has the role."""
    found, form = get_object_or_404(Role, pk=pk), MemberForm(request.POST)
    if form.is_valid():
        try:
            roles.assign(found, form.cleaned_data["person"], by=reader_of(request))
        except RoleRefused as refused:
            form.add_error("person", str(refused))
        else:
            return redirect("administration:role", pk)
    return _shown(request, found, form=RoleForm(None, role=found), member_form=form)


@for_(Audience.ADMINISTRATORS)
@require_POST
def role_member_removal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    _withdrawn(request, get_object_or_404(Role, pk=pk), get_object_or_404(Person, pk=person))
    return redirect("administration:role", pk)


# A person's roles


@for_area(Area.PEOPLE)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The roles of one person, and what an administrator does with them."""
    found = get_object_or_404(Person.objects.employees(), pk=pk)
    held = list(RoleAssignment.objects.filter(person=found).select_related("role", "given_by").order_by("role"))
    others = Role.objects.assignable().exclude(pk__in=[one.role_id for one in held])
    is_administrator = reader_of(request).is_administrator
    context = {
        "person": found, "held": held, "others": others, "may_assign": is_administrator and found.is_active,
        "may_view_as": is_administrator and found.is_active and not found.is_administrator,
        "has_profile": Rights.of(reader_of(request)).people().filter(pk=pk).exists(),
    }  # fmt: skip
    return render(request, "administration/person.html", context)


@for_(Audience.ADMINISTRATORS)
@require_POST
def person_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """The person has one more role."""
    found = get_object_or_404(Person.objects.employees(), pk=pk)
    wanted = request.POST.get("role", "")
    chosen = Role.objects.assignable().filter(pk=int(wanted)).first() if wanted.isdigit() and len(wanted) < 19 else None
    if chosen is None:
        messages.error(request, _("Choose a role."))
        return redirect("administration:person", pk)
    try:
        roles.assign(chosen, found, by=reader_of(request))
    except RoleRefused as refused:
        messages.error(request, str(refused))
    else:
        said = _("%(name)s now has the role “%(role)s”.") % {"name": found.name, "role": chosen}
        messages.success(request, said)
    return redirect("administration:person", pk)


@for_(Audience.ADMINISTRATORS)
@require_POST
def person_role_removal(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    _withdrawn(request, get_object_or_404(Role, pk=role), get_object_or_404(Person, pk=pk))
    return redirect("administration:person", pk)


def _withdrawn(request: HttpRequest, role: Role, person: Person) -> None:
    try:
        roles.withdraw(role, person, by=reader_of(request))
    except RoleRefused as refused:
        messages.error(request, str(refused))
    else:
        said = _("%(name)s does not have the role “%(role)s” any more.") % {"name": person.name, "role": role}
        messages.success(request, said)


def _tried(form: RoleForm, verb: Callable[[], object]) -> bool:
    """Whether it was done; the form says why not, or asks for confirmation."""
    try:
        verb()
    except RoleRefused as refused:
        form.add_error(None, str(refused))
    except OpensSensitiveData as opened:
        form.opened = opened.attributes
    else:
        return True
    return False


def _shown(request: HttpRequest, role: Role, *, form: RoleForm, member_form: MemberForm | None = None) -> HttpResponse:
    members: list[RoleAssignment] = []
    following = ""
    if not role.is_everybodys:
        assigned = role.assignments.select_related("person").order_by("pk")
        last = cursor_of(request, name=_MEMBERS)
        if last is not None:
            assigned = assigned.filter(pk__gt=last)
        members, following = split(list(assigned[: A_PAGE + 1]), name=_MEMBERS)
    context = {
        "role": role, "form": form, "member_form": member_form or MemberForm(), "members": members, "next": following,
        "may_change": reader_of(request).is_administrator,
    }  # fmt: skip
    is_refused = form.is_refused or bool(member_form and member_form.errors)
    return render(request, "administration/role.html", context, status=422 if is_refused else 200)
