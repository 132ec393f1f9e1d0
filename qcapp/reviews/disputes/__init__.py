"""A manager disputes single answers of a published review; somebody other than its reviewer decides."""
