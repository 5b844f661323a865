"""Calls that must be refused."""

import botocore.exceptions
import pytest


def code_of(call, **parameters):
    """The error code of what the call answers."""
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]
