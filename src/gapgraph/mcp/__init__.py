"""A way in for assistants: the Model Context Protocol over the same questions as the service."""
