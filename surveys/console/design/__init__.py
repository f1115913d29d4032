"""Pages on which a study is written and looked at before it runs."""
