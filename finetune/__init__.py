"""WHERE responses come from: recipes, data, QLoRA training, generation, score prediction."""
