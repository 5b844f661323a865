"""The life of an image with an SDK of another language, by a program of tests/clients/install."""

import tool


def live(program, server, scratch, **more):
    """Runs it against a server whose waiters have something to wait for; `more` are variables."""
    server.set_delays(image_pending=300, snapshot_pending=200, instance_pending=300,
                      instance_shutting_down=100)
    assert tool.run(server, scratch, program, **more) == "life: done\n"
