#!/usr/bin/env python
"""Django's command line for Foresee."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the user's to mend: its sentence helps, a traceback does not.
        sys.exit(f"Configuration error: {error}")
    except DatabaseError as error:
        from study.configuration.missing_database import database_file, explain

        if sentence := explain(error, database_file(connection.settings_dict)):
            sys.exit(sentence)
        raise
