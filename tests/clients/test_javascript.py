"""The life of an image with the AWS SDK for JavaScript (tests/clients/javascript)."""

import pytest

import sdk_life

PROGRAM = "amilab-life-javascript"
pytestmark = pytest.mark.needs(PROGRAM)


def test_an_image_lives_and_goes(server, tmp_path):
    sdk_life.live(PROGRAM, server, tmp_path)
