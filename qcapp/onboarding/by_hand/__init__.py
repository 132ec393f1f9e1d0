"""A trainee moved to another stage by hand, with a reason, although conditions are not met."""
