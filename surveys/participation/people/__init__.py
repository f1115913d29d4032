"""Who somebody is: browser, panel, enrolment, condition."""
