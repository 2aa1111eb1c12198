"""nginx in front: both configurations as they are shipped, in the real program."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from harbour import FINISHED, until
from pictures import write_pictures
from server import running_server
from servers.nginx import Nginx, set_up_nginx
from servers.versitygw import NEEDS_VERSITYGW, running_versitygw

from pixharbor_emulators.google_drive import running_google_drive

pytestmark = NEEDS_VERSITYGW
DOMAIN = "pictures.example"
PASSWORD = {"Authorization": "Basic " + base64.b64encode(b"me:correct horse").decode()}
Public = Callable[..., Nginx]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates that stand for Certbot's."""
    return trustme.CA()


@pytest.fixture
def public(tmp_path: Path, authority: trustme.CA) -> Public:
    """docker-compose.prod.yml's nginx, set up as docs/deploy.md says: a certificate, a password."""

    def set_up(api: str = "api:8000", s3: str = "s3:7070") -> Nginx:
        folder = tmp_path / "nginx"
        live, challenge = folder / "live", folder / "certbot" / ".well-known" / "acme-challenge"
        live.mkdir(parents=True)
        challenge.mkdir(parents=True)
        (challenge / "token").write_text("proof")
        issued = authority.issue_cert(DOMAIN)
        for pem in issued.cert_chain_pems:
            pem.write_to_path(live / "fullchain.pem", append=True)
        issued.private_key_pem.write_to_path(live / "privkey.pem")
        (folder / "htpasswd").write_text("me:{PLAIN}correct horse\n")
        replaced = {
            f"/etc/letsencrypt/live/{DOMAIN}": str(live),
            "/var/www/certbot": str(folder / "certbot"),
            "/etc/nginx/htpasswd": str(folder / "htpasswd"),
            "http://api:8000": f"http://{api}",
            "http://s3:7070": f"http://{s3}",
        }
        return set_up_nginx("prod_default.conf", folder, replaced=replaced)

    return set_up


@asynccontextmanager
async def visitor(nginx: Nginx, authority: trustme.CA, **headers: str) -> AsyncIterator[Any]:
    """Asks as somebody for whom the domain's name leads to this nginx."""
    context = ssl.create_default_context()
    authority.configure_trust(context)

    async def name_the_host(request: httpx.Request) -> None:
        request.headers["Host"] = DOMAIN
        request.extensions["sni_hostname"] = DOMAIN

    hooks = {"request": [name_the_host]}
    address = f"https://127.0.0.1:{nginx.ports['443']}"
    async with httpx.AsyncClient(
        base_url=address, verify=context, headers=headers, event_hooks=hooks
    ) as client:
        yield client


def test_nginx_finds_nothing_wrong_with_the_public_configuration_s0_48(public: Public) -> None:
    assert "test is successful" in public().test()


def test_nginx_finds_nothing_wrong_with_the_local_configuration(tmp_path: Path) -> None:
    nginx = set_up_nginx("default.conf", tmp_path, replaced={})
    assert "test is successful" in nginx.test()


async def test_without_tls_there_is_only_certbots_proof_and_the_way_to_tls_s0_22_s0_48(
    public: Public,
) -> None:
    nginx = public()
    with nginx.running():
        base = f"http://127.0.0.1:{nginx.ports['80']}"
        async with httpx.AsyncClient(base_url=base) as client:
            proof = await client.get("/.well-known/acme-challenge/token")
            assert (proof.status_code, proof.text) == (200, "proof")
            sent = await client.get("/gallery?a=b", headers={"Host": "evil.example"})
            assert sent.status_code == 301
            assert sent.headers["location"] == f"https://{DOMAIN}/gallery?a=b"
            posted = await client.post("/import/google-drive", json={})
            assert posted.status_code == 301


async def test_only_the_domain_has_a_certificate_and_only_new_tls_s0_22(
    public: Public, authority: trustme.CA
) -> None:
    nginx = public()
    with nginx.running():
        async with visitor(nginx, authority) as client:
            assert (await client.get("/gallery")).status_code == 401
        context = ssl.create_default_context()
        authority.configure_trust(context)
        async with httpx.AsyncClient(verify=context) as stranger:
            with pytest.raises(httpx.ConnectError, match="unrecognized name"):
                await stranger.get(f"https://localhost:{nginx.ports['443']}/")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-SHA256")  # no forward secrecy
        async with httpx.AsyncClient(verify=context) as old:
            with pytest.raises(httpx.ConnectError, match="handshake failure"):
                await old.get(
                    f"https://127.0.0.1:{nginx.ports['443']}/",
                    extensions={"sni_hostname": DOMAIN},
                )


async def test_the_public_door_asks_for_a_password_and_forbids_framing_s0_22(
    public: Public, authority: trustme.CA, tmp_path: Path
) -> None:
    settings = {"PUBLIC_URL": f"https://{DOMAIN}", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    async with running_server(tmp_path / "data", **settings) as server:
        nginx = public(api=urlsplit(str(server.api.base_url)).netloc)
        with nginx.running():
            async with visitor(nginx, authority) as stranger:
                for path in ("/", "/images", "/api/v1/jobs", "/docs"):
                    assert (await stranger.get(path)).status_code == 401, path
                health = await stranger.get("/health")
                assert health.json() == {"status": "healthy"}
            async with visitor(nginx, authority, **PASSWORD) as client:
                page = await client.get("/", headers={"Accept": "text/html"})
                assert page.status_code == 200
                assert page.headers.get_list("strict-transport-security") == ["max-age=31536000"]
                assert page.headers.get_list("x-content-type-options") == ["nosniff"]
                assert page.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
                job = "/api/v1/jobs/00000000-0000-0000-0000-000000000007"
                for origin, status in ((f"http://{DOMAIN}", 403), (f"https://{DOMAIN}", 404)):
                    answer = await client.delete(job, headers={"Origin": origin})
                    assert answer.status_code == status, origin


async def test_pictures_go_from_drive_to_a_bucket_and_out_by_links_through_nginx_s0_5_s3_41(
    public: Public, authority: trustme.CA, tmp_path: Path
) -> None:
    (tmp_path / "drive").mkdir()
    bodies = write_pictures(tmp_path / "drive", 5)
    (tmp_path / "s3").mkdir()
    with running_versitygw(tmp_path / "s3") as s3:
        s3.client().create_bucket(Bucket="pixharbor")
        async with running_google_drive(tmp_path / "drive") as drive:
            settings = {
                "PUBLIC_URL": f"https://{DOMAIN}",
                "FORWARDED_ALLOW_IPS": "127.0.0.1",
                "S3_BUCKET_NAME": "pixharbor",
                "S3_ENDPOINT_URL": s3.url,
                "S3_PUBLIC_ENDPOINT_URL": f"https://{DOMAIN}",
                "S3_AWS_ACCESS_KEY_ID": s3.key_id,
                "S3_AWS_SECRET_ACCESS_KEY": s3.secret,
                "GOOGLE_API_KEY": "key",
                "GOOGLE_DRIVE_API_URL": drive.api_url,
            }
            async with running_server(tmp_path / "data", **settings) as server:
                ends = {"api": server.api.base_url, "s3": s3.url}
                nginx = public(**{name: urlsplit(str(url)).netloc for name, url in ends.items()})
                with nginx.running():
                    async with visitor(nginx, authority, **PASSWORD) as client:
                        links = await import_and_link(client, drive.folder_link)
                    async with visitor(nginx, authority) as anybody:
                        await look_through(anybody, links, bodies)


async def import_and_link(client: httpx.AsyncClient, folder: str) -> list[str]:
    """Import the folder through nginx; answers where each original lies."""
    started = await client.post("/import/google-drive", json={"folder_url": folder})
    assert started.status_code == 202, started.text
    job = f"/api/v1/jobs/{started.json()['task_id']}"

    async def finished() -> bool | None:
        return (await client.get(job)).json()["state"] in FINISHED or None

    await until(finished)
    images = (await client.get("/images")).json()["images"]
    assert all(image["url"].startswith(f"https://{DOMAIN}/api/") for image in images)
    paths = [urlsplit(image["url"]).path for image in images]
    answers = [await client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {307}
    return [answer.headers["location"] for answer in answers]


async def look_through(anybody: httpx.AsyncClient, links: list[str], bodies: list[bytes]) -> None:
    """Whoever has a link, without any password, gets its bytes; and nothing by any other."""
    found = []
    for link in links:
        assert link.startswith(f"https://{DOMAIN}/pixharbor/")
        way = link.removeprefix(f"https://{DOMAIN}")
        answer = await anybody.get(way)
        assert answer.status_code == 200, answer.text
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        found.append(answer.content)
        assert (await anybody.get(way.replace("Signature=", "Signature=0"))).status_code == 403
        assert (await anybody.get(way.partition("?")[0])).status_code == 403
        assert (await anybody.put(way, content=b"mine now")).status_code == 403
    assert sorted(found) == sorted(bodies)
    assert (await anybody.get("/pixharbor/")).status_code == 403  # no list of what there is


async def test_an_archive_may_be_larger_than_a_picture(tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    nginx = set_up_nginx("default.conf", folder, replaced={})
    with nginx.running():
        for path, told in (("imports/zip", "100 Continue"), ("imports", "413 ")):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(nginx.ports["8080"]))
            head = f"POST /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\n"
            head += f"Content-Length: {1 << 30}\r\nExpect: 100-continue\r\n\r\n"
            writer.write(head.encode())
            assert told in (await reader.readline()).decode()
            writer.close()


async def test_foreign_hosts_do_not_pass_the_local_nginx_either_x1(tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    async with running_server(tmp_path / "data", FORWARDED_ALLOW_IPS="127.0.0.1") as server:
        api = urlsplit(str(server.api.base_url)).netloc
        nginx = set_up_nginx("default.conf", folder, replaced={"http://api:8000": f"http://{api}"})
        with nginx.running():
            base = f"http://localhost:{nginx.ports['8080']}"
            async with httpx.AsyncClient(base_url=base) as client:
                for host, status in (("localhost:5173", 200), ("evil.example", 403)):
                    spoofed = {"Host": host, "X-Forwarded-Host": "localhost"}
                    assert (await client.get("/health", headers=spoofed)).status_code == status
                listed = await client.get("/images", headers={"X-Forwarded-Proto": "https"})
                assert listed.status_code == 200
                assert "strict-transport-security" not in listed.headers
