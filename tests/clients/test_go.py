"""The life of an image with the AWS SDK for Go (tests/clients/go)."""

import pytest

import sdk_life

PROGRAM = "amilab-life-go"
pytestmark = pytest.mark.needs(PROGRAM)


def test_an_image_lives_and_goes(server, tmp_path):
    # An answer that is there before the SDK has looked for the end of its own request's body makes
    # it close the connection, and lose what of a longer answer it has not read. It asks again.
    sdk_life.live(PROGRAM, server, tmp_path, AWS_MAX_ATTEMPTS="3")
