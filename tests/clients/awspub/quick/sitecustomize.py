"""Found by PYTHONPATH: awspub asks again half a minute later, where an emulator needs a moment."""

import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 0.1))
