"""The three files that say what to install agree, and the lock can be used anywhere."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text()


def declared(project: dict[str, Any]) -> list[Requirement]:
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    return [Requirement(text) for text in [*project["dependencies"], *extras]]


def locked_versions(lock: str) -> dict[str, Version]:
    return {name: Version(version) for name, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE)}


def test_conda_environment_installs_the_same_project_with_every_extra(project: dict[str, Any]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert [spec.split("=")[0] for spec in conda] == ["python", "pip"]
    python = Version(conda[0].split("=")[1])
    assert python in SpecifierSet(project["requires-python"])
    extras = ",".join(sorted(project["optional-dependencies"]))
    assert pip == {"pip": [f"-e .[{extras}]"]}


def test_every_dependency_is_bounded_from_below_and_locked_within_its_bounds(
    project: dict[str, Any], lock: str
) -> None:
    versions = locked_versions(lock)
    for requirement in declared(project):
        assert any(spec.operator in {">=", "=="} for spec in requirement.specifier), f"{requirement} has no lower bound"
        name = requirement.name.lower().replace("_", "-")
        assert versions[name] in requirement.specifier, f"{name} is locked outside of {requirement}"


def test_the_lock_pins_every_package_by_hash_and_names_no_host(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    for entry in entries:
        assert "--hash=sha256:" in entry, f"{entry.splitlines()[0]} has no hash"
    assert "://" not in lock
    assert not re.search(r"^--", lock, re.MULTILINE)


def test_the_version_is_the_same_wherever_it_stands(project: dict[str, Any]) -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text()
