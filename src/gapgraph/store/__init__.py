"""The dataset, and the engines that answer queries over it."""
