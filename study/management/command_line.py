"""The command line: `python manage.py` in a checkout, `foresee` from the installed wheel."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # The user can fix a wrong setting: its message helps, a traceback does not.
        sys.exit(f"Configuration error: {error}")
    except DatabaseError as error:
        from study.configuration.missing_database import database_file, explain

        if sentence := explain(error, database_file(connection.settings_dict)):
            sys.exit(sentence)
        raise


def foresee() -> None:
    """Run the installed command `foresee`."""
    # Modules in MODEL_FACTORIES and DATA_FACTORIES may be in the working folder. It comes last on
    # the path, so that a folder `analysis` there hides nothing of Foresee.
    sys.path.append(str(Path.cwd()))
    if sys.argv[1:] in (["--version"], ["version"]):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")
        from django.conf import settings

        # Django would print its own version.
        sys.stdout.write(f"Foresee {settings.VERSION}\n")
        return
    main()
