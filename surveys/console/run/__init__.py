"""Pages on which a running study is watched and tried out."""
