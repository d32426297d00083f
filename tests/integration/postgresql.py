"""A PostgreSQL server of one's own, for as long as it takes."""
import os
import pathlib
import shutil
import subprocess
import tempfile

NOBODY = 65534
LOAD = r"COPY reports (report) FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"


def programs(unpacked):
    """The folder of the server's programs: Debian's, or of what script/bootstrap unpacked."""
    for top in (pathlib.Path("/usr/lib/postgresql"), unpacked / "usr/lib/postgresql"):
        for folder in sorted(top.glob("*/bin"), reverse=True):
            if (folder / "initdb").exists() and (folder / "psql").exists():
                return folder
    return None


class Server:
    """Listens on a socket in a folder of its own alone."""

    def __init__(self, folder):
        self.top = tempfile.TemporaryDirectory(prefix="pg.")
        self.home = pathlib.Path(self.top.name)
        # It does not run as root, and nobody may enter the folders above what is unpacked below /root.
        self.user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        if self.user:
            os.chown(self.home, NOBODY, NOBODY)
        self.bin = folder
        if not str(folder).startswith("/usr"):
            usr = folder.parents[3]
            shutil.copytree(usr, self.home / "usr", symlinks=True)
            self.bin = self.home / "usr" / folder.relative_to(usr)
        self.run("initdb", "-D", self.home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")
        self.run("pg_ctl", "-D", self.home / "data", "-l", self.home / "log", "-w", "-o",
                 f"-k {self.home} -c listen_addresses= -c fsync=off -c jit=off", "start")

    def run(self, program, *arguments, **options):
        result = subprocess.run([self.bin / program, *map(str, arguments)], capture_output=True,
                                text=True, cwd=self.home, check=False, **self.user, **options)
        if result.returncode:
            raise AssertionError(f"{program}: {result.stderr or result.stdout}")
        return result.stdout

    def ask(self, statements, database="postgres", **options):
        """Runs statements, and returns what psql prints of their rows."""
        return self.run("psql", "-X", "-q", "-A", "-t", "-h", self.home, "-U", "postgres", "-d",
                        database, "-v", "ON_ERROR_STOP=1",
                        *(word for text in statements for word in ("-c", text)), **options)

    def stop(self):
        self.run("pg_ctl", "-D", self.home / "data", "-m", "immediate", "stop")
        self.top.cleanup()
