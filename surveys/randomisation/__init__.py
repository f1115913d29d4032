"""Assignment rules, question and option orders, all derived from a seed."""
