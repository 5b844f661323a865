"""The examples of a document that tests run elsewhere than its reader's shell."""

import re

import made


def blocks(document, language, count):
    """All blocks of that language in docs/`document`, of which there must be so many."""
    text = (made.ROOT / "docs" / document).read_text()
    found = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    assert len(found) == count, f"docs/{document} has {len(found)} blocks of {language}"
    return found
