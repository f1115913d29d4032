#!/bin/sh
# daily.sh FOLDER DAYS: what a study's server does once a day. Any failure ends it with its status.
set -eu

folder=$1
days=$2
manage=".venv/bin/python manage.py"

$manage apply_retention
$manage clearsessions
$manage verify_audit
$manage backup "$folder/foresee-$(date -u +%Y%m%dT%H%M%SZ).tar.gz"
# What the check before opening a study looks at.
touch "${BACKUP_STAMP:-${VAR_DIR:-var}/last_backup}"
# Older backups go only after a new one is whole.
find "$folder" -maxdepth 1 -name 'foresee-*.tar.gz' -mtime "+$days" -delete
