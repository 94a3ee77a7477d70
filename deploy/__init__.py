"""Setting up and starting Kith on a machine. Nothing here is part of the web application."""
