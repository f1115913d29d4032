"""What participants give: answers, times, and how both are read from forms."""
