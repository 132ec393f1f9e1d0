"""Running an installation: migrations, health, metrics, backup, and generated data to measure with."""
