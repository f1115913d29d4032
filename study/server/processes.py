"""python -m study.server.processes: honcho, with time enough for a worker to stop by itself."""

import honcho.manager
from honcho.command import main

# Celery takes two to four seconds on an idle machine, more on a busy one; honcho waits for five.
STOP_SECONDS = 30

if __name__ == "__main__":
    honcho.manager.KILL_WAIT = STOP_SECONDS
    main()
