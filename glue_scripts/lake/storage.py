"""Files and directories through Hadoop's own file systems: `file:`, `s3:` and `s3a:` alike."""

from collections.abc import Callable

from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from glue_scripts.lake.ledger import File

# The file of a row, in the words of `Storage.uri`: Spark and Hadoop write local paths with one slash or three.
FILE = "regexp_replace(_metadata.file_path, '^file:/+', '/')"


class Storage:
    """What the session can reach. Paths are URIs, or local paths."""

    def __init__(self, spark: SparkSession) -> None:
        assert spark._jvm is not None  # noqa: S101  it is there in every session with a JVM
        self._jvm = spark._jvm
        self.configuration: JavaObject = spark._jsc.hadoopConfiguration()

    def files(self, root: str, folder: str, *, enter: Callable[[str], bool] = lambda name: True) -> list[File]:
        """Return the files below `root/folder`, named relative to `root`; empty where there is no such directory.

        Names that start with `_` or `.` are of no concern (markers, files that are being written). `enter` says whether
        to look into a directory, named relative to `folder`.
        """
        found: list[File] = []
        pending = [folder]
        while pending:
            name = pending.pop()
            for entry in self._entries(f"{root}/{name}"):
                last = entry.getPath().getName()
                child = f"{name}/{last}"
                if last.startswith(("_", ".")):
                    continue
                if entry.isDirectory():
                    if enter(child[len(folder) + 1 :]):
                        pending.append(child)
                elif entry.getLen() > 0:  # S3 consoles leave empty objects in place of directories
                    found.append(File(child, entry.getLen(), entry.getModificationTime()))
        return sorted(found, key=lambda file: file.name)

    def names(self, directory: str) -> list[str]:
        """Return the names of what lies in `directory`, sorted; empty where there is none."""
        return sorted(entry.getPath().getName() for entry in self._entries(directory))

    def exists(self, path: str) -> bool:
        """Whether there is something at `path`."""
        return bool(self._system(path).exists(self.path(path)))

    def read(self, path: str, *, limit: int | None = None) -> bytes:
        """Return the content of the file `path`, or its first `limit` bytes."""
        stream = self._system(path).open(self.path(path))
        try:
            return bytes(stream.readAllBytes() if limit is None else stream.readNBytes(limit))
        finally:
            stream.close()

    def read_if_there(self, path: str) -> str | None:
        """Return the text of the file `path`; None where there is none."""
        return self.read(path).decode() if self.exists(path) else None

    def write_whole(self, path: str, text: str) -> None:
        """Write the new file `path`: it is there with all its content, or not at all."""
        aside = f"{path}.writing"
        self._create(aside, text)
        self._rename(aside, path)

    def delete(self, path: str) -> None:
        """Delete `path` and everything below it, if it is there."""
        self._system(path).delete(self.path(path), True)

    def uri(self, path: str) -> str:
        """Return `path` as it stands in a row's `_file`."""
        qualified = str(self._system(path).makeQualified(self.path(path)).toUri().toString())
        return "/" + qualified[5:].lstrip("/") if qualified.startswith("file:") else qualified

    def path(self, path: str) -> JavaObject:
        """Return Hadoop's object for `path`."""
        return self._jvm.org.apache.hadoop.fs.Path(path)

    def _create(self, path: str, text: str) -> None:
        stream = self._system(path).create(self.path(path), True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def _rename(self, path: str, new: str) -> None:
        if not self._system(path).rename(self.path(path), self.path(new)):
            raise OSError(f"{new} could not be written")

    def _system(self, path: str) -> JavaObject:
        return self.path(path).getFileSystem(self.configuration)

    def _entries(self, directory: str) -> list[JavaObject]:
        try:
            return list(self._system(directory).listStatus(self.path(directory)))
        except Py4JJavaError as error:
            if error.java_exception.getClass().getName() == "java.io.FileNotFoundException":
                return []
            raise
