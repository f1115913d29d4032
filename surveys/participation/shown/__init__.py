"""What pages show: pictures, texts, questions with their options."""
