"""What the original service does, with nothing but Python's own library: the line to beat.

    original.py create LIBRARY ZIP      SQLite backup to a temporary file, zipfile level 6, MD5 by 4 KiB reads
    original.py validate ZIP            testzip and MD5
    original.py restore ZIP LIBRARY     extract, SQLite backup into the live file, covers copied back
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import zipfile


def copy_database(source, destination):
    with sqlite3.connect(source) as read, sqlite3.connect(destination) as written:
        read.backup(written)
    read.close()
    written.close()


def md5_of(path):
    digest = hashlib.md5()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(4096), b""):
            digest.update(chunk)
    return digest.hexdigest()


def add_folder(archive, folder, prefix):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            archive.write(path, os.path.join(prefix, os.path.relpath(path, folder)))


def create(library, target):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(target)) as folder:
        copy = os.path.join(folder, "library.db")
        copy_database(os.path.join(library, "data", "library.db"), copy)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(copy, "database/library.db")
            versions = os.path.join(library, "alembic", "versions")
            add_folder(archive, versions, "database/alembic/versions")
            add_folder(archive, os.path.join(library, "covers"), "covers")
            add_folder(archive, os.path.join(library, "config"), "config")
            archive.writestr("metadata.json", json.dumps({"version": "1.0"}))
    print(json.dumps({"file_size": os.path.getsize(target), "checksum": md5_of(target)}))


def validate(target):
    with zipfile.ZipFile(target) as archive:
        damaged = archive.testzip()
    print(json.dumps({"valid": damaged is None, "checksum": md5_of(target)}))


def restore(target, library):
    with tempfile.TemporaryDirectory(dir=library) as folder:
        with zipfile.ZipFile(target) as archive:
            archive.extractall(folder)
        copy_database(
            os.path.join(folder, "database", "library.db"),
            os.path.join(library, "data", "library.db"),
        )
        for part in ("covers", "config"):
            live = os.path.join(library, part)
            shutil.copytree(os.path.join(folder, part), live, dirs_exist_ok=True)


if __name__ == "__main__":
    {"create": create, "validate": validate, "restore": restore}[sys.argv[1]](*sys.argv[2:])
