#!/usr/bin/env python
"""Django's command line for Foresee."""

from study.management.command_line import main

if __name__ == "__main__":
    main()
