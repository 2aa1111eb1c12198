"""What the compose files promise: nothing reachable, nothing default, nothing forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixharbor.aliases import ALIAS_NAMES, ALIASES
from pixharbor.runtime import Settings

ROOT = Path(__file__).parents[2]
PUBLIC = "docker-compose.prod.yml"
FILES = (
    "compose.yaml", "compose.ports.yaml", "compose.kafka.yaml", "compose.servers.yaml",
    "deploy/services.yaml", PUBLIC,
)  # fmt: skip
WHOLE = ("compose.yaml", PUBLIC)
# Settings that a container has by itself: where it listens, its folder, and the reserve of a disk
# that holds no pictures there; Amazon's own names, which `settings` takes for them.
NOT_HANDED_ON = {
    "HOST", "PORT", "DATA_DIR", "STORAGE_RESERVE",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
}  # fmt: skip


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return content


def services(name: str) -> dict[str, dict[str, Any]]:
    """Each service with what it extends, as `docker compose config` merges them."""
    found = {}
    for service, own in read(name)["services"].items():
        base = {}
        if "extends" in own:
            base = services(own["extends"]["file"])[own["extends"]["service"]]
        environment = {**base.get("environment", {}), **own.get("environment", {})}
        found[service] = {**base, **own, "environment": environment}
    return found


def every_service() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in ("compose.yaml", PUBLIC):
        for service, content in services(name).items():
            yield name, service, content
    yield "compose.kafka.yaml", "kafka", services("compose.kafka.yaml")["kafka"]


def names_in(name: str) -> set[str]:
    """Each variable that the file takes from .env or the shell."""
    text = (ROOT / name).read_text()
    interpolated = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", text))
    handed_on = {
        variable
        for content in read(name)["services"].values()
        for variable, value in content.get("environment", {}).items()
        if value is None
    }
    return interpolated | handed_on


@pytest.mark.parametrize("name", FILES)
def test_every_port_is_published_on_this_machine_alone_t44(name: str) -> None:
    """But for those of the public server, which asks for a password."""
    ports = [p for content in read(name)["services"].values() for p in content.get("ports", [])]
    if name == PUBLIC:
        assert ports == ["80:80", "443:443"]
    else:
        assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_documents_four_ports_can_be_had_s0_45_s0_46_s1_36_s1_37() -> None:
    ports = [
        *services("compose.yaml")["nginx"]["ports"],
        *services("compose.ports.yaml")["nginx"]["ports"],
    ]
    assert [port.split(":", 1)[1] for port in ports] == [
        "${PORT:-8000}:8080", "5000:8080", "5173:8080", "3000:8080",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*FILES, ".env.example"])
def test_no_file_has_a_password_in_it_t44_t45(name: str) -> None:
    text = (ROOT / name).read_text()
    secret = r"^\s*[A-Z0-9_]*(?:PASSWORD|SECRET|KEY|TOKEN)[A-Z0-9_]*(?<!_FILE)[:=][ \t]*(.*)$"
    given = [value for value in re.findall(secret, text, re.MULTILINE) if value]
    assert all(value.startswith("$$(cat /run/secrets/") for value in given), given
    logins = re.findall(r"://([^\s/$]+:[^\s/$]+)@", text)
    assert set(logins) <= {"user:password"}  # of a comment that shows the form


@pytest.mark.parametrize("name", FILES)
def test_every_variable_of_the_compose_files_is_in_the_example(name: str) -> None:
    assert {variable.removesuffix("_FILE") for variable in names_in(name)} <= example_names()


def test_every_setting_and_every_other_name_is_in_the_example_s1_24() -> None:
    known = {name.upper() for name in (*Settings.model_fields, *ALIAS_NAMES)}
    assert known - example_names() == set()


def example_names() -> set[str]:
    """The names in .env.example."""
    return set(read_example())


def read_example() -> dict[str, str]:
    """Each name with the comment above it; once, and empty, so that copying it changes nothing."""
    found: dict[str, str] = {}
    comment, named = "", True
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.startswith("#"):
            comment = line if named else f"{comment} {line}"
            named = False
        elif line:
            name, _, value = line.partition("=")
            assert name not in found
            assert value == "", line
            found[name], named = comment, True
    return found


def test_every_name_in_the_example_reaches_the_containers_or_says_why_not() -> None:
    excused = {name for name, comment in read_example().items() if "Not in containers" in comment}
    handed_on = names_in("deploy/services.yaml") | names_in("compose.yaml")
    assert example_names() - handed_on == excused


@pytest.mark.parametrize("service", ["api", "worker", "migrate"])
def test_every_secret_may_come_to_the_containers_in_a_file(service: str) -> None:
    fields = Settings.model_fields.items()
    secret = {name for name, field in fields if "SecretStr" in str(field.annotation)}
    others = {name for alias in ALIASES if alias.setting in secret for name in alias.names}
    wanted = {f"{name.upper()}_FILE" for name in secret | others | {"database_url"}}
    environment = services("compose.yaml")[service]["environment"]
    assert {name for name in environment if name.endswith("_FILE")} == wanted


@pytest.mark.parametrize("service", ["api", "worker", "migrate"])
def test_every_setting_reaches_the_containers(service: str) -> None:
    """A new setting is handed on in deploy/services.yaml, or stands here with the reason."""
    known = {name.upper() for name in Settings.model_fields}
    assert known - services("compose.yaml")[service]["environment"].keys() == NOT_HANDED_ON


def test_the_documents_services_are_all_there_s0_5_s1_35_s4_25() -> None:
    assert services("compose.yaml").keys() >= {
        "nginx", "api", "worker", "postgres", "redis", "s3", "migrate",
    }  # fmt: skip
    assert services("compose.yaml").keys() == services(PUBLIC).keys()


@pytest.mark.parametrize(
    ("name", "service", "content"),
    [pytest.param(*found, id=f"{found[0]}:{found[1]}") for found in every_service()],
)
def test_every_container_is_held_short(name: str, service: str, content: dict[str, Any]) -> None:
    assert content["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in content["security_opt"]
    assert int(content["stop_grace_period"].rstrip("s")) >= 30
    assert content["logging"]["options"].keys() == {"max-size", "max-file"}
    assert re.fullmatch(r"[\w/.-]+:[\w.-]*\d[\w.-]*", content["image"]), "an image without version"
    assert service == "kafka" or content["read_only"] is True
    one_shot = service in {"settings", "migrate"}
    wanted = "no" if one_shot else "always" if name == PUBLIC else "unless-stopped"
    assert content["restart"] == wanted
    assert "healthcheck" in content or service == "api"  # whose image has one
    assert content.get("privileged") is None
    assert not any("docker.sock" in volume for volume in content.get("volumes", []))


@pytest.mark.parametrize("name", WHOLE)
def test_whoever_waits_waits_until_the_other_is_well(name: str) -> None:
    found = services(name)
    for service, content in found.items():
        for other, how in content.get("depends_on", {}).items():
            one_shot = found[other]["restart"] == "no"
            wanted = "service_completed_successfully" if one_shot else "service_healthy"
            assert how == {"condition": wanted}, f"{service} on {other}"


@pytest.mark.parametrize("name", WHOLE)
def test_the_databases_are_on_a_network_of_their_own(name: str) -> None:
    assert read(name)["networks"]["data"] == {"internal": True}
    for service, content in services(name).items():
        networks = set(content.get("networks", []))
        if service in {"postgres", "redis"}:
            assert networks == {"data"}
        if service == "nginx":
            assert networks == {"default"}


def test_files_that_are_mounted_are_there() -> None:
    for name, _, content in every_service():
        for volume in content.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith(".") and not source.endswith("htpasswd"):
                folder = ROOT / "deploy" if source.startswith("..") else ROOT
                assert (folder / source).is_file(), f"{name}: {source}"
