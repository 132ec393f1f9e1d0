"""What a CRM is told of clearances."""
