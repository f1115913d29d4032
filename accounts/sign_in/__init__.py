"""Sign-in: sessions, second factor, throttling of wrong passwords."""
