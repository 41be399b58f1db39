"""Behind nginx with TLS and a prefix, and on a read-only root: as ``docs/deploy.md`` has it."""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from conftest import ROOT, Built
from serving import environment, serving

PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")

needs_nginx = pytest.mark.skipif(
    not (NGINX and OPENSSL) and not os.environ.get("REQUIRE_NGINX"),
    reason="no nginx or openssl here: apt-get install nginx-light openssl",
)


def block(name: str) -> str:
    """Return the code under a mark of the page."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):  # a busy machine takes its time
        assert process.poll() is None, "it ended at once"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("nothing listens")


@contextlib.contextmanager
def nginx(folder: Path, port: int, upstream: str) -> Iterator[ssl.SSLContext]:
    """Run the configuration of the page before a service; yield what trusts its certificate."""
    assert NGINX
    assert OPENSSL
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    server = block("nginx")
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/certs/example.org.pem": str(certificate),
        "/etc/ssl/private/example.org.key": str(key),
        "http://127.0.0.1:8000/": upstream,
    }
    for old, new in changes.items():
        assert old in server
        server = server.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid;\n"
        f"error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off;\n{temporary}{server}}}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "e.log")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield ssl.create_default_context(cafile=str(certificate))
    finally:
        process.terminate()
        process.wait(timeout=10)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


#: Attributes that hold an address in a page.
_ADDRESSES = re.compile(r'\b(?:href|src|action|srcset|poster)="([^"]*)"')
#: What a crawl of one page a kind leaves aside: the same with other numbers.
_NUMBERS = re.compile(r"\d+|(?<==)[^&]*")


def is_outside(address: str, site: str, root: str) -> bool:
    """Tell whether an address leads to the site's host and not under its prefix."""
    parts = urlsplit(address)
    return parts.netloc == urlsplit(site).netloc and not address.startswith(root)


@pytest.mark.whole
@needs_nginx
def test_behind_nginx_with_tls_and_a_prefix_nothing_leads_out(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.output, tmp_path / "build")
    (tmp_path / "n").mkdir()
    port = free_port()
    site = f"https://127.0.0.1:{port}/"
    root = f"{site}a/b/"
    with (
        serving(tmp_path, "--workers", "1", "--base", root) as service,
        nginx(tmp_path / "n", port, service.url) as trust,
    ):
        opener = urllib.request.build_opener(
            _Stay, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )

        def get(address: str, accept: str = "text/html") -> tuple[int, dict[str, str], str]:
            request = urllib.request.Request(address, headers={"Accept": accept})
            try:
                with opener.open(request, timeout=30) as reply:
                    body = reply.read().decode(errors="replace")
                    return reply.status, {k.lower(): v for k, v in reply.headers.items()}, body
            except urllib.error.HTTPError as error:
                with error:
                    headers = {k.lower(): v for k, v in error.headers.items()}
                    return error.code, headers, error.read().decode(errors="replace")

        waiting, seen, kinds = [root, f"{root}?lang=en"], set[str](), set[str]()
        outside: set[tuple[str, str]] = set()
        languages: set[str] = set()
        broken: set[tuple[str, int]] = set()
        sheets: set[str] = set()
        while waiting and len(seen) < 80:
            address = waiting.pop(0)
            seen.add(address)
            status, headers, body = get(address)
            found = [headers.get("location", "")]
            found += re.findall(r"<([^>]*)>", headers.get("link", ""))
            if status not in {200, 303, 308}:
                broken.add((address, status))
            if headers.get("content-type", "").startswith("text/html"):
                found += [html.unescape(each) for each in _ADDRESSES.findall(body)]
                languages |= set(re.findall(r'<html[^>]*lang="(\w+)', body))
                sheets |= set(re.findall(r'rel="stylesheet" href="([^"]*)"', body))
            for each in filter(None, found):
                whole = urljoin(address, each)
                if is_outside(whole, site, root):
                    outside.add((address, each))
                plain = whole.partition("#")[0]
                kind = _NUMBERS.sub("0", plain)
                if plain.startswith(root) and kind not in kinds:
                    kinds.add(kind)
                    waiting.append(plain)
        assert outside == set()
        assert broken == set()
        assert languages >= {"es", "en"}
        assert len(seen) > 50
        assert sheets
        for sheet in sheets:
            status, headers, body = get(urljoin(root, sheet), "text/css")
            assert (status, headers["content-type"].split(";")[0]) == (200, "text/css")
            assert len(body) > 1000
        # What programs read says the same address.
        _, _, openapi = get(f"{root}openapi.json", "application/json")
        assert [each["url"] for each in json.loads(openapi)["servers"]] == [root.rstrip("/")] or [
            each["url"] for each in json.loads(openapi)["servers"]
        ] == [root]
        for path in (".well-known/void", "sparql", "queries.json", "data/", "sitemap.xml"):
            _, _, body = get(root + path, "text/turtle, application/json, */*;q=0.1")
            of_site = re.findall(rf"{re.escape(site)}[^\s\"'<>]*", body)
            assert [each for each in of_site if not each.startswith(root)] == [], path


@pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces are Linux's")
def test_a_root_that_cannot_be_written_to_is_enough(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.output, tmp_path / "build")
    port = free_port()
    readonly = "mount --make-rprivate / && mount -o remount,bind,ro /"
    unshare = shutil.which("unshare")
    namespace = [unshare or "", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    tried = unshare and subprocess.run([*namespace, "sh", "-c", readonly], check=False).returncode
    if tried != 0:
        pytest.skip("no mount namespace can be made here")
    command = (
        f"{readonly} && cd {tmp_path} && ! touch nothing 2>/dev/null && "
        f"exec {sys.executable} -m gapgraph serve --workers 1 --port {port}"
    )
    process = subprocess.Popen(
        [*namespace, "sh", "-c", command],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(port, process)
        address = f"http://127.0.0.1:{port}/"
        for path in ("", "queries/topics-without-category.csv", "sparql?query=ASK%7B%7D"):
            with urllib.request.urlopen(address + path, timeout=60) as reply:
                assert reply.status == 200
                assert reply.read()
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stderr is not None
        process.stderr.close()
