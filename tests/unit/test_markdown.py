"""The reader of Markdown that the tests of the documents go by."""

import pytest

from tests.markdown import Block, anchors, blocks, code, links, prose

DOCUMENT = """# A title

See [the `plan`](docs/plan.md#what-is-it) and `[not](a-link.md)`, or [here][there].

<!-- planned with: examples/both -->
```hcl
alarms = {}
```

1. A step:

   ```sh
   make demo   # [neither](a-link.md)
     indented
   ```

![a chart](chart.png)

[there]: https://example.com/page
"""


def test_blocks_come_with_line_language_and_the_comment_above() -> None:
    assert list(blocks(DOCUMENT)) == [
        Block(6, "hcl", "alarms = {}\n", "planned with: examples/both"),
        Block(12, "sh", "make demo   # [neither](a-link.md)\n  indented\n", None),
    ]


def test_a_comment_belongs_to_the_next_block_only() -> None:
    text = (
        "<!-- of nothing -->\nProse.\n\n```hcl\n```\n\n<!-- mine -->\n\n```hcl\n```\n```sh\n```\n"
    )
    assert [block.comment for block in blocks(text)] == [None, "mine", None]


def test_a_block_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="line 3"):
        list(blocks("# A\n\n```sh\nmake demo\n"))


def test_links_are_found_outside_of_code_only() -> None:
    assert list(links(DOCUMENT)) == [
        "docs/plan.md#what-is-it",
        "chart.png",
        "https://example.com/page",
    ]


def test_code_is_what_is_fenced_or_in_backticks() -> None:
    assert list(code("Run `make\n   demo`.\n\n```sh\nmake test\n```\n")) == [
        "make test\n",
        "make demo",
    ]


def test_prose_is_what_is_not_fenced() -> None:
    assert prose("a\n```sh\nb\n```\nc") == "a\nc"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## What limits each stage", "what-limits-each-stage"),
        ("### The `env` mode, at *last*", "the-env-mode-at-last"),
        ("## Step 3. Launch: `terraform apply`", "step-3-launch-terraform-apply"),
        ("# Read / write & more", "read--write--more"),
        ("## [Linked](page.md) title", "linked-title"),
        ("## snake_case stays", "snake_case-stays"),
        ("## Größe", "größe"),
    ],
)
def test_an_anchor_is_made_as_github_makes_it(heading: str, anchor: str) -> None:
    assert anchors(heading) == {anchor}


def test_headings_of_one_name_are_numbered() -> None:
    assert anchors("# A\n## B\n## A\n### A\n") == {"a", "b", "a-1", "a-2"}


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    assert anchors("# A\n```sh\n# a comment\n```\n") == {"a"}
