"""Parts shared by the console's pages: navigation and sortable tables."""
