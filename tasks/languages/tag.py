"""A tag of a language (BCP 47), valid and spelled as the registry has it, by langcodes."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import AfterValidator

from tasks.languages.fault import Fault, instead


@cache
def checked(tag: str) -> str:
    """The tag itself. Raises ValueError where it is none, or is spelled otherwise than the registry does."""
    import langcodes

    try:
        standard = langcodes.standardize_tag(tag) if langcodes.tag_is_valid(tag) else ""
    except ValueError:
        standard = ""
    if not standard or standard == "und":
        raise ValueError(instead(repr(tag), Fault("a_tag")))
    if standard != tag:
        raise ValueError(Fault("as_registered", found=repr(tag), standard=repr(standard)))
    return tag


Language = Annotated[str, AfterValidator(checked)]
"""A language as people write it, such as `ja`, `de` or `zh-Hans`; one spelling each."""
