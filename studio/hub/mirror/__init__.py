"""The Hub mirror: what the two logs hold goes to a private Hub data set within a minute, and comes back from there.

A database that is no continuation of what was copied (a fresh disk, an old backup) is refused until it is restored.
"""

from studio.hub.mirror.keeper import CopyStatus, HubCopy
from studio.hub.mirror.restoring import Restored, missing, restore
from studio.hub.mirror.running import begin, keep, restore_into
from studio.hub.mirror.segments import CopyError

__all__ = ["CopyError", "CopyStatus", "HubCopy", "Restored", "begin", "keep", "missing", "restore", "restore_into"]
