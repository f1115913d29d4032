"""The pages that participants see, as files: each page's HTML, and a browser's screenshot of it."""
