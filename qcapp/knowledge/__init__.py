"""Instructions: a tree of articles, who has read them, and questions that nobody has answered yet."""
