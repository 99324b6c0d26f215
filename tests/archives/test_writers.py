"""Archives from other writers: Info-ZIP, 7-Zip, libarchive, Java, Node, Go and Python, each where it is installed.

The Node writers are looked for where Node looks, so ``NODE_PATH`` may name the folder they are in. With ``CI`` set,
those that the machine for it installs must be there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from snaptui.archives.directory import read_directory
from snaptui.archives.members import read_member, read_small
from snaptui.archives.readers import FileReader
from snaptui.archives.restore import undo
from tests.archives.doing import put_back
from tests.archives.zips import read_tree, write_tree

IN_CI = {"zip": "zip", "7zz": "7zip", "bsdtar": "libarchive-tools"}
WRITERS = Path(__file__).parent / "writers"
FILES = {
    "config.json": b'{"a": 1}',
    "src/main.py": b"print('hello')\n" * 2000,
    "src/empty": b"",
    "assets/noise.bin": bytes(i * 7919 % 251 for i in range(70_000)),
    "docs/ação é 日本.md": "acentuação".encode(),
    "with space/a b.txt": b"x",
}


def need(*programs: str) -> str:
    """The first program that is installed; skips where none is."""
    for program in programs:
        if found := shutil.which(program):
            return found
    package = IN_CI.get(programs[0])
    if os.environ.get("CI") and package is not None:
        pytest.fail(f"install the Debian package {package}")
    pytest.skip(f"{programs[0]} is not installed")


def do(*argv: str | Path, cwd: Path) -> None:
    subprocess.run(
        [str(a) for a in argv], cwd=cwd, check=True, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )


def with_zip(folder: Path, target: Path) -> None:
    do(need("zip"), "-q", "-r", target, ".", cwd=folder)


def with_zip_from_a_pipe(folder: Path, target: Path) -> None:
    """Data descriptors and ZIP64, as a writer that cannot go back makes them."""
    command = f"{need('zip')} -q -r -fz - . | cat > '{target}'"
    do("sh", "-c", command, cwd=folder)


def with_7zip(folder: Path, target: Path) -> None:
    do(need("7zz", "7z", "7za"), "a", "-tzip", target, "./", "-r", cwd=folder)


def with_libarchive(folder: Path, target: Path) -> None:
    names = sorted(entry.name for entry in folder.iterdir())  # of "." it would make names that begin with ./
    do(need("bsdtar"), "--format", "zip", "-cf", target, *names, cwd=folder)


def with_jar(folder: Path, target: Path) -> None:
    do(need("jar"), "cfM", target, "-C", folder, ".", cwd=folder)


def with_java(folder: Path, target: Path) -> None:
    need("javac")
    do(need("java"), "-Dsun.jnu.encoding=UTF-8", WRITERS / "Pack.java", folder, target, cwd=folder)


def with_go(folder: Path, target: Path) -> None:
    do(need("go"), "run", WRITERS / "pack.go", folder, target, cwd=folder)


def with_node(writer: str, folder: Path, target: Path) -> None:
    node = need("node")
    if subprocess.run([node, "-e", f"require('{writer}')"], capture_output=True, check=False).returncode:
        pytest.skip(f"Node has no {writer} here; install it and name its folder in NODE_PATH")
    do(node, WRITERS / "pack.js", writer, folder, target, cwd=folder)


def with_yazl(folder: Path, target: Path) -> None:
    with_node("yazl", folder, target)


def with_archiver(folder: Path, target: Path) -> None:
    with_node("archiver", folder, target)


def with_fflate(folder: Path, target: Path) -> None:
    with_node("fflate", folder, target)


def with_python(folder: Path, target: Path) -> None:
    shutil.make_archive(str(target.with_suffix("")), "zip", folder)


def with_python_from_a_pipe(folder: Path, target: Path) -> None:
    program = (
        "import sys, zipfile, pathlib\n"
        "with zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED) as z:\n"
        "    [z.write(p, p.relative_to('.')) for p in pathlib.Path('.').rglob('*')]"
    )
    do("sh", "-c", f'python3 -c "{program}" | cat > {target}', cwd=folder)


@pytest.mark.parametrize(
    "writer",
    [
        with_zip, with_zip_from_a_pipe, with_7zip, with_libarchive,
        with_jar, with_java, with_go, with_yazl, with_archiver, with_fflate,
        with_python, with_python_from_a_pipe,
    ],
)  # fmt: skip
def test_what_others_write_is_read_and_restored(writer: object, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "a.zip"
    write_tree(source, FILES)
    (source / "src" / "main.py").chmod(0o755)
    os.utime(source / "config.json", (1_790_000_000, 1_790_000_000))
    assert callable(writer)
    writer(source, target)
    with FileReader(target) as reader:
        directory = read_directory(reader)
        files = [member for member in directory.members if not member.is_dir]
        assert {m.path: read_small(reader, directory, m) for m in files} == FILES
        assert {m.path: b"".join(read_member(reader, directory, m)) for m in files} == FILES
        with zipfile.ZipFile(target) as theirs:
            assert [m.crc for m in directory.members] == [info.CRC for info in theirs.infolist()]
    out = tmp_path / "out"
    result = asyncio.run(put_back(target.read_bytes(), out))
    assert not result.refused
    assert read_tree(out) == FILES
    knows_modes = writer not in (with_jar, with_java, with_fflate)
    assert bool((out / "src" / "main.py").stat().st_mode & 0o100) is knows_modes
    if writer is not with_fflate:
        assert abs((out / "config.json").stat().st_mtime - 1_790_000_000) <= 2

    async def take_it_back() -> None:
        async for _event in undo(out):
            pass

    asyncio.run(take_it_back())
    assert not out.exists()


def test_encrypted_members_of_others_say_so(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "a.zip"
    write_tree(source, {"secret.txt": b"secret" * 100})
    do(need("zip"), "-q", "-r", "-P", "word", target, ".", cwd=source)
    result = asyncio.run(put_back(target.read_bytes(), tmp_path / "out"))
    assert [refusal.reason.value for refusal in result.refused] == ["encrypted"]


@pytest.mark.parametrize("method", ["LZMA", "BZip2", "Deflate64", "PPMd"])
def test_methods_of_others_say_so(method: str, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "a.zip"
    write_tree(source, {"text.txt": b"some text " * 1000})
    do(need("7zz", "7z", "7za"), "a", "-tzip", f"-mm={method}", target, "text.txt", cwd=source)
    result = asyncio.run(put_back(target.read_bytes(), tmp_path / "out"))
    assert [refusal.reason.value for refusal in result.refused] == ["unsupported"]


def test_symlinks_of_others_are_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "a.zip"
    write_tree(source, {"file.txt": b"x"})
    (source / "link").symlink_to("/etc/passwd")
    do(need("zip"), "-q", "-r", "-y", target, ".", cwd=source)
    result = asyncio.run(put_back(target.read_bytes(), tmp_path / "out"))
    assert [(refusal.path, refusal.reason.value) for refusal in result.refused] == [("link", "symlink")]
    assert read_tree(tmp_path / "out") == {"file.txt": b"x"}
