"""The readings and writings of every answer, as plain as a database takes them."""
