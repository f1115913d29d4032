"""The survey's pages for its researchers, with nothing stored."""
