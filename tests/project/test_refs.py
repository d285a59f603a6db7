"""The two sides of a pull request, in checkouts as GitHub and people make them."""

import json
from pathlib import Path

import pytest

from bot.project.refs import Refs, commit_of, find_refs
from bot.project.repository import Repository, find_repository
from bot.project.trouble import BadRepository
from tests.project.conftest import Checkout


def repository(checkout: Checkout) -> Repository:
    found = find_repository(checkout.folder, checkout.environ)
    assert found is not None
    return found


def refs(checkout: Checkout, environ: dict[str, str], base: str | None = None) -> Refs:
    return find_refs(repository(checkout), environ, base=base)


def merged(checkout: Checkout) -> tuple[str, str, str]:
    """Merge as GitHub does: base moved on, and HEAD is a merge of it with the pull request."""
    head = checkout.git("rev-parse", "HEAD")
    checkout.git("checkout", "--quiet", "main")
    base = checkout.commit({"other.txt": "x"}, "meanwhile")
    checkout.git("checkout", "--quiet", "--detach")
    checkout.git("merge", "--quiet", "--no-ff", "--message", "merge", head)
    return base, head, checkout.git("rev-parse", "HEAD")


def test_of_a_merge_commit_the_first_parent_is_the_base(checkout: Checkout) -> None:
    base, head, merge = merged(checkout)
    old = checkout.git("rev-parse", "main~1")

    found = refs(checkout, checkout.pull_request(base=old, head=head))

    assert (found.base, found.head, found.commit) == (base, merge, head)


def test_without_a_merge_commit_the_base_is_where_histories_part(checkout: Checkout) -> None:
    head, root = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")
    checkout.git("checkout", "--quiet", "main")
    base = checkout.commit({"other.txt": "x"}, "meanwhile")
    checkout.git("checkout", "--quiet", "--detach", head)

    found = refs(checkout, checkout.pull_request(base=base, head=head))

    assert (found.base, found.head, found.commit) == (root, head, head)


def test_a_merge_of_something_else_is_not_that_of_the_pull_request(checkout: Checkout) -> None:
    base, head, merge = merged(checkout)

    found = refs(checkout, checkout.pull_request(base=base, head=checkout.git("rev-parse", "main")))

    assert (found.base, found.head) == (base, merge)
    assert found.commit == base != head


@pytest.mark.parametrize("depth", [1, 2])
def test_a_checkout_that_fetched_too_little_says_what_to_write(
    checkout: Checkout, tmp_path: Path, depth: int
) -> None:
    base, head, _ = merged(checkout)
    checkout.git("branch", "merged")
    shallow = checkout.clone(tmp_path / "shallow", f"--depth={depth}", "--branch=merged")
    environ = shallow.pull_request(base=base, head=head)

    if depth == 2:
        assert refs(shallow, environ).base == base
        return
    with pytest.raises(BadRepository, match="is not in this clone") as refused:
        refs(shallow, environ)
    assert "`fetch-depth: 2` below `with:` of actions/checkout" in str(refused.value)


def test_a_shallow_head_without_its_base_needs_all_history(
    checkout: Checkout, tmp_path: Path
) -> None:
    head, base = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")
    shallow = checkout.clone(tmp_path / "shallow", "--depth=1", "--branch=work")

    with pytest.raises(BadRepository) as refused:
        refs(shallow, shallow.pull_request(base=base, head=head))

    assert "fetched fewer commits" in str(refused.value)
    assert "`fetch-depth: 0`" in str(refused.value)


def test_on_a_laptop_the_base_is_where_the_branch_left_main(
    checkout: Checkout, tmp_path: Path
) -> None:
    head, base = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")

    found = refs(checkout, checkout.environ)
    assert (found.base, found.head, found.commit) == (base, head, head)
    assert found.how == "the base is where HEAD left main"

    cloned = checkout.clone(tmp_path / "clone")
    assert refs(cloned, cloned.environ).how.endswith("the base is the commit before")


def test_on_main_itself_the_base_is_the_commit_before(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "main")
    with pytest.raises(BadRepository, match="is the first commit"):
        refs(checkout, checkout.environ)

    before = checkout.git("rev-parse", "HEAD")
    checkout.commit({"a.txt": ""})

    assert refs(checkout, checkout.environ).base == before


def test_a_base_that_is_named_wins(checkout: Checkout) -> None:
    before, head = checkout.git("rev-parse", "HEAD"), checkout.commit({"a.txt": ""})
    environ = checkout.pull_request(base=checkout.git("rev-parse", "main"), head=head)

    assert refs(checkout, environ, base="HEAD~1").base == before
    assert refs(checkout, environ, base=before[:12]).base == before


@pytest.mark.parametrize("name", ["nothing", "--output=x", "a..b", "HEAD:mine.py", "", "a\nb"])
def test_a_base_that_is_no_commit_is_refused(checkout: Checkout, name: str) -> None:
    with pytest.raises(BadRepository, match="names no commit here"):
        refs(checkout, checkout.environ, base=name)


def test_histories_without_a_common_commit_are_no_two_sides(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "--orphan", "alone")
    checkout.commit({"a.txt": ""})

    with pytest.raises(BadRepository, match="have no common commit"):
        refs(checkout, checkout.environ, base="main")


def test_without_any_known_branch_one_has_to_be_named(checkout: Checkout) -> None:
    checkout.git("branch", "--quiet", "--move", "main", "trunk")

    with pytest.raises(BadRepository, match="no branch to compare HEAD with") as refused:
        refs(checkout, checkout.environ)
    assert "--base-ref BRANCH" in str(refused.value)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        "{}",
        '{"pull_request": {"base": {"sha": "main"}, "head": {"sha": "x"}}}',
        '{"pull_request": {"base": {"sha": 1}, "head": {"sha": 2}}}',
        "null",
    ],
)
def test_an_event_that_is_none_is_told(checkout: Checkout, tmp_path: Path, payload: str) -> None:
    environ = checkout.pull_request(base="0" * 40, head="0" * 40)
    (tmp_path / "event.json").write_text(payload, encoding="utf-8")

    with pytest.raises(BadRepository, match="the event of this job cannot be read"):
        refs(checkout, environ)


def test_an_event_that_is_not_there_is_told(checkout: Checkout, tmp_path: Path) -> None:
    environ = checkout.pull_request(base="0" * 40, head="0" * 40)
    (tmp_path / "event.json").unlink()

    with pytest.raises(BadRepository, match="the event of this job cannot be read"):
        commit_of(repository(checkout), environ)


def test_other_events_are_no_pull_request(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text(json.dumps({"before": "x"}), encoding="utf-8")
    named = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}

    head = checkout.git("rev-parse", "HEAD")

    assert commit_of(repository(checkout), checkout.environ | named) == head
    assert commit_of(None, checkout.environ) is None


@pytest.mark.parametrize("base", [None, "HEAD~1"])
def test_a_checkout_without_the_pull_request_is_not_measured_as_one(
    checkout: Checkout, base: str | None
) -> None:
    head, old = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")
    checkout.git("checkout", "--quiet", "main")
    checkout.commit({"other.txt": "x"}, "meanwhile")

    with pytest.raises(BadRepository, match="does not contain the pull request") as refused:
        refs(checkout, checkout.pull_request(base=old, head=head), base=base)
    assert "leave `ref:` out" in str(refused.value)
    assert "fetch-depth" not in str(refused.value)


def test_a_shallow_checkout_without_the_pull_request_may_lack_its_history(
    checkout: Checkout, tmp_path: Path
) -> None:
    head, base = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")
    checkout.commit({"a.txt": ""})
    shallow = checkout.clone(tmp_path / "shallow", "--depth=1", "--branch=work")

    with pytest.raises(BadRepository, match="does not contain the pull request") as refused:
        refs(shallow, shallow.pull_request(base=base, head=head))
    assert "set `fetch-depth: 0`" in str(refused.value)


def test_commits_on_top_of_the_pull_request_are_its_head(checkout: Checkout) -> None:
    head, base = checkout.git("rev-parse", "HEAD"), checkout.git("rev-parse", "main")
    on_top = checkout.commit({"a.txt": ""})

    found = refs(checkout, checkout.pull_request(base=base, head=head))

    assert (found.base, found.head, found.commit) == (base, on_top, head)


def test_a_pull_request_that_is_in_its_base_has_no_two_sides(checkout: Checkout) -> None:
    head = checkout.git("rev-parse", "HEAD")

    with pytest.raises(BadRepository, match="is already in the base of the pull request"):
        refs(checkout, checkout.pull_request(base=head, head=head))


@pytest.mark.parametrize("name", ["fix-#12", "zweig-ä", "a&b", "v1.0(rc)"])
def test_any_name_that_git_takes_is_a_base(checkout: Checkout, name: str) -> None:
    checkout.git("branch", name, "main")

    assert refs(checkout, checkout.environ, base=name).base == checkout.git("rev-parse", "main")


def test_more_history_is_offered_only_where_some_is_missing(
    checkout: Checkout, tmp_path: Path
) -> None:
    shallow = checkout.clone(tmp_path / "shallow", "--depth=1", "--branch=work")

    with pytest.raises(BadRepository) as whole:
        refs(checkout, checkout.environ, base="nothing")
    with pytest.raises(BadRepository) as cut:
        refs(shallow, shallow.environ, base="nothing")

    assert "fetch-depth" not in str(whole.value)
    assert "`fetch-depth: 0`" in str(cut.value)


def test_an_older_commit_of_the_branch_is_called_that(checkout: Checkout) -> None:
    checkout.commit({"a.txt": ""})
    checkout.git("checkout", "--quiet", "--detach", "HEAD~1")

    found = refs(checkout, checkout.environ, base="work")

    assert found.how == "HEAD is already in work, so the base is the commit before"
    assert found.base == checkout.git("rev-parse", "main")
