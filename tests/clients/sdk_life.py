"""The life of an image with an SDK of another language, by a program of tests/clients/install."""

import os
import subprocess

import programs


def live(program, server):
    """Runs it against a server whose waiters have something to wait for."""
    server.set_delays(image_pending=300, snapshot_pending=200, instance_pending=300,
                      instance_shutting_down=100)
    environment = {
        "PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent",
        "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([programs.find(program)], env=environment, capture_output=True,
                          text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "life: done\n"
