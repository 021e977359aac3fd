"""The studio without pages: `Service` and the two ways it says no."""

from studio.service.core import Service
from studio.service.refusals import Refusal, StudioError

__all__ = ["Refusal", "Service", "StudioError"]
