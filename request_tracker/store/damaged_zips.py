"""What reading a ZIP raises where its bytes are damaged or hostile: one list for papers, archives and backups.

``OSError`` is left out: of a file on a disk it is the disk's, and told as that; of bytes in memory it is damage.
"""

import zlib
from zipfile import BadZipFile

# A list of files that lies makes a KeyError, its bits RuntimeError (a password) or NotImplementedError (a method).
DAMAGES = (BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, RuntimeError, NotImplementedError)
