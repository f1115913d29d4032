"""What a recipe may name: networks, decoder profiles, saliency methods and data sources."""
