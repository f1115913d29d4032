"""What participants meet: consent to last page, answers, withdrawal."""
