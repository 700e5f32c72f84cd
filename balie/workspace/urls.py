"""Where the pages of experts are found, under /requests/."""

from django.urls import path

from balie.workspace import changing, facts, inbox, replies, requests

app_name = "workspace"

_FACTS = {
    "subject": facts.SubjectForm,
    "status": facts.StatusForm,
    "assignee": facts.AssigneeForm,
    "team": facts.TeamForm,
    "category": facts.CategoryForm,
    "priority": facts.PriorityForm,
    "due-date": facts.DueForm,
    "followers": facts.FollowerForm,
    "requester": facts.RequesterForm,
    "links": facts.LinkForm,
    "merge": facts.MergeForm,
    "snooze": facts.SnoozeForm,
}

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("changes", inbox.changes, name="changes"),
    path("<int:number>", requests.request, name="request"),
    path("<int:number>/messages", replies.messages, name="messages"),
    path("<int:number>/messages/<int:message>/original", requests.original, name="original"),
    path("<int:number>/deliveries/<int:delivery>/attempt", replies.attempt, name="attempt"),
    *(path(f"<int:number>/{name}", changing.fact, {"form": form}, name=name) for name, form in _FACTS.items()),
    path("<int:number>/assignee/me", changing.taking, name="taking"),
    path("<int:number>/followers/<int:follower>/removal", changing.follower_removal, name="follower-removal"),
    path("<int:number>/links/<int:other>/removal", changing.link_removal, name="link-removal"),
    path("<int:number>/snooze/end", changing.waking, name="waking"),
    path("<int:number>/resolution", changing.resolution, name="resolution"),
    path("<int:number>/reopening", changing.reopening, name="reopening"),
    path("<int:number>/deletion", changing.deletion, name="deletion"),
    path("<int:number>/restoration", changing.restoration, name="restoration"),
    path("<int:number>/disclosure", changing.disclosure, name="disclosure"),
]
