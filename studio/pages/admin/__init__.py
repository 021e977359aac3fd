"""The organiser's page at `/admin`: how far each rater is, new links, the export. It holds no logic."""

from studio.pages.admin.routes import mount

__all__ = ["mount"]
