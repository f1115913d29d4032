"""python -m study.server.processes: honcho, with more time for a worker to stop."""

import honcho.manager
from honcho.command import main

# Celery takes two to four seconds on an idle machine and more on a busy one; honcho waits five.
STOP_SECONDS = 30

if __name__ == "__main__":
    honcho.manager.KILL_WAIT = STOP_SECONDS
    main()
